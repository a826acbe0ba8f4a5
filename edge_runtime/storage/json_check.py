"""Untrusted JSON: read strictly, and held against a schema of this package."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
    "any": (object,),
}


def read_json(text: str) -> object:
    """A document's value.

    Raises:
        ValueError: No JSON, a number that is not finite, a name given twice in one object, or nested too deeply.
    """
    try:
        return json.loads(
            text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_bounded, object_pairs_hook=_unique
        )
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def schema_problem(value: object, schema: Mapping[str, Any], root: Mapping[str, Any], path: str = "") -> str:
    """What is wrong with a value of `read_json`, after the path of the first field that is; "" if nothing is.

    Of JSON Schema (draft 2020-12) it knows what this package's schemas use: `$ref` into `$defs`, `anyOf`, `enum` of
    texts and numbers, `type` by one name, `pattern`, `minimum`, `maximum`, `properties`, `required`,
    `additionalProperties: false` and `items`. Beyond them, a text must be one that UTF-8 can hold.
    """
    if "$ref" in schema:
        return schema_problem(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    if _fits(value, schema, root):
        if isinstance(value, dict):
            return _object_problem(value, schema, root, path)
        if isinstance(value, list) and "items" in schema:
            problems = (schema_problem(each, schema["items"], root, f"{path}[{n}]") for n, each in enumerate(value))
            return next(filter(None, problems), "")
        return ""
    return f"{path or 'the document'}: {_short(value)} is not {_expected(schema, root)}"


def _fits(value: object, schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Whether the value itself, without what is in it, is as the schema says."""
    if "anyOf" in schema:
        return any(not schema_problem(value, each, root) for each in schema["anyOf"])
    if isinstance(value, bool) and ("enum" in schema or "type" in schema):
        return schema.get("type") == "boolean"  # Python's True is 1
    if value not in schema.get("enum", [value]) or not isinstance(value, _TYPES[schema.get("type", "any")]):
        return False
    if isinstance(value, str):
        return _is_unicode(value) and bool(re.search(schema.get("pattern", ""), value))
    if isinstance(value, int | float):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True


def _object_problem(value: dict[str, object], schema: Mapping[str, Any], root: Mapping[str, Any], path: str) -> str:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            return f"{path or 'the document'}: {name!r} is missing"
    for name, each in value.items():
        place = f"{path}.{name}" if path else name
        if not _is_unicode(name):
            return f"{path or 'the document'}: {name!r} is no text"
        if name not in known and schema.get("additionalProperties") is False:
            return f"{place}: nothing of this name is known"
        if problem := schema_problem(each, known.get(name, {}), root, place):
            return problem
    return ""


def _expected(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        each = [root["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in schema["anyOf"]]
        return " or ".join(_expected(one, root) for one in each)
    if "description" in schema:
        return str(schema["description"])
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    bounds = [f"{name} {schema[name]}" for name in ("minimum", "maximum") if name in schema]
    return " of ".join([str(schema.get("type", "a text")), *([", ".join(bounds)] if bounds else [])])


def _short(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no number of JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _bounded(text: str) -> int:
    if len(text.removeprefix("-")) > 18:  # more do not fit into SQLite's integers
        raise ValueError(f"{text[:20]}... is too large a number")
    return int(text)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"{name!r} is given twice in one object")
        found[name] = value
    return found
