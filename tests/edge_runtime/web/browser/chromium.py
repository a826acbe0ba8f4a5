"""Debian's headless Chromium, with nothing of its own to say to anybody."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAME = "chromium-headless-shell"
QUIET = (
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def started(play: Playwright, *arguments: str) -> Iterator[Browser]:
    """The browser of the system; playwright's own is never fetched."""
    browser = play.chromium.launch(
        executable_path=shutil.which(NAME), chromium_sandbox=os.geteuid() != 0, args=[*QUIET, *arguments]
    )
    try:
        yield browser
    finally:
        browser.close()
