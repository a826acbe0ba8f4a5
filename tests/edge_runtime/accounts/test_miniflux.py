"""An account on Miniflux, of a new and of an old release: a double in a thread, in the form of its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from edge_runtime import AccountError, Reader, Signal
from edge_runtime.storage.outbox import MarkKind
from tests.edge_runtime.accounts.conftest import by_url
from tests.edge_runtime.accounts.miniflux_double import KEY, MinifluxDouble, feed

pytestmark = pytest.mark.server


@pytest.fixture(params=[False, True], ids=["new", "old"])
def double(request, clock: list[datetime]) -> Iterator[MinifluxDouble]:
    """Twelve entries, of which two are read, and one of these is starred."""
    made = MinifluxDouble(lambda: clock[0], is_old=request.param)
    for number in range(1, 13):
        made.add(number, status="read" if number in (3, 4) else "unread", starred=number == 4)
    yield made
    made.close()


@pytest.fixture
def sync(reader: Reader, double: MinifluxDouble, clock: list[datetime]) -> Callable[[], str]:
    """A sync, a quarter of an hour after the last; what the account says then."""
    reader.accounts.add(f"miniflux+{double.url}", KEY, clock[0])

    def sync() -> str:
        reader.sync(clock[0])
        clock[0] += timedelta(minutes=16)
        return reader.accounts.all()[0].last_error

    return sync


def test_entries_and_marks_come_and_go_back(reader, double, sync, clock):
    assert sync() == ""
    ids = by_url(reader)
    assert set(ids) == {str(n) for n in range(1, 13)} - {"3"} and reader.saved_ids() == {ids["4"]}
    assert reader.is_read(ids["4"]) and reader.unread_counts().total == 10
    assert {(feed.title, feed.folder) for feed in reader.feeds.feeds()} == {("Feed A", "News"), ("Feed B", "News")}
    assert reader.article(ids["1"]).title == "Title & number 1" and reader.article(ids["1"]).abstract == "Text of 1"
    reader.record(ids["5"], Signal.OPEN, clock[0])
    reader.record(ids["6"], Signal.SAVE, clock[0])
    reader.unsave(ids["4"])
    assert sync() == ""
    assert double.are(status="read") == {3, 4, 5} and double.are(starred=True) == {6}
    double.mark(7, clock[0], status="read")
    double.mark(4, clock[0], status="unread")
    double.mark(6, clock[0], starred=False)
    double.mark(8, clock[0], starred=True)
    double.add(13)
    assert sync() == ""
    assert reader.is_read(ids["7"]) and not reader.is_read(ids["4"]) and reader.saved_ids() == {ids["8"]}
    assert "13" in by_url(reader)
    double.asked.clear()
    assert sync() == "" and not any(one.startswith("PUT") for one in double.asked) and len(double.asked) <= 6


def test_a_later_deed_there_counts_more_than_one_here_that_was_not_sent_and_an_earlier_one_less(
    reader, double, sync, clock
):
    assert sync() == ""
    ids = by_url(reader)
    for number in ("1", "2"):  # read and unread again: both sides had agreed on that
        reader.mark_read([ids[number]], clock[0])
        reader.mark_read([ids[number]], clock[0] + timedelta(minutes=2), is_read=False)
    double.mark(1, clock[0] + timedelta(minutes=1), status="read")
    double.mark(2, clock[0] + timedelta(minutes=3), status="read")
    clock[0] += timedelta(minutes=10)
    assert sync() == ""
    assert not reader.is_read(ids["1"]) and reader.is_read(ids["2"])
    assert double.are(status="unread") & {1, 2} == {1}


def test_it_goes_on_where_a_page_failed_and_its_cursor_moves_only_with_what_is_kept(reader, double, sync, monkeypatch):
    monkeypatch.setattr("edge_runtime.accounts.miniflux.PAGE_ENTRIES", 4)
    pages: list[str] = []

    def before(method, target):
        if "status=unread&before_entry_id" in target:
            pages.append(target)
            return (502, "") if len(pages) == 2 else None
        return None

    double.before = before
    assert "in trouble" in sync()
    assert set(by_url(reader)) == {"12", "11", "10", "9"}
    assert sync() == "" and len(by_url(reader)) == 11
    assert pages[1] == pages[2] and len(pages) == 4  # 4, again 4, 2


def test_it_is_left_alone_for_as_long_as_it_asks(reader, double, sync, clock):
    double.before = lambda method, target: (429, "") if "feeds" in target else None
    assert "patience" in sync()
    asked = len(double.asked)
    for _ in range(7):  # a quarter of an hour each, of two hours
        sync()
    assert len(double.asked) == asked
    double.before = lambda method, target: None
    assert sync() == "" and reader.latest()


@pytest.mark.parametrize(
    ("call", "lie", "said"),
    [
        ("/v1/feeds", {"feeds": []}, "/v1/feeds is no list"),
        ("/v1/feeds", [{"id": "42", "feed_url": "https://a.example/feed"}], "id is no number"),
        ("direction=asc", {"total": 9, "entries": [{"id": 1}, {"id": 1}]}, "goes in a circle"),
        ("direction=asc", {"total": 9, "entries": [{"id": 1 << 70}]}, "id is no number"),
        ("direction=asc", {"total": 9, "entries": [{"id": 99, "status": "new", "starred": 1}]}, "state is none"),
        ("direction=asc", {"entries": "many"}, "entries is no list"),
    ],
)
def test_what_cannot_be_true_is_refused_in_words(reader, double, sync, call, lie, said):
    assert sync() == ""
    before = reader.latest(), reader.saved_ids(), reader.accounts.all()[0].cursor
    double.before = lambda method, target: (200, lie) if call in target else None
    assert said in sync()
    assert (reader.latest(), reader.saved_ids(), reader.accounts.all()[0].cursor) == before


def test_a_mark_that_was_sent_and_not_noted_and_one_that_was_taken_and_not_agreed_on_come_again_without_harm(
    reader, double, sync, clock, monkeypatch
):
    assert sync() == ""
    ids = by_url(reader)
    reader.record(ids["1"], Signal.SAVE, clock[0])
    double.mark(2, clock[0], status="read")

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as cut, pytest.raises(Killed):  # the server knows it, the queue does not
        cut.setattr(type(reader._profile.store), "drop_waiting", kill)
        sync()
    assert double.are(starred=True) == {1, 4}
    assert [one.kind for one in reader._profile.store.waiting_marks(1)] == [MarkKind.SAVED]
    put = reader.feeds.accounts.put_items

    def put_or_kill(account, items, cursor=None):
        items = list(items)
        if any(one.article_id == ids["2"] for one in items):  # the profile has the mark, what is agreed on has not
            raise Killed
        put(account, items, cursor)

    with monkeypatch.context() as cut, pytest.raises(Killed):
        cut.setattr(reader.feeds.accounts, "put_items", put_or_kill)
        sync()
    assert reader.is_read(ids["2"])
    assert sync() == "" and double.are(starred=True) == {1, 4} and double.are(status="read") == {2, 3, 4}
    assert reader.saved_ids() == {ids["1"], ids["4"]} and reader._profile.store.waiting_marks(1) == []


def test_a_wrong_key_and_addresses_that_are_none_are_refused_before_anything_is_kept(reader, double, now, tmp_path):
    with pytest.raises(AccountError, match="refuses user or secret"):
        reader.accounts.add(f"miniflux+{double.url}", "wrong", now)
    for address in ("https://a.example", "fever+https://a.example", "miniflux+ftp://a.example"):
        with pytest.raises(AccountError):
            reader.accounts.add(address, KEY, now)
    with pytest.raises(AccountError, match="holds a password") as caught:
        reader.accounts.add("greader+https://me:hunter2@a.example", KEY, now)
    assert "hunter2" not in str(caught.value)
    assert reader.accounts.all() == [] and not (tmp_path / "data" / "accounts.json").exists()


def test_after_the_articles_were_lost_they_come_again_and_what_was_read_here_stays_read(
    reader, double, sync, clock, tmp_path
):
    assert sync() == ""
    ids = by_url(reader)
    reader.mark_read([ids["1"]], clock[0])
    reader.close()
    (tmp_path / "data" / "cache.db").write_bytes(b"damaged" * 1000)
    with Reader.open(tmp_path / "data") as again:
        assert len(again.latest()) == 1  # what was saved
        again.sync(clock[0])
        assert by_url(again) == ids and again.is_read(ids["1"])
    assert double.are(status="read") == {1, 3, 4}


def test_a_feed_that_was_left_here_stays_left_and_one_that_ended_there_ends_here(reader, double, sync, now):
    assert sync() == ""
    reader.feeds.unsubscribe("https://a.example/feed")
    double.add(14)
    assert sync() == "" and [feed.title for feed in reader.feeds.feeds()] == ["Feed B"]
    assert "14" not in by_url(reader)
    double.before = lambda method, target: (200, [feed(42)]) if target == "/v1/feeds" else None
    assert sync() == "" and reader.feeds.feeds() == [] and len(reader.latest()) == 11
    reader.accounts.remove("1")
    assert reader.accounts.all() == [] and len(reader.latest()) == 11
    reader.mark_read([by_url(reader)["1"]], now)
    assert reader._profile.store.waiting_marks(1) == []


def test_a_feed_that_is_subscribed_to_there_during_the_sync_comes_with_its_entries(reader, double, sync):
    seen: list[str] = []

    def before(method, target):
        seen.append(target)
        return (200, [feed(42)]) if target == "/v1/feeds" and seen.count(target) == 1 else None

    double.before = before
    assert sync() == "" and len(reader.feeds.feeds()) == 2 and len(by_url(reader)) == 11


def test_a_clock_there_that_is_wrong_misses_nothing_and_a_key_is_shown_in_no_error(reader, double, sync, clock):
    double.now = lambda: clock[0] + timedelta(days=4000)
    assert sync() == ""
    double.now = lambda: clock[0]
    double.mark(1, clock[0], status="read")
    assert sync() == "" and reader.is_read(by_url(reader)["1"])
    for key in ("geheim\nX-Other: 1", "geh\u00e9im", "geheim\x00"):
        with pytest.raises(AccountError) as caught:
            reader.accounts.add(f"miniflux+{double.url}", key, clock[0])
        assert "geh" not in str(caught.value)


def test_two_accounts_tell_each_other_what_was_read(reader, double, sync, clock):
    other = MinifluxDouble(lambda: clock[0])
    other.add(1)
    reader.accounts.add(f"miniflux+{other.url}", KEY, clock[0])
    try:
        assert sync() == ""
        double.mark(1, clock[0], status="read")
        assert (sync(), sync()) == ("", "")
        assert other.are(status="read") == {1}
    finally:
        other.close()
