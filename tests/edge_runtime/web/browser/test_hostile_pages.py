"""Feeds that want to do harm: what they write is text, to a real browser too."""

from __future__ import annotations

import shutil

import pytest

from edge_runtime import Article, Reader
from edge_runtime.screens.reading import Reading
from tests.edge_runtime.web.browser.news import NOW
from tests.edge_runtime.web.browser.serving import served

WORDS = (
    "<script>alert(1)</script>",
    '"><img src=http://evil.test/x onerror=alert(2)>',
    "</h2></article><iframe src=http://evil.test/></iframe>",
    "<svg/onload=alert(3)>",
    "javascript:alert(4)",
    "' autofocus onfocus=alert(5) x='",
    "&lt;script&gt;alert(6)&lt;/script&gt;",
    "\u202egnp.exe \u2066 evil",
    "]]><link rel=stylesheet href=http://evil.test/a.css>",
    "<base href=http://evil.test/><meta http-equiv=refresh content='0;url=http://evil.test/'>",
)


@pytest.fixture
def site(made, tmp_path):
    """The feeds of somebody who means harm."""
    folder = shutil.copytree(made, tmp_path / "data")

    def open_reading() -> Reading:
        reader = Reader.open(folder)
        at = "http://evil.test/"
        bad = [
            Article(f"bad {n}", words, words, words, words, at + words, published=NOW, image=f"{at}i")
            for n, words in enumerate(WORDS)
        ]
        reader.add(bad, NOW)
        for n, words in enumerate(WORDS):
            reader.feeds.subscribe(f"https://evil.test/{n}", words, words, NOW, words)
        return Reading(opened=reader)

    with served(open_reading, lambda: NOW, folder) as address:
        yield address


def test_nothing_of_it_runs_and_nobody_else_is_asked(browser, guest, site):
    page = guest().page()  # which fails on any dialog, error and request to another host
    for path in ("/", "/latest", "/feeds", "/search?q=alert", f"/search?q={WORDS[1]}", "/hidden", "/rules"):
        page.goto(site + path)
        assert page.locator("main img, main iframe, main script, base, main svg[onload]").count() == 0
    page.goto(f"{site}/latest")
    for address in {link.get_attribute("href") for link in page.locator("article h2 a").all()[:5]}:
        page.goto(site + address.removesuffix("?o=1"))
        page.goto(site + address.removesuffix("?o=1") + "/why")
        page.get_by_role("button", name="More like this").click()
        page.get_by_role("button", name="Undo like").wait_for()
    page.wait_for_timeout(200)
