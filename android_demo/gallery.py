"""Pictures of every screen of the real app: `python -m android_demo.gallery OUT_DIR`.

One picture a screen and sheet, in each language, colour theme and size; or, with `--readme`, those few that the
documentation shows. The clock stands still and the reader's taps are always the same, so two runs show the same thing.
The stories are the packaged samples.
"""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from android_demo.core.settings import Settings, save_settings
from android_demo.driver import PHONE_PX, Driver, prepare_offscreen
from edge_runtime import Article, demo_articles

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SIZES = (PHONE_PX, (800, 480), (1024, 768))
THEMES = ("light", "dark", "black")
LANGUAGES = ("en", "zh")
# The documentation's: file, screen or sheet, theme, language.
README = (
    ("feed-light", "feed", "light", "en"),
    ("feed-dark", "feed", "dark", "en"),
    ("article-light", "article", "light", "en"),
    ("why-dark", "Why", "dark", "en"),
    ("you", "you", "light", "en"),
    ("feed-zh", "feed", "light", "zh"),
)


# Of the samples, for the documentation: nobody is shot or buried on its front page.
CALM = {
    *("business", "comedy", "culture", "entertainment", "environment", "food", "health", "home"),
    *("science and technology", "sports", "style", "travel"),
}


def calm_articles(now: datetime) -> list[Article]:
    """Samples of the calmer topics."""
    return [article for article in demo_articles(now) if article.category in CALM]


def take_all(out_dir: Path) -> Iterator[Path]:
    """Take every picture at the size of this process's window."""
    from kivy.core.window import Window

    size = f"{int(Window.width)}x{int(Window.height)}"
    with _app() as driver:
        for language in LANGUAGES:
            for theme in THEMES:
                driver.app.set(language=language, theme=theme)
                driver.rest()
                folder = out_dir / size / f"{language}-{theme}"
                for name in driver.tour():
                    yield driver.picture(folder / f"{name}.png")


def take_for_readme(out_dir: Path) -> Iterator[Path]:
    """Take the pictures of the documentation."""
    with _app(calm_articles) as driver:
        for file, wanted, theme, language in README:
            driver.app.set(language=language, theme=theme)
            driver.rest()
            for name in driver.tour():
                if name == wanted:
                    yield driver.picture(out_dir / f"{file}.png")
                    driver.close_sheet()
                    break


class _app:
    """The app of a reader who has liked and read a little."""

    def __init__(self, first_articles: Callable[[datetime], list[Article]] = demo_articles) -> None:
        self._first_articles = first_articles

    def __enter__(self) -> Driver:
        from android_demo.app import EdgeNewsApp

        self._folder = TemporaryDirectory()
        save_settings(Path(self._folder.name), Settings(theme="light", language="en", is_started=True))
        self._driver = driver = Driver(
            EdgeNewsApp(Path(self._folder.name), first_articles=self._first_articles, now=lambda: NOW)
        )
        driver.on_screen("feed")
        shown = [card.article_id for card in driver.cards()]
        for article_id in shown[1:4:2]:
            driver.judge(article_id, "like")
        # Over the last card of a low window lies the way to take a like back.
        driver.app.shell.ids.undo.dismiss()
        # A low window shows fewer than five.
        for article_id in (shown[1], shown[:5][-1]):
            driver.read(article_id)
            driver.app.back()
            driver.on_screen("feed")
        return driver

    def __exit__(self, *_: object) -> None:
        self._driver.stop()
        self._folder.cleanup()


def _main() -> None:
    parser = ArgumentParser(prog="python -m android_demo.gallery", description="Take pictures of the app.")
    parser.add_argument("out_dir", type=Path, metavar="OUT_DIR")
    parser.add_argument("--readme", action="store_true", help="only those that the documentation shows")
    parser.add_argument("--size", help="WIDTHxHEIGHT of the window; else several, one after the other")
    options = parser.parse_args()
    if options.size is None and not options.readme:
        # A window without a display never changes its size.
        for width, height in SIZES:
            command = [
                sys.executable,
                "-m",
                "android_demo.gallery",
                str(options.out_dir),
                "--size",
                f"{width}x{height}",
            ]
            subprocess.run(command, check=True)
        return
    width, height = map(int, options.size.split("x")) if options.size else PHONE_PX
    prepare_offscreen(size=(width, height))
    for picture in (take_for_readme if options.readme else take_all)(options.out_dir):
        print(picture, flush=True)


if __name__ == "__main__":
    _main()
