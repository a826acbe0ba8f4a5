"""An account on a server that speaks the Google Reader API: our own, over sockets."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest

from edge_runtime import Reader, Signal, parse_feed
from edge_runtime.accounts.greader import GoogleReader, item_name
from edge_runtime.accounts.line import Line
from edge_runtime.accounts.upstream import Login
from edge_runtime.web.exchange import Answer, see_other, text_answer
from tests.edge_runtime.accounts.conftest import FEEDS, by_url, story

pytestmark = pytest.mark.server


def test_subscriptions_articles_and_marks_come_and_go_back(here, there, sync, clock):
    there.do(lambda reader: reader.mark_read(["a1"], clock[0]))
    there.do(lambda reader: reader.save_all(["b7"], clock[0]))
    assert sync() == ""
    ids = by_url(here)
    assert set(ids) >= {str(n) for n in range(10)} - {"1"}  # what was read there before did not come
    feeds = {feed.url: feed for feed in here.feeds.feeds()}
    assert {feeds["https://a.example/feed"].title, feeds["https://b.example/rss"].folder} == {"Alpha", "News › Tech"}
    assert here.saved_ids() == {ids["7"]}
    here.record(ids["2"], Signal.OPEN, clock[0])
    here.record(ids["3"], Signal.SAVE, clock[0])
    here.mark_read([ids["8"]], clock[0])
    here.unsave(ids["7"])
    assert sync() == ""
    assert there.read() >= {"a1", "a2", "b8"} and there.saved() == {"a3"}
    there.do(lambda reader: reader.mark_read(["b9"], clock[0]))
    there.do(lambda reader: reader.mark_read(["b8"], clock[0], is_read=False))
    there.do(lambda reader: reader.save_all(["a3"], clock[0], is_saved=False))
    there.do(lambda reader: reader.save_all(["b6"], clock[0]))
    assert sync() == ""
    assert here.is_read(ids["9"]) and not here.is_read(ids["8"]) and here.saved_ids() == {ids["6"]}
    assert here._profile.store.waiting_marks(1) == []


def test_a_second_sync_asks_for_no_article_again_and_sends_nothing_back(here, there, sync):
    assert (sync(), sync()) == ("", "")  # the second brings what "For you" stood for, which is known already
    assert len(here.latest()) == 10
    there.asked.clear()
    assert sync() == ""
    assert "POST stream/items/contents" not in there.calls() and "POST edit-tag" not in there.calls()
    assert len(there.asked) <= 9


def test_a_mark_made_during_the_sync_counts_more_than_the_lists_and_is_sent_at_its_end(
    here, there, sync, clock, tmp_path
):
    assert sync() == ""
    ids = by_url(here)
    there.do(lambda reader: reader.mark_read(["a4"], clock[0]))
    here.mark_read([ids["4"]], clock[0])
    assert sync() == "" and here.is_read(ids["4"])
    there.do(lambda reader: reader.save_all(["a4"], clock[0]))

    done: list[bool] = []

    def before(got):
        if "s=user" in got.target and not done:  # after the marks were sent, before the lists
            done.append(True)
            with Reader.open(tmp_path / "data") as another:  # as from a phone
                another.record(ids["0"], Signal.SAVE, clock[0])
                another.mark_read([ids["4"]], clock[0], is_read=False)

    there.before = before
    assert sync() == ""
    assert here.saved_ids() == {ids["0"], ids["4"]} and not here.is_read(ids["4"])
    assert there.saved() == {"a0", "a4"} and "a4" not in there.read()


def test_a_server_that_is_down_changes_nothing_and_marks_wait_for_it(here, there, sync, clock):
    assert sync() == ""
    ids = by_url(here)
    here.mark_read([ids["2"]], clock[0])
    feeds, articles = here.feeds.feeds(), here.latest()
    there.before = lambda got: text_answer("busy", HTTPStatus.SERVICE_UNAVAILABLE)
    assert "asks for patience" in sync()
    assert (here.feeds.feeds(), here.latest()) == (feeds, articles) and here.is_read(ids["2"])
    asked = len(there.asked)
    sync()  # a quarter of an hour later it is asked once more, and then left alone for longer
    sync()
    assert len(there.asked) == asked + 1
    there.before = lambda got: None
    clock[0] += timedelta(hours=1)
    assert sync() == "" and "a2" in there.read()


def test_a_sync_that_is_killed_between_pages_goes_on_where_it_ended(here, there, sync, monkeypatch):
    monkeypatch.setattr("edge_runtime.accounts.greader.PAGE_ITEMS", 4)
    pages = []

    def before(got):
        if got.target.endswith("contents?output=json"):
            pages.append(got.body.count(b"i=tag"))
            return text_answer("", HTTPStatus.INTERNAL_SERVER_ERROR) if len(pages) == 2 else None
        return None

    there.before = before
    assert "in trouble" in sync()
    came = len(here.latest())
    assert came and here.accounts.all()[0].cursor == ""
    assert sync() == "" and set(by_url(here)) == {str(n) for n in range(10)}
    assert sum(pages) - 4 == pages[0] + sum(pages[2:])  # the page that failed came again, and no other


@pytest.mark.parametrize(
    ("call", "lie", "said"),
    [
        ("subscription/list", b'{"subscriptions": {"id": 1}}', "subscriptions is no list"),
        ("subscription/list", b"<html>", "no JSON"),
        ("subscription/list", b"[" * 100_000, "no JSON"),
        ("stream/items/ids", b'{"itemRefs": [{"id": "1e5"}]}', "an id is '1e5'"),
        ("stream/items/ids", b'{"itemRefs": [{"id": true}]}', "an id is 'True'"),
        ("stream/items/ids", b'{"itemRefs": [{"id": "5"}], "continuation": "x"}', "goes in a circle"),
        ("stream/items/contents", b'{"items": [{"id": "7", "published": "now"}]}', "published is no number"),
        ("stream/items/contents", b'{"items": "none"}', "items is no list"),
    ],
)
def test_what_cannot_be_true_is_refused_in_words_and_nothing_is_lost(here, there, sync, clock, call, lie, said):
    assert sync() == ""
    before = here.latest(), here.feeds.feeds(), here._profile.store.read_ids()
    # New ones, so that their texts are asked for.
    there.do(lambda reader: reader.add([story(n, clock[0]) for n in range(10, 12)], clock[0]))
    there.before = lambda got: Answer(lie, "application/json") if call in got.target else None
    assert said in sync()
    assert (here.latest(), here.feeds.feeds(), here._profile.store.read_ids()) == before
    there.before = lambda got: None
    assert sync() == "" and len(here.latest()) == 12


def test_an_answer_that_is_too_long_and_a_redirect_to_another_host_are_refused(here, there, sync, monkeypatch):
    monkeypatch.setattr("edge_runtime.accounts.line.MAX_BYTES", 1000)
    there.before = lambda got: Answer(b" " * 100_000, "application/json") if "subscription" in got.target else None
    assert "more than 1,000 bytes" in sync()
    monkeypatch.setattr("edge_runtime.accounts.line.MAX_BYTES", 1 << 20)
    there.before = lambda got: see_other("http://127.0.0.1:1/take?it") if "subscription" in got.target else None
    asked = len(there.asked)
    assert "redirects to http://127.0.0.1:1/take, and a secret follows no redirect" in sync()
    assert here.latest() == [] and len(there.asked) == asked + 2


def test_script_in_texts_is_text_and_lists_that_are_empty_end_no_subscription_and_no_save(here, there, sync):
    assert sync() == ""
    feeds = len(here.feeds.feeds())
    ids = by_url(here)
    there.do(lambda reader: reader.save_all(["a3"], reader.latest()[0].published))
    assert sync() == "" and here.saved_ids() == {ids["3"]}
    empty = {"subscription/list": b'{"subscriptions": []}', "starred": b'{"itemRefs": []}'}
    empty["stream/items/contents"] = b'{"items": []}'

    def before(got):
        return next((Answer(body, "application/json") for part, body in empty.items() if part in got.target), None)

    there.before = before
    assert sync() == ""
    assert len(here.feeds.feeds()) == feeds and here.saved_ids() == {ids["3"]}


def test_in_private_mode_nothing_is_told_and_no_list_is_asked_for_and_the_profile_stays_byte_for_byte(
    here, there, sync, clock, tmp_path
):
    assert sync() == ""
    ids = by_url(here)
    here.mark_read([ids["2"]], clock[0])
    here.private = True
    kept = (tmp_path / "data" / "profile.db").read_bytes()
    here.record(ids["3"], Signal.SAVE, clock[0])
    there.do(lambda reader: reader.add([story(10, clock[0])], clock[0]))
    there.do(lambda reader: reader.mark_read(["b9"], clock[0]))
    there.asked.clear()
    assert sync() == ""
    assert (tmp_path / "data" / "profile.db").read_bytes() == kept
    assert "POST edit-tag" not in there.calls() and "starred" not in " ".join(got.target for got in there.asked)
    assert "10" in by_url(here) and "a2" not in there.read()
    here.private = False
    assert sync() == "" and "a2" in there.read() and here.is_read(ids["9"]) and there.saved() == set()


def test_the_same_feed_fetched_from_its_publisher_has_the_same_articles(here, there, sync, clock, now):
    assert sync() == ""
    ids = by_url(here)
    here.add_feed(published(range(5), now), FEEDS[0][0], clock[0])
    assert by_url(here) == ids and len(here.latest()) == 10


def test_what_both_had_before_they_met_is_on_both_sides_and_an_erased_profile_unmarks_nothing(
    reader, there, clock, now
):
    reader.feeds.subscribe(*FEEDS[0][:3], now)
    reader.add_feed(published(range(3), now), FEEDS[0][0], now)
    ids = by_url(reader)
    there.do(lambda other: other.mark_read(["a1"], clock[0]))
    for name in ("0", "2"):
        reader.record(ids[name], Signal.SAVE, now)
    reader.mark_read([ids["0"]], now)
    reader.accounts.add(f"greader+{there.url}", there.secret, now, "me")
    reader.sync(clock[0])
    assert {"a0", "a1"} <= there.read() and there.saved() == {"a0", "a2"}
    reader.erase()
    clock[0] += timedelta(hours=1)
    reader.sync(clock[0])
    assert there.saved() == {"a0", "a2"} and reader.saved_ids() == {ids["0"], ids["2"]}


def published(numbers, now):
    """The first feed as its publisher has it: with GUIDs, which no server of an account tells."""
    items = "".join(
        f"<item><guid>urn:{n}</guid><link>https://a.example/{n}</link><title>About it</title></item>" for n in numbers
    )
    page = f"<rss><channel><title>A</title><link>https://a.example/</link>{items}</channel></rss>"
    return parse_feed(page.encode(), FEEDS[0][0], now)


@pytest.mark.parametrize(
    ("written", "is_item", "number"),
    [
        ("1700000000123456", False, 1700000000123456),  # FreshRSS has 16 decimal digits in lists
        ("tag:google.com,2005:reader/item/00060a24181e4240", True, 0x60A24181E4240),
        ("tag:google.com,2005:reader/item/7b", True, 123),
        ("000000000000007b", True, 123),
        ("123", True, 123),
        (123, False, 123),
        ("tag:google.com,2005:reader/item/fb115bd6d34a8e9f", True, 0xFB115BD6D34A8E9F - 2**64),
        ("-355401917359550817", False, 0xFB115BD6D34A8E9F - 2**64),
    ],
)
def test_every_form_of_an_id_is_one_number_and_goes_back_in_the_form_that_is_never_mistaken(
    written, is_item, number, now
):
    server = GoogleReader(Line("http://rss.example", now), Login("me", "secret"))
    assert server._number(written, is_item=is_item) == str(number)
    assert item_name(str(number)) == f"tag:google.com,2005:reader/item/{number % 2**64:016x}"
