"""Thumbnails for cards."""

from __future__ import annotations

from collections.abc import Callable


class Pictures:
    """None yet."""

    def name_of(self, url: str) -> str:
        """What its thumbnail is called, "" where there is none."""
        return ""

    def load(self, name: str, then: Callable[[object], None]) -> None:
        """Load one."""
