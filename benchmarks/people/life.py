"""Ten days of some readers with one ranker, and what is measured of each session."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.people.people import Audience, K
from benchmarks.people.rankers import Ranker, newest
from benchmarks.people.truth import Memory, count_false
from edge_runtime import Article, Signal

Measures = dict[str, np.ndarray]  # by name (num_readers, num_sessions) float64; NaN where there is nothing to measure
MEASURES = ("share", "newest", "found", "opens", "lines", "false", "disliked", "disliked_newest")


def attained(liked: np.ndarray, shown: np.ndarray, unread: np.ndarray) -> float:
    """The share of the attainable liked articles that is among the first ones shown.

    Args:
        liked: (num_articles,) what is to the reader's taste.
        shown: (at most K,) rows of the articles.
        unread: (num_arrived,) whether each of the first articles is there to be shown.

    Returns:
        Liked articles shown over min(K, liked and unread); NaN where there is none.
    """
    attainable = min(K, int((liked[: len(unread)] & unread).sum()))
    return float(liked[shown].sum() / attainable) if attainable else float("nan")


def live(audience: Audience, articles: Sequence[Article], ranker: Ranker) -> Measures:
    """Let all readers live through all sessions.

    Args:
        audience: The readers.
        articles: As feeds bring them.
        ranker: Knows nothing yet.

    Returns:
        share: Of the attainable liked articles among the first K.
        newest: The same of the newest unread articles at that moment.
        found: Of all liked articles that have come so far, the share that was opened, after the session.
        opens: Articles opened before the session.
        lines, false: Reasons that were given, and those that name what the reader has not opened.
        disliked, disliked_newest: Of the first K and of the newest ones, how many are of the category that got a
            dislike; NaN before that.
    """
    world, count = audience.world, len(audience.people)
    found = {name: np.full((count, len(world.sessions_s)), np.nan) for name in MEASURES}
    memories = [Memory() for _ in audience.people]
    opened = np.zeros((count, len(world.articles)), bool)
    has_disliked = np.zeros(count, bool)
    for session in range(len(world.sessions_s)):
        end = world.arrived(session)
        for reader in range(count):
            shown, reasons = ranker.rank(reader, session, K)
            liked, unread = audience.liked(reader, session), ~opened[reader, :end]
            latest, disliked = newest(unread, K), audience.disliked[reader]
            row = {
                "share": attained(liked, shown, unread),
                "newest": attained(liked, latest, unread),
                "opens": float(opened[reader].sum()),
                "lines": float(len(reasons)),
                "false": float(count_false(memories[reader], reasons)),
            }
            if has_disliked[reader]:
                row |= {"disliked": disliked[shown].sum(), "disliked_newest": disliked[latest].sum()}
            for name, value in row.items():
                found[name][reader, session] = value
            opens, likes = audience.read(reader, session, shown)
            signals: list[tuple[int, Signal]] = []
            for article, is_opened, is_liked in zip(shown.tolist(), opens, likes, strict=True):
                if is_opened:
                    signals += [(article, Signal.OPEN), (article, Signal.DWELL)]
                    memories[reader].take(world.articles[article], articles[article].category)
                if is_liked:
                    signals.append((article, Signal.LIKE))
            unwanted = shown[disliked[shown] & ~opens]
            if len(unwanted) and not has_disliked[reader]:
                signals.append((int(unwanted[0]), Signal.DISLIKE))
                has_disliked[reader] = True
            opened[reader, shown[opens]] = True
            if liked[:end].any():
                found["found"][reader, session] = opened[reader, :end][liked[:end]].mean()
            ranker.observe(reader, session, shown, signals)
    return found
