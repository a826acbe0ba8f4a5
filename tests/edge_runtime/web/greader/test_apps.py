"""Laws that hold in every app: what it shows, what a new edition does, what comes back from it and goes to it."""

from __future__ import annotations

from collections import Counter

import pytest

from edge_runtime import Article, Signal
from tests.edge_runtime.web.greader.app_habits import ALL, APPS, READ, App, ReadYou
from tests.edge_runtime.web.greader.conftest import Phone


@pytest.fixture(params=APPS, ids=[app.__name__ for app in APPS])
def app(request, phone) -> App:
    made: App = request.param(phone)
    made.sync()
    return made


def titles(items) -> list[str]:
    return [item["title"] for item in items]


def article_of(app: App, title: str) -> str:
    (name,) = (one.article_id for one in app.phone.reader.latest() if one.title == title)
    return name


def id_of(item) -> str:
    return str(int(item["id"].rpartition("/")[2], 16))


def test_for_you_is_shown_in_its_order_and_nothing_is_unread_twice(app):
    ranked = app.phone.reader.editions()[0].article_ids
    assert [article_of(app, title) for title in titles(app.shown("feed/1"))] == list(ranked)
    assert Counter(titles(app.shown())).most_common(1)[0][1] == 1
    assert len(app.shown()) == 10


def test_a_new_edition_takes_the_old_ones_place(app):
    old = set(map(id_of, app.shown("feed/1")))
    app.phone.later(hours=7)
    app.phone.reader.add([Article("new", "Came since", source="Alpha", published=app.phone.now)], app.phone.now)
    app.sync()
    shown = app.shown("feed/1")
    assert not old & app.unread and len(shown) == len(app.shown()) == 11
    assert [article_of(app, title) for title in titles(shown)] == list(app.phone.reader.editions()[0].article_ids)


def test_what_comes_after_an_edition_is_unread_in_its_own_feed(app):
    app.phone.later(hours=1)
    late = app.phone.now.replace(year=2025)  # published long ago, and came just now
    app.phone.reader.add([Article("late", "Came late", source="Alpha", published=late)], app.phone.now)
    app.sync()
    (alpha,) = (stream for stream, title in app.feeds.items() if title == "Alpha")
    assert titles(app.shown(alpha)) == ["Came late"]


def test_what_is_read_and_starred_in_an_app_is_so_here(app):
    first, second, *_ = app.shown("feed/1")
    app.mark_read([id_of(first)])
    app.star([id_of(second)])
    reader = app.phone.reader
    assert reader.is_read(article_of(app, first["title"])) and not reader.is_read(article_of(app, second["title"]))
    assert reader.saved_ids() == {article_of(app, second["title"])}
    assert [event.signal for event in reader.profile().events] == [Signal.SAVE]
    app.sync()
    assert id_of(first) not in app.unread and id_of(second) in app.starred
    app.star([id_of(second)], is_starred=False)
    app.sync()
    assert not reader.saved_ids() and not app.starred


def test_what_is_read_and_saved_here_is_so_in_an_app(app):
    first, second, *_ = app.shown("feed/1")
    reader = app.phone.reader
    reader.record(article_of(app, first["title"]), Signal.OPEN, app.phone.now)
    reader.record(article_of(app, second["title"]), Signal.SAVE, app.phone.now)
    app.sync()
    assert first["title"] not in titles(app.shown()) and len(app.shown()) == 9
    assert {app.items[one]["title"] for one in app.starred} == {second["title"]}
    reader.mark_read([article_of(app, first["title"])], app.phone.now, is_read=False)
    reader.unsave(article_of(app, second["title"]))
    app.sync()
    assert first["title"] in titles(app.shown("feed/1")) and not app.starred


def test_every_item_is_of_a_feed_that_the_app_knows(app):
    app.phone.reader.feeds.unsubscribe("https://b.example/rss")
    app.sync()
    everything = app.phone.items(app.phone.ids(f"s={ALL}"))
    assert {item["origin"]["streamId"] for item in everything} <= set(app.feeds)
    assert "Other articles" in app.feeds.values()


@pytest.mark.slow
def test_an_app_that_marks_ten_thousand_as_read(reader, apps, now):
    reader.add([Article(f"n{n}", f"Number {n} of many", published=now) for n in range(10_000)], now)
    phone = Phone(reader, apps, now, apps.make("phone", now))
    app = ReadYou(phone)
    everything = app.ids(f"s={ALL}&xt={READ}")
    assert len(everything) == 10_000
    app.per_edit = 10_000
    app.mark_read(everything)
    assert phone.unread() == [] and reader.unread_counts().total == 0
    assert len(app.ids(f"s={READ}")) == 10_030  # with the copies, on several pages
