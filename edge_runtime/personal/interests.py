"""From what the reader did to what the reader wants: each article's opinion, and how much it counts by now.

An opinion sums the signals of one article, so that opening, liking and saving it is one strong interest, not three.
Half-lives: an interest of long standing counts half after `LONG_HALF_LIFE_S`, a session's after `SESSION_HALF_LIFE_S`,
a search after `SEARCH_HALF_LIFE_S`. Only ratios between interests matter, so a holiday forgets nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_runtime.types import Article, Event, Search, Signal

DAY_S = 86_400.0
LONG_HALF_LIFE_S = 30 * DAY_S
SESSION_HALF_LIFE_S = 1800.0
SEARCH_HALF_LIFE_S = 3 * DAY_S
EXTRA_WEIGHT = 1.0  # of a like, a save or a share; an open weighs 1
SEARCH_WEIGHT = 0.5
USUAL_DWELL_S = 40.0  # an opened article read for so long counts once
DWELL_FACTORS = 0.3, 2.0  # the least, for a glance, and the most


@dataclass(frozen=True, slots=True)
class Opinion:
    """All that the reader did with an article."""

    article: Article
    at_s: float  # of the latest signal that says yes, seconds UTC
    is_opened: bool = False
    dwell_s: float | None = None  # None: not told
    is_liked: bool = False
    is_saved: bool = False
    is_shared: bool = False
    is_disliked: bool = False
    is_hidden: bool = False
    is_search: bool = False  # no article, but a query in the place of its title

    @property
    def weight(self) -> float:
        """How many opens it counts for; 0 for an article that is disliked, hidden or only was looked at in a list."""
        if self.is_disliked or self.is_hidden:
            return 0.0
        if self.is_search:
            return SEARCH_WEIGHT
        extras = EXTRA_WEIGHT * (self.is_liked + self.is_saved + self.is_shared)
        least, most = DWELL_FACTORS
        factor = 1.0 if self.dwell_s is None else min(max(self.dwell_s / USUAL_DWELL_S, least), most)
        # Who likes a headline without opening the article has read it somehow.
        return (factor if self.is_opened else float(extras > 0)) + extras

    @property
    def is_against(self) -> bool:
        """Whether the reader wants less of its kind."""
        return self.is_disliked or self.is_hidden


def updated(opinion: Opinion | None, event: Event) -> Opinion:
    """An opinion after one more event; a dislike takes back a like, and the other way round."""
    at_s = event.at.timestamp()
    old = opinion or Opinion(event.article, at_s)
    match event.signal:
        case Signal.OPEN:
            return replace(old, is_opened=True, at_s=at_s)
        case Signal.DWELL:
            return replace(old, is_opened=True, dwell_s=(old.dwell_s or 0.0) + event.dwell_s)
        case Signal.LIKE:
            return replace(old, is_liked=True, is_disliked=False, is_hidden=False, at_s=at_s)
        case Signal.DISLIKE:
            return replace(old, is_disliked=True, is_liked=False)
        case Signal.SAVE:
            return replace(old, is_saved=True, at_s=at_s)
        case Signal.SHARE:
            return replace(old, is_shared=True, at_s=at_s)
        case Signal.HIDE:
            return replace(old, is_hidden=True)


def searched(search: Search) -> Opinion:
    """A query as an interest: as if it were the title of an article."""
    return Opinion(Article(article_id="", title=search.query), search.at.timestamp(), is_search=True)


def long_weights(opinions: Sequence[Opinion], now_s: float) -> NDArray[np.float64]:
    """What each opinion counts for the long-term interest.

    Returns:
        (num_opinions,) float64, all above 0.
    """
    half_lives = np.array([SEARCH_HALF_LIFE_S if o.is_search else LONG_HALF_LIFE_S for o in opinions])
    return _decayed(opinions, now_s, half_lives)


def session_weights(opinions: Sequence[Opinion], now_s: float) -> NDArray[np.float64]:
    """What each opinion counts for the session: next to nothing after a few hours.

    Returns:
        (num_opinions,) float64, none below 0.
    """
    weights = _decayed(opinions, now_s, np.full(len(opinions), SESSION_HALF_LIFE_S))
    # What a clock that was ahead left would be a session without end.
    is_ahead = np.array([opinion.at_s for opinion in opinions]) > now_s + SESSION_HALF_LIFE_S
    return np.where(is_ahead, 0.0, weights)


def _decayed(opinions: Sequence[Opinion], now_s: float, half_lives_s: NDArray[np.float64]) -> NDArray[np.float64]:
    # A clock that was ahead left events in the future: they count as of now.
    ages_s = np.maximum(now_s - np.array([opinion.at_s for opinion in opinions]), 0.0)
    weights: NDArray[np.float64] = np.array([opinion.weight for opinion in opinions]) * np.exp2(
        -np.minimum(ages_s / half_lives_s, 500.0)
    )
    return weights
