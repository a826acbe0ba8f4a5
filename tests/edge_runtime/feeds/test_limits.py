"""What is beyond a limit, and what is read all the same."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from tests.edge_runtime.feeds.feed_texts import parse, rss


def test_of_too_many_items_the_newest_are_taken_whatever_their_order():
    def item(number: int) -> str:
        day = datetime(2020, 1, 1) + timedelta(days=number)
        return f"<item><title>{number}</title><pubDate>{day:%Y-%m-%d}</pubDate></item>"

    oldest_first = parse(rss("".join(map(item, range(2300)))))
    assert [article.title for article in oldest_first.articles] == [str(number) for number in range(300, 2300)]
    newest_first = parse(rss("".join(map(item, reversed(range(2300))))))
    assert [article.title for article in newest_first.articles] == [str(number) for number in range(2299, 299, -1)]
    assert oldest_first.warnings == newest_first.warnings == ("more than 2000 items: the newest ones are taken",)


def test_of_too_many_items_without_dates_the_first_are_taken():
    feed = parse(rss("".join(f"<item><title>{number}</title></item>" for number in range(2300))))
    assert [article.title for article in feed.articles] == [str(number) for number in range(2000)]


def test_of_too_many_items_of_json_the_newest_are_taken():
    items = [{"title": str(number), "date_published": f"{2000 + number // 100}"} for number in range(2300)]
    feed = parse(json.dumps({"items": items}))
    assert [article.title for article in feed.articles] == [str(number) for number in range(300, 2300)]
    assert feed.warnings == ("more than 2000 items: the newest ones are taken",)


def test_a_feed_of_2300_items_with_12_elements_each_is_read_to_its_end():
    item = "<item><title>{}</title>" + "".join(f"<x{n}>y</x{n}>" for n in range(11)) + "</item>"
    feed = parse(rss("".join(item.format(number) for number in range(2300))))
    assert (len(feed.articles), feed.warnings) == (2000, ("more than 2000 items: the newest ones are taken",))


@pytest.mark.parametrize("fill", ["word ", "wörd ", "漢字"])
@pytest.mark.usefixtures("slow")
def test_a_feed_beyond_the_limit_gives_what_its_first_bytes_hold(fill):
    # 900 items of some 10 kB each are more than 8 MiB.
    items = "".join(
        f"<item><title>{number}</title><description>{fill * (10_000 // len(fill.encode()))}</description></item>"
        for number in range(900)
    )
    data = rss(items).encode()
    feed = parse(data)
    whole = data[: 8 * 1024 * 1024].count(b"</item>")
    assert [article.title for article in feed.articles] == [str(number) for number in range(whole)]
    assert feed.warnings == (
        f"{len(data)} bytes: the first 8388608 are read",
        "cut off in the middle: read up to there",
    )


@pytest.mark.usefixtures("slow")
def test_a_json_feed_beyond_the_limit_gives_what_its_first_bytes_hold():
    items = [{"title": str(number), "content_text": "wörd" * 2500} for number in range(900)]
    data = json.dumps({"items": items}, ensure_ascii=False).encode()
    feed = parse(data)
    assert len(feed.articles) > 500
    assert feed.warnings[0] == f"{len(data)} bytes: the first 8388608 are read"
