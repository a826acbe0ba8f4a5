"""The simulated newsroom: when each article is published, what draws readers to it, and which ones a list shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from edge_runtime import Article
from edge_runtime.model.tokens import split_words

START = datetime(2025, 1, 6, tzinfo=UTC)  # a Monday; simulated seconds count from here
DAY_S = 86_400
WINDOW_S = 2 * DAY_S  # a list shows articles no older than this, unless there are too few
REMEMBERED_CLICKS = 64  # a reader's last clicks, which are not shown again

NUM_WORDS = 200
WORDS_PER_TITLE = 8
WORD_SHARES = (0.005, 0.03)  # of the titles; rarer words teach nothing, commoner ones are mostly grammar
QUALITY_SPREAD = 0.35  # logits
HIT_SHARE = 0.04
HIT_QUALITY = 0.8  # mean extra logits of a hit
SHOWN_FOR_QUALITY = 1.2  # a popular draw takes an article with weight exp(this * quality)
POPULAR_SHARE = 0.5  # of the draws; the others are uniform
# Relative number of articles published in each hour of the day.
HOURLY = np.array([2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 9, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4, 3, 3], float)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """All articles of a simulation, oldest first; a row number names an article in every array."""

    articles: tuple[Article, ...]  # `published` is simulated
    published_s: np.ndarray  # (num_articles,) int64 from START; negative before the first day
    topics: np.ndarray  # (num_articles,) int64, number of what readers have a taste for: the topic, or finer
    topic_shares: np.ndarray  # (num_topics,) of the articles; sums to 1
    title_words: np.ndarray  # (num_articles, WORDS_PER_TITLE) int64, number of the word, num_words where there is none
    words_in_topics: np.ndarray  # (num_topics, num_words) share of a topic's words; rows sum to 1
    quality: np.ndarray  # (num_articles,) logits, the same for every reader; long-tailed
    reach: np.ndarray  # (num_articles + 1,) running sum of the weights by which popular articles are drawn

    def draw_shown(self, times_s: np.ndarray, clicked: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
        """Draw k different articles for each list: published before it, not clicked, in random order.

        Args:
            times_s: (num_lists,) int64 from START, not negative.
            clicked: (num_lists, REMEMBERED_CLICKS) rows of articles, -1 where there is none.
            k: No more than the newsroom was opened for.

        Returns:
            (num_lists, k) int64 rows of articles.
        """
        end = np.searchsorted(self.published_s, times_s)
        start = np.searchsorted(self.published_s, times_s - WINDOW_S)
        start = np.maximum(np.minimum(start, end - least_articles(k)), 0)
        draws = self._draw(start, end, 3 * k, rng)  # three times k: repeated and clicked ones fall out
        usable = _first_of_its_kind(draws) & ~(draws[:, :, None] == clicked[:, None, :]).any(axis=2)
        usable_first = np.argsort(~usable, axis=1, kind="stable")[:, :k]
        shown = np.take_along_axis(draws, usable_first, axis=1)
        num_usable = usable.sum(axis=1)
        for row in np.flatnonzero(num_usable < k):
            taken = np.concatenate([shown[row, : num_usable[row]], clicked[row]])
            free = np.setdiff1d(np.arange(start[row], end[row]), taken)
            shown[row, num_usable[row] :] = rng.choice(free, k - num_usable[row], replace=False)
        return rng.permuted(shown, axis=1)

    def _draw(self, start: np.ndarray, end: np.ndarray, num_draws: int, rng: np.random.Generator) -> np.ndarray:
        first, last = start[:, None], end[:, None] - 1
        where = rng.random((len(start), num_draws))
        uniform = first + (where * (last + 1 - first)).astype(np.int64)
        weight = self.reach[first] + where * (self.reach[last + 1] - self.reach[first])
        popular = np.searchsorted(self.reach, weight, side="right") - 1
        by_reach = rng.random((len(start), num_draws)) < POPULAR_SHARE
        # Rounding may carry a draw over either end of its window.
        draws: np.ndarray = np.clip(np.where(by_reach, popular, uniform), first, last)
        return draws


def least_articles(k: int) -> int:
    """How many published articles make sure that a list of k can be filled."""
    return k + REMEMBERED_CLICKS


def open_newsroom(
    articles: Sequence[Article],
    days: int,
    k: int,
    rng: np.random.Generator,
    tastes: Mapping[str, str] | None = None,
) -> Newsroom:
    """Publish real articles anew: their order in time is kept, but it is pressed on the simulated days.

    The first articles come out in the 48 hours before START, so that the first list is full.

    Args:
        articles: At least enough to fill two first lists.
        days: That they come out on.
        k: How many a list shows.
        rng: Of times and qualities.
        tastes: What readers can like, by article id; the categories, if not given.

    Raises:
        ValueError: Too few articles, one without a time or a category, or titles without a word in common.
    """
    least = least_articles(k)
    if len(articles) < 2 * least:
        raise ValueError(f"{len(articles)} articles are too few to show {k} at a time; give at least {2 * least}")
    for article in articles:
        if article.published is None or not (article.category if tastes is None else tastes[article.article_id]):
            raise ValueError(f"article {article.article_id}: the simulator needs `published` and `category`; add both")
    in_order = sorted(articles, key=lambda article: (str(article.published), article.article_id))
    early = max(least, len(in_order) * 2 // (days + 2))
    published_s = np.concatenate(
        [_publish(early, -2, 0, rng), _publish(len(in_order) - early, 0, days, rng)]  # each one sorted
    )
    named = [article.category if tastes is None else tastes[article.article_id] for article in in_order]
    _, topics, topic_sizes = np.unique(np.array(named), return_inverse=True, return_counts=True)
    title_words, num_words = _find_words([article.title for article in in_order], rng)
    words_in_topics = np.full((len(topic_sizes), num_words + 1), 0.01)  # not 0: a topic may have no such word
    np.add.at(words_in_topics, (topics[:, None], title_words), 1.0)
    words_in_topics = words_in_topics[:, :num_words]
    quality = rng.normal(0.0, QUALITY_SPREAD, len(in_order))
    quality += (rng.random(len(in_order)) < HIT_SHARE) * rng.exponential(HIT_QUALITY, len(in_order))
    return Newsroom(
        articles=tuple(
            replace(article, published=START + timedelta(seconds=int(second)))
            for article, second in zip(in_order, published_s, strict=True)
        ),
        published_s=published_s,
        topics=topics,
        topic_shares=topic_sizes / len(in_order),
        title_words=title_words,
        words_in_topics=words_in_topics / words_in_topics.sum(axis=1, keepdims=True),
        quality=quality,
        reach=np.concatenate([[0.0], np.cumsum(np.exp(SHOWN_FOR_QUALITY * quality))]),
    )


def _publish(count: int, first_day: int, end_day: int, rng: np.random.Generator) -> np.ndarray:
    day = rng.integers(first_day, end_day, count)
    hour = rng.choice(24, count, p=HOURLY / HOURLY.sum())
    return np.sort(day * DAY_S + hour * 3600 + rng.integers(0, 3600, count))


def _find_words(titles: list[str], rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """Choose the words that readers can have a taste for.

    Returns:
        (num_titles, WORDS_PER_TITLE) int64 numbers of words, and how many words there are.

    Raises:
        ValueError: No word is common enough.
    """
    words_of = [sorted(set(filter(_says_something, split_words(title)))) for title in titles]
    frequency = Counter(word for words in words_of for word in words)
    least, most = (share * len(titles) for share in WORD_SHARES)
    middle = sorted(word for word, count in frequency.items() if max(least, 2) <= count <= most)
    if not middle:
        raise ValueError(f"no word stands in {least:.0f} to {most:.0f} of the {len(titles)} titles; give more articles")
    chosen = rng.permutation(len(middle))[:NUM_WORDS]
    number_of = {middle[at]: number for number, at in enumerate(chosen)}
    title_words = np.full((len(titles), WORDS_PER_TITLE), len(number_of), np.int64)
    for row, words in enumerate(words_of):
        numbers = [number_of[word] for word in words if word in number_of][:WORDS_PER_TITLE]
        title_words[row, : len(numbers)] = numbers
    return title_words, len(number_of)


def _says_something(word: str) -> bool:
    return word.isalpha() and (len(word) >= 4 or not word.isascii())  # one Chinese character may


def _first_of_its_kind(rows: np.ndarray) -> np.ndarray:
    """Mark in each row the values that do not stand further left."""
    order = np.argsort(rows, axis=1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=1)
    is_first = np.ones(rows.shape, bool)
    is_first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    marks = np.empty(rows.shape, bool)
    np.put_along_axis(marks, order, is_first, axis=1)
    return marks
