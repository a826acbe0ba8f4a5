"""Steps as entries of a recipe's TOML: a method, and settings that are the fields of its dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar, Protocol, TypeVar

from trainer.errors import ConfigError
from trainer.settings.files import Table, override


class Named(Protocol):
    """What a recipe can list: a frozen dataclass with a name."""

    method: ClassVar[str]  # its name in a recipe


NamedStep = TypeVar("NamedStep", bound=Named)


def step_of(raw: Any, known: Mapping[str, type[NamedStep]], where: str) -> NamedStep:
    """A step from its entry.

    Args:
        raw: As TOML gives it.
        known: Steps by method.
        where: For the error: the file, and the entry's number.

    Raises:
        ConfigError: An unknown method or setting, or a value of another type.
    """
    method = raw.get("method") if isinstance(raw, dict) else raw
    if not isinstance(raw, dict) or not isinstance(method, str) or method not in known:
        raise ConfigError(f"{where}: method is {method!r}; known are {', '.join(sorted(known))}")
    settings = {name: value for name, value in raw.items() if name != "method"}
    step: NamedStep = override(known[method](), settings, f"{where} ({method})")
    return step


def settings_of(step: Named) -> Table:
    """A step's method and settings, as they stand in a recipe."""
    return {"method": step.method} | {each.name: getattr(step, each.name) for each in fields(step)}  # type: ignore[arg-type]
