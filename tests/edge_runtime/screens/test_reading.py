"""What a front end remembers of the lists that it showed."""

from __future__ import annotations

from edge_runtime import Article
from edge_runtime.screens.reading import MOST_SCORED


def test_of_lists_of_long_ago_the_oldest_are_forgotten_and_the_last_one_never(session, now):
    def ranked(begin):
        session.reader.remove([article.article_id for article in session.reader.latest()])
        session.reader.add([Article(f"a{begin + n}", f"Number {begin + n}", published=now) for n in range(400)], now)
        return {item.article.article_id for item in session.ranked(now, 400)}

    lists = [ranked(begin) for begin in range(0, 2_000, 400)]
    assert all(lists) and lists[-1] <= session._scored.keys()
    assert lists[0].isdisjoint(session._scored) and len(session._scored) <= MOST_SCORED + len(lists[-1])
    first = next(iter(lists[-2] & session._scored.keys()))
    session.mark_shown([first, next(iter(lists[0]))], now)  # of what is known no more, nothing is kept
    assert session.reader._profile.seen_ids() == {first}
