"""What is read, saved and hidden, and what taking that back leaves."""

from __future__ import annotations

import json
from datetime import UTC, timedelta

import pytest

from edge_runtime import PushSettings, Reader, Signal, UnknownArticleError, UnknownEntryError


@pytest.fixture
def one_story(reader, make_article, now):
    """Three articles of one story, and others of none."""
    title = "Storm floods the harbour of Hamburg overnight"
    reader.add([make_article(f"s{n}", title, age_h=n + 1, source=f"Paper {n}") for n in range(3)], now)
    others = ["Senate votes on the budget", "Soup for cold days", "Football: the cup final", "Owls by night"]
    reader.add([make_article(f"o{n}", other, age_h=n + 1) for n, other in enumerate(others)], now)
    return reader


def ids(scored) -> list[str]:
    return [item.article.article_id for item in scored]


def test_marks_are_read_and_unread_and_teach_nothing(full, now):
    names = [article.article_id for article in full.latest()]
    first, second = ids(full.feed(now, 2))
    full.record(second, Signal.OPEN, now)
    judged = {name: full.explain(name, now).scored.parts for name in names[:5]}
    full.mark_read([*names[:3], first], now)
    full.mark_read([second], now, is_read=False)
    assert [full.is_read(name) for name in (first, second)] == [True, False]
    for name, before in judged.items():
        after = full.explain(name, now).scored.parts
        assert {part: after[part] for part in after if part != "already read"} == {
            part: before[part] for part in before if part != "already read"
        }
    with Reader.open(full._data_dir) as again:
        assert [again.is_read(name) for name in (first, second)] == [True, False]
    full.record(second, Signal.OPEN, now)
    assert full.is_read(second)


def test_a_mark_read_sinks_an_article_and_a_mark_unread_lifts_it_again(full, now):
    top = full.feed(now, 1)[0].article.article_id
    full.mark_read([top], now)
    feed = full.feed(now)
    assert top not in ids(feed)[:100]
    assert [one.is_read for one in feed if one.article.article_id == top] in ([True], [])
    full.mark_read([top], now, is_read=False)
    assert full.feed(now, 1)[0].article.article_id == top


def test_unknown_articles_are_refused_and_in_private_nothing_is_marked(full, now):
    names = [article.article_id for article in full.latest(3)]
    with pytest.raises(UnknownArticleError):
        full.mark_read([*names, "nowhere"], now)
    full.private = True
    full.mark_read(names, now)
    full.private = False
    assert not any(full.is_read(name) for name in names)
    assert full.export_profile()["read_marks"] == []


def test_marks_come_back_with_the_profile_and_go_with_it(full, now):
    names = [article.article_id for article in full.latest(3)]
    full.mark_read(names, now)
    document = json.dumps(full.export_profile()).encode()
    full.erase()
    assert full.unread_counts().total == len(full.latest())
    full.import_profile(document)
    assert [mark.is_read for mark in full.marks(names)] == [True] * 3


def test_unread_counts_add_up(full, now):
    full.feeds.subscribe("https://example.org/feed", "huffpost", "", now)
    full.feeds.subscribe("https://example.com/feed", "", "", now)
    counts = full.unread_counts()
    others = sum(article.source != "HuffPost" for article in full.latest())
    assert counts.total == len(full.latest())
    assert counts.by_feed == {"https://example.org/feed": counts.total - others, "https://example.com/feed": 0}
    full.mark_read([article.article_id for article in full.latest() if article.source == "HuffPost"][:7], now)
    after = full.unread_counts()
    assert after.total == counts.total - 7
    assert after.by_feed["https://example.org/feed"] == counts.by_feed["https://example.org/feed"] - 7


def test_what_was_read_hides_no_article_of_its_story_that_was_not(one_story, now):
    (line,) = [one for one in one_story.feed(now) if one.article.article_id.startswith("s")]
    read = line.article.article_id
    one_story.mark_read([read], now)
    feed = one_story.feed(now)
    # The other one stands where the read one would: behind all that is not known.
    assert feed[-1].is_story_read and not feed[-1].is_read
    assert feed[-1].article.article_id in {"s0", "s1", "s2"} - {read}
    assert read in {article.article_id for article in feed[-1].same_story} and len(feed[-1].same_story) == 2
    assert not any(one.is_story_read for one in feed[:-1])
    one_story.mark_read(["s0", "s1", "s2"], now)
    assert one_story.feed(now)[-1].is_read and not one_story.feed(now)[-1].is_story_read


def test_notifications_stay_quiet_about_a_story_that_was_read_long_ago(reader, make_article, now):
    title = "Storm floods the harbour of Hamburg overnight"
    reader.push_settings = PushSettings(max_age_h=6)  # candidates came within 12 hours
    reader.add([make_article("old", title, age_h=20)], now - timedelta(hours=20))
    reader.mark_read(["old"], now - timedelta(hours=19))
    reader.add([make_article("new", title, age_h=1)], now)
    (line,) = reader.feed(now)
    assert line.article.article_id == "new" and line.is_story_read
    assert "another article of its story" in reader.decide_pushes(now, UTC).verdicts["new"]


def test_unsaving_and_unhiding_take_the_effect_back_and_can_be_undone(full, now):
    before = full.feed(now)
    top = before[0].article.article_id
    for signal, take_back in ((Signal.SAVE, full.unsave), (Signal.HIDE, full.unhide)):
        full.record(top, signal, now)
        after = full.feed(now)
        assert after != before
        take_back(top)
        assert full.feed(now) == before
        with pytest.raises(UnknownEntryError):
            take_back(top)
        full.undo()
        assert full.feed(now) == after
        full.undo()
        assert full.feed(now) == before
    assert full.saved() == []
