"""The ranked feed for other readers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from edge_runtime import OrderChoice, Wording, parse_feed
from edge_runtime.web.edition_times import begun
from edge_runtime.web.feeds_out import feed_paths
from edge_runtime.web.site import Received


@pytest.mark.parametrize("number", [0, 1])
def test_the_feed_has_the_order_by_falling_times(get, access, desk, now, number):
    path = feed_paths(access.new_feed_secret())[number]
    before, answer = desk.reading.reader.state(), get(path)
    assert answer.content_type.startswith(("application/atom+xml", "application/feed+json")[number])
    items = parse_feed(answer.body, "http://localhost/", now).items
    ranked = desk.reading.reader.feed(now, 50, order=OrderChoice.RANKED)
    assert [item.article.title for item in items] == [one.article.title for one in ranked]
    times = [item.article.published for item in items]
    assert times == [now - timedelta(minutes=rank) for rank in range(len(ranked))]  # noon begins an edition
    assert desk.reading.reader.state() == before  # what it lists does not count as seen


@pytest.mark.parametrize(
    ("hour", "of"), [("00:00", "00:00"), ("05:59", "00:00"), ("12:00", "12:00"), ("23:59", "18:00")]
)
def test_an_edition_is_of_six_hours(hour, of):
    assert begun(datetime.fromisoformat(f"2026-11-24T{hour}Z")) == datetime.fromisoformat(f"2026-11-24T{of}Z")


def test_a_reason_is_in_the_language_of_who_asks(get, access, desk, monkeypatch):
    path = feed_paths(access.new_feed_secret())[1]
    first = desk.reading.reader.feed(desk.now(), 1)[0].reason

    def said(**headers):
        return json.loads(get(path, **headers).body)["items"][0]["content_text"]

    assert said().endswith(first) and said(**{"accept-language": "en"}) == said()
    assert said(**{"accept-language": "zh-CN"}).endswith(Wording("zh").sentence(first)) and said().endswith(first)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")  # who names no language gets this device's
    assert said().endswith(Wording("zh").sentence(first)) and said(**{"accept-language": "en"}).endswith(first)


def test_what_the_other_reader_has_is_not_sent_again(get, access, desk):
    path = feed_paths(access.new_feed_secret())[0]
    mark = get(path).headers["ETag"]
    again = get(path, **{"if-none-match": f'"other", W/{mark}'})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", mark)
    first = desk.reading.ranked(desk.now(), 1)[0].article.article_id
    desk.reading.hide(first, desk.now(), is_hidden=True)
    assert get(path, **{"if-none-match": mark}).status == 200


def test_only_the_secret_address_leads_there_and_it_can_be_renewed(locked, access):
    def status(path):
        return locked.answer(Received("GET", path, {"host": "pi.local"})).status

    for wrong in ("", "x"):
        assert status(f"/feeds/{wrong}/feed.atom") in (303, 404)  # nobody has made one
    old = feed_paths(access.new_feed_secret())[0]
    assert status(old) == 200
    new = feed_paths(access.new_feed_secret())[0]
    assert (status(old), status(new)) == (404, 200)


def test_the_items_are_those_that_a_command_exports(get, access, desk, data, capsys):
    from edge_runtime.cli.command_line import main

    answer = get(feed_paths(access.new_feed_secret())[1])
    now = desk.now().isoformat()
    assert main(["export-feed", "--now", now, "--data", str(data), "--format", "json", "-"]) == 0
    exported = json.loads(capsys.readouterr().out)["items"]
    served = json.loads(answer.body)["items"]

    def without_time(item):
        return {name: value for name, value in item.items() if name != "date_published"}

    assert list(map(without_time, served)) == list(map(without_time, exported))
    assert len(served) > 20
