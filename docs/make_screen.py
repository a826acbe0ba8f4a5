"""Draws docs/images/screen.svg, `edge-news tui` with articles of the demo: `python docs/make_screen.py`."""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime import Reader, demo_articles
from edge_runtime.cli.screen import program
from edge_runtime.tui.app import NewsApp
from edge_runtime.tui.reader_thread import ReaderThread

PICTURE = Path(__file__).parent / "images" / "screen.svg"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIZE = 84, 22  # columns and lines
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


async def draw(data: Path) -> str:
    """The feed of a reader who has asked for two topics, and has saved an article."""
    given = program(data, NOW)
    thread = ReaderThread(given.open_reader)
    app = NewsApp(given, thread)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1)
        await pilot.press("j", "s")
        await pilot.pause(0.5)
        picture = app.export_screenshot(title="edge-news tui")
    await asyncio.to_thread(thread.close)
    # Nothing that a page of the documentation would fetch.
    return FONTS.sub("", picture).replace("Fira Code, monospace", "monospace").replace("Fira Code", "monospace")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        # Of the demo the headlines in one script: a picture is drawn with one font.
        articles = [article for article in demo_articles(NOW) if article.source == "HuffPost"]
        with Reader.open(data) as reader:
            reader.add(articles, NOW)
            reader.pick_topics(["food", "travel"])
        PICTURE.write_text(asyncio.run(draw(data)), encoding="utf-8")


if __name__ == "__main__":
    main()
