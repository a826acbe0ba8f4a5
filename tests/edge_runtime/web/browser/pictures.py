"""Pictures of every page, to be looked at: `python -m tests.edge_runtime.web.browser.pictures build/web`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

from tests.edge_runtime.web.browser.chromium import started
from tests.edge_runtime.web.browser.news import NOW, open_news
from tests.edge_runtime.web.browser.serving import served

PAGES = {
    "for-you": "/",
    "latest": "/latest",
    "saved": "/saved",
    "hidden": "/hidden",
    "search": "/search?q=the",
    "article": "ARTICLE",
    "why": "ARTICLE/why",
    "you": "/you",
    "rules": "/rules",
    "words": "/words",
    "deeds": "/deeds",
    "feeds": "/feeds",
    "feed": "FEED",
    "add": "/feeds/add",
    "suggested": "/feeds/suggested",
    "settings": "/settings",
    "keys": "/keys",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pages", nargs="*", choices=PAGES, default=list(PAGES))
    parser.add_argument("--themes", nargs="*", default=["light", "dark", "eink"])
    parser.add_argument("--languages", nargs="*", default=["en", "zh"])
    parser.add_argument("--widths", nargs="*", type=int, default=[320, 800, 1280])
    parser.add_argument("--size", default="100")
    parser.add_argument("--full", action="store_true", help="the whole page, not the first screen")
    chosen = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    chosen.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(lambda: open_news(Path(folder) / "data"), lambda: NOW, Path(folder)) as site,
        sync_playwright() as play,
        started(play) as browser,
    ):
        for theme in chosen.themes:
            for language in chosen.languages:
                for width in chosen.widths:
                    look = f"{theme}.{chosen.size}.{language}.off"
                    _take(browser, site, chosen, look, width)
    return 0


def places(page: Page, site: str) -> dict[str, str]:
    """The address of each page, among them those of a story and of a feed."""
    page.goto(f"{site}/search?q=ferries+harbour")
    article = (page.locator("article h2 a").first.get_attribute("href") or "").removesuffix("?o=1")
    page.goto(f"{site}/feeds")
    feed = page.locator(".feeds a").first.get_attribute("href") or ""
    return {name: site + path.replace("ARTICLE", article).replace("FEED", feed) for name, path in PAGES.items()}


def _take(browser: Browser, site: str, chosen: argparse.Namespace, look: str, width: int) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 720 if width > 400 else 640}, service_workers="block"
    )
    context.add_cookies([{"name": "look", "value": look, "url": site}])
    page = context.new_page()
    at = places(page, site)
    theme, size, language, _ = look.split(".")
    for name in chosen.pages:
        page.goto(at[name])
        page.screenshot(path=chosen.out / f"{name}-{theme}-{language}-{width}-{size}.png", full_page=chosen.full)
    context.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
