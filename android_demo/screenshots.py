"""Pictures of the real app: `python -m android_demo.screenshots OUT_DIR`.

The clock stands still and the reader's taps are always the same, so two runs show the same thing. The stories are
the packaged samples and, for feed-zh.png, headlines written for this picture.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from android_demo.driver import Driver, prepare_offscreen
from edge_runtime import Article, demo_articles

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

CHINESE_HEADLINES = [
    ("手机里的新闻推荐：不上传任何阅读记录", "科技", "模型只有几百千字节，在本机算出每篇文章的得分。"),
    ("周末去哪儿？城北的湿地公园新开放，这个季节候鸟比游客还要多", "旅行", "观鸟的好时候是清晨七点。"),
    ("“慢一点，再慢一点”——一家书店的十年", "文化", "老板说，书架之间要留出转身的地方。"),
    ("女排三比二逆转，决胜局连得五分", "体育", "教练赛后说：“她们没有放弃。”"),
    ("番茄牛腩怎么炖才不柴？厨师给出三个办法", "美食", "小火、少翻动、最后放盐。"),
    ("臺灣與東京之間的夜航：一位機長的筆記", "旅行", "雲層之上，星光比城市更亮。"),
    ("新材料让电池在零下三十度也能充电", "科技", "研究团队称，充电八成用时 12 分钟。"),
    ("Why small models are enough for a phone", "Technology", "A ranking model does not have to talk."),
]


def chinese_articles(now: datetime) -> list[Article]:
    """The headlines above, an hour apart."""
    return [
        Article(f"zh-{place}", title, abstract, category, "样例", published=now - timedelta(hours=place + 1))
        for place, (title, category, abstract) in enumerate(CHINESE_HEADLINES)
    ]


def take_all(out_dir: Path) -> list[Path]:
    """Take every picture; returns their paths."""
    return [
        *_with_app(demo_articles, lambda driver: _samples(driver, out_dir)),
        *_with_app(chinese_articles, lambda driver: _chinese(driver, out_dir)),
    ]


def _with_app(first_articles: Callable[[datetime], list[Article]], scene: Callable[[Driver], list[Path]]) -> list[Path]:
    from android_demo.app import EdgeNewsApp

    with TemporaryDirectory() as data_dir:
        driver = Driver(EdgeNewsApp(Path(data_dir), first_articles=first_articles, now=lambda: NOW))
        try:
            driver.on_screen("feed")
            return scene(driver)
        finally:
            driver.stop()


def _samples(driver: Driver, out_dir: Path) -> list[Path]:
    app = driver.app
    for place in (1, 3):
        driver.judge(list(driver.cards())[place].article_id, "like")
    pictures = [driver.picture(out_dir / "feed-light.png")]
    driver.tap(app.feed.ids.chip)
    driver.frames(5)
    driver.read(list(driver.cards())[2].article_id)
    pictures.append(driver.picture(out_dir / "article-light.png"))
    driver.tap(app.article.ids.back)
    driver.on_screen("feed")
    driver.tap(driver.find("InterestsButton"))
    driver.on_screen("interests")
    pictures.append(driver.picture(out_dir / "interests.png"))
    driver.tap(driver.find("ThemeButton"))
    driver.tap(app.interests.ids.back)
    driver.on_screen("feed")
    pictures.append(driver.picture(out_dir / "feed-dark.png"))
    driver.tap(driver.find("Pill", next(driver.cards()), text="Why?"))
    driver.until(lambda: bool(driver.all_of("PartRow")) and driver.all_of("PartRow")[0].width > 100)
    driver.until(lambda: app.sheet is not None and app.sheet._anim_alpha == 1)
    pictures.append(driver.picture(out_dir / "why-dark.png"))
    return pictures


def _chinese(driver: Driver, out_dir: Path) -> list[Path]:
    return [driver.picture(out_dir / "feed-zh.png")]


if __name__ == "__main__":
    parser = ArgumentParser(prog="python -m android_demo.screenshots", description="Take pictures of the app.")
    parser.add_argument("out_dir", type=Path, metavar="OUT_DIR")
    options = parser.parse_args()
    prepare_offscreen()
    for picture in take_all(options.out_dir):
        print(picture)
