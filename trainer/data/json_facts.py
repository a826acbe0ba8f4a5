"""Facts that outlast a process: frozen dataclasses, with one way to JSON and back.

A field that is `flat` lends its own names to the object that it is in. A field that may be left out is None by default
and is left out while it is None.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Facts = TypeVar("Facts")
Json = Mapping[str, Any]  # an object of JSON
FLAT = {"flat": True}  # metadata of a field whose names stand beside those of the other fields


def to_json(facts: Any) -> Any:
    """Facts in JSON's own types.

    Args:
        facts: A dataclass, or mappings, lists and tuples of such.
    """
    if is_dataclass(facts):
        found: dict[str, object] = {}
        for one in fields(facts):
            value = getattr(facts, one.name)
            if _is_flat(one):
                found |= to_json(value)
            elif value is not None or one.default is not None:
                found[one.name] = to_json(value)
        return found
    if isinstance(facts, Mapping):
        return {name: to_json(value) for name, value in facts.items()}
    return [to_json(value) for value in facts] if isinstance(facts, (list, tuple)) else facts


def json_text(facts: Any, indent: int | None = None) -> str:
    """Facts as text that every reader of JSON takes: a number that is not finite, as JSON has none, is null.

    Args:
        facts: As for `to_json`.
        indent: Spaces that an inner line begins with; None: all on one line.
    """
    return json.dumps(_finite(to_json(facts)), indent=indent, allow_nan=False)


def _finite(raw: Any) -> Any:
    if isinstance(raw, Mapping):
        return {name: _finite(value) for name, value in raw.items()}
    if isinstance(raw, list):
        return [_finite(value) for value in raw]
    return None if isinstance(raw, float) and not math.isfinite(raw) else raw


def from_json(kind: type[Facts], raw: Json) -> Facts:
    """The facts that `to_json` wrote.

    Raises:
        TypeError: A name is missing, or is none of the dataclass's.
        ValueError: A value is of another kind.
    """
    if not isinstance(raw, Mapping):
        raise ValueError(f"{raw!r} is no object of {kind.__name__}")
    hints, left = get_type_hints(kind), dict(raw)
    values: dict[str, object] = {}
    for one in fields(kind):  # type: ignore[arg-type]
        hint = hints[one.name]
        if _is_flat(one):
            values[one.name] = from_json(hint, {name: left.pop(name) for name in _names(hint) if name in left})
        elif one.name in left:
            values[one.name] = _value(hint, left.pop(one.name))
    return kind(**values, **left)


def _value(hint: Any, raw: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return None if raw is None else _value(inner[0], raw)
    if is_dataclass(hint):
        return from_json(hint, raw)  # type: ignore[arg-type]
    if origin is tuple:
        return tuple(_value(inner[0], one) for one in raw)
    if origin is not None and issubclass(origin, Mapping):
        return {name: _value(inner[1], one) for name, one in raw.items()}
    return raw


def _names(kind: Any) -> list[str]:
    """Names of the fields in JSON, with those of flat fields where the field itself stands."""
    hints = get_type_hints(kind)
    every = [_names(hints[one.name]) if _is_flat(one) else [one.name] for one in fields(kind)]
    return [name for names in every for name in names]


def _is_flat(one: Field[Any]) -> bool:
    return bool(one.metadata.get("flat"))
