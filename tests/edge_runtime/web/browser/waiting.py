"""Waiting for what a script does: playwright's own way would evaluate text in the page, which our policy forbids."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

TRIES, PAUSE_MS = 80, 100


def until(page: Page, holds: str) -> None:
    """Wait until an expression holds in the page."""
    from playwright.sync_api import Error

    for _ in range(TRIES):
        # While another page comes there is none to ask.
        with suppress(Error):
            if page.evaluate(holds):
                return
        page.wait_for_timeout(PAUSE_MS)
    raise AssertionError(f"it never was so: {holds}")
