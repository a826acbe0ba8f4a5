"""A real browser before real pages. What it says to any other host, and every dialog, fails the test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from edge_runtime import Reader
from edge_runtime.screens.reading import Reading
from tests.edge_runtime.web.browser.chromium import NAME, started
from tests.edge_runtime.web.browser.news import NOW, open_news
from tests.edge_runtime.web.browser.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright


@pytest.fixture(scope="module")
def play(slow: None) -> Iterator[Playwright]:
    """What drives browsers. While it is there no test of this process can have an event loop of its own."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright")
    if shutil.which(NAME) is None:
        pytest.skip(f"apt-get install {NAME}")
    with sync_api.sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(play: Playwright) -> Iterator[Browser]:
    """Debian's headless Chromium."""
    with started(play) as running:
        yield running


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, slow: None) -> Path:
    """A data directory with some weeks of reading; take a copy."""
    folder = tmp_path_factory.mktemp("news") / "data"
    open_news(folder).close()
    return folder


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Iterator[str]:
    """Pages that a test may change."""
    folder = shutil.copytree(made, tmp_path / "data")
    with served(lambda: Reading(opened=Reader.open(folder)), lambda: NOW, folder) as address:
        yield address


@dataclass
class Guest:
    """Somebody with a browser of their own."""

    context: BrowserContext
    site: str
    troubles: list[str] = field(default_factory=list)

    def page(self) -> Page:
        page = self.context.new_page()
        page.on("dialog", lambda dialog: (self.troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("console", lambda said: self.troubles.append(said.text) if said.type == "error" else None)
        page.goto(self.site)
        return page


@pytest.fixture
def guest(browser: Browser, site: str) -> Iterator[Callable[..., Guest]]:
    """Opens a browser with a look, such as "dark.100.en.off"."""
    opened: list[Guest] = []

    def come(look: str = "light.100.en.off", width: int = 360, **settings: Any) -> Guest:
        context = browser.new_context(viewport={"width": width, "height": 640}, **settings)
        context.add_cookies([{"name": "look", "value": look, "url": site}])
        context.set_default_timeout(8_000)
        one = Guest(context, site)
        context.on(
            "request",
            lambda request: (
                None if request.url.startswith((site, "data:")) else one.troubles.append(f"asked for {request.url}")
            ),
        )
        opened.append(one)
        return one

    yield come
    for one in opened:
        one.context.close()
        # What a test does while it is offline fails in the console too.
        assert [said for said in one.troubles if "ERR_INTERNET_DISCONNECTED" not in said] == []
