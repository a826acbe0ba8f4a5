"""What apps of other makers go by: numbers, many marks at once, editions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from edge_runtime import Edition, Signal, UnknownEntryError


def test_numbered_articles_say_where_they_came_from_and_what_was_done_with_them(full, now):
    full.feeds.subscribe("https://example.org/feed", "huffpost", "", now)
    names = [article.article_id for article in full.latest()]
    full.mark_read(names[:3], now)
    full.record(names[4], Signal.SAVE, now)
    found = full.numbered()
    assert set(found.article_ids) == set(names)
    assert found.numbers.tolist() == sorted(set(found.numbers.tolist()))
    named = dict(zip(found.article_ids, zip(found.is_read, found.is_saved, strict=True), strict=True))
    assert [named[name] for name in names[:5]] == [(True, False)] * 3 + [(False, False), (False, True)]
    sources = {article.article_id: article.source for article in full.latest()}
    assert {name: of for name, of in zip(found.article_ids, found.feed_of.tolist(), strict=True)} == {
        name: 0 if source == "HuffPost" else -1 for name, source in sources.items()
    }
    full.remove([found.article_ids[0]])
    assert full.numbered().numbers.tolist() == found.numbers.tolist()[1:]


def test_many_are_saved_at_once_and_each_can_be_undone(full, now):
    names = [article.article_id for article in full.latest(5)]
    full.record(names[0], Signal.SAVE, now)
    full.save_all([*names, "nowhere", names[1]], now)
    assert full.saved_ids() == set(names)
    assert len(full.profile().events) == 5  # what was saved is not saved again
    full.save_all([*names[:3], "nowhere"], now, is_saved=False)
    assert full.saved_ids() == set(names[3:])
    full.undo()
    assert full.saved_ids() == set(names[2:])
    full.private = True
    full.save_all(names, now)
    full.save_all(names, now, is_saved=False)
    assert full.saved_ids() == set(names[2:])


def test_editions_are_kept_for_a_time_and_go_with_the_profile(reader, now):
    first = Edition(now, ("b", "a"), ("why b", "why a"))
    later = Edition(now + timedelta(hours=6), ("c",), ("",))
    reader.keep_edition(first, now)
    with pytest.raises(ValueError, match="give another time"):
        reader.keep_edition(replace(later, at=now), now)
    reader.keep_edition(later, now)
    assert reader.editions() == [later, first]
    last = replace(later, at=now + timedelta(hours=12))
    reader.keep_edition(last, later.at)
    assert reader.editions() == [last, later]
    reader.private = True
    reader.keep_edition(replace(last, at=now + timedelta(hours=18)), now)
    assert reader.editions() == [last, later]
    with pytest.raises(UnknownEntryError):
        reader.undo()  # an edition is nothing that the reader did
    reader.erase()
    assert reader.editions() == []


def test_numbers_of_an_older_release_are_told_from_all_others(reader, make_article, now):
    reader._cache._db.execute("UPDATE numbers SET last = 4")  # as after an update
    reader.add([make_article("a", "Rain again"), make_article("b", "Bread")], now)
    assert reader.numbered().numbers.tolist() == [10**12 + 5, 10**12 + 6]
