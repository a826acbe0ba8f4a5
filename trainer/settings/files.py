"""Settings as nested frozen dataclasses, read from tables of TOML or JSON: every name, type and range is checked."""

from __future__ import annotations

import math
import types
import typing
from dataclasses import is_dataclass, replace
from typing import Any

from trainer.errors import ConfigError
from trainer.settings.ranges import check_ranges

Table = dict[str, Any]  # settings by name, as TOML has them


def override(settings: Any, raw: Any, where: str) -> Any:
    """A settings dataclass with some values replaced.

    Args:
        settings: The defaults.
        raw: Nested names and values, as TOML gives them.
        where: For the error: the file, then the names on the way.

    Raises:
        ConfigError: An unknown name, a value of another type, or a number out of its range.
    """
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: {raw!r} is not a table of settings")
    hints = typing.get_type_hints(type(settings))
    changes: Table = {}
    for name, value in raw.items():
        if name not in hints:
            raise ConfigError(f"{where}: there is no setting {name!r}; known are {', '.join(hints)}")
        old = getattr(settings, name)
        if is_dataclass(old):
            changes[name] = override(old, value, f"{where}: {name}")
            continue
        is_list = isinstance(hints[name], types.GenericAlias)
        wanted = tuple if is_list else hints[name]
        if isinstance(wanted, types.UnionType):  # of names: one, or several
            is_list, wanted = isinstance(value, list), tuple if isinstance(value, list) else str
        if is_list and isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = tuple(value)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = _as_float(value)
        if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
            raise ConfigError(f"{where}: {name} is {value!r}, but should be of type {wanted.__name__}")
        changes[name] = value
    changed = replace(settings, **changes)
    check_ranges(changed, where)
    return changed


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:  # of more than 308 digits
        return math.inf
