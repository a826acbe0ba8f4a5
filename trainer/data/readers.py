"""Simulated readers: what they like, how that drifts over the days, and what they remember."""

from __future__ import annotations

import numpy as np

from trainer.data.newsroom import DAY_S, REMEMBERED_CLICKS, Newsroom

CONCENTRATION = 1.5  # of the Dirichlet tastes over topics; small: few liked topics
TOPIC_STRENGTH = 4.5  # logits, times the root of a topic's share of the taste
WORD_STRENGTH = 3.0  # logits, for a liked word in a title or against a disliked one
WORDS_PER_READER = 20
LIKED_SHARE = 0.8  # of a reader's words; the others are disliked
RECENCY_LOSS = 0.4  # logits a day
WALK = 0.15  # daily step of the log taste of a topic
WORD_CHANGE = 0.02  # share of the words that are chosen anew each day
JUMP = 0.01  # chance a day that half of the taste is drawn anew


class Readers:
    """The state of all readers; a row number names a reader in every array.

    Attributes:
        topic_tastes: (num_readers, num_topics), rows sum to 1.
        word_tastes: (num_readers, num_words + 1) float32, signed; the last column is 0, for "no word".
        clicked: (num_readers, REMEMBERED_CLICKS) int64 rows of articles, -1 where there is none yet.
    """

    def __init__(self, num_readers: int, newsroom: Newsroom, rng: np.random.Generator) -> None:
        num_topics = len(newsroom.topic_shares)
        self._newsroom = newsroom
        # Half even: a small topic has its lovers too.
        self._alpha = CONCENTRATION * (newsroom.topic_shares + 1 / num_topics) / 2
        self._words_up_to = np.cumsum(newsroom.words_in_topics, axis=1) + np.arange(num_topics)[:, None]
        self.topic_tastes = rng.dirichlet(self._alpha, num_readers)
        self._words = np.zeros((num_readers, WORDS_PER_READER), np.int64)
        self._signs = np.zeros((num_readers, WORDS_PER_READER), np.float32)
        self._choose_words(np.ones(self._words.shape, bool), rng)
        self.clicked = np.full((num_readers, REMEMBERED_CLICKS), -1, np.int64)
        self._num_clicks = np.zeros(num_readers, np.int64)

    def drift(self, scale: float, rng: np.random.Generator) -> None:
        """Live through one night: tastes take a small step, a few readers take a large one; scale 0 keeps all."""
        num_readers = len(self.topic_tastes)
        walked = self.topic_tastes * np.exp(scale * WALK * rng.normal(size=self.topic_tastes.shape))
        walked /= walked.sum(axis=1, keepdims=True)
        jumps = rng.random(num_readers) < scale * JUMP
        walked[jumps] = (walked[jumps] + rng.dirichlet(self._alpha, int(jumps.sum()))) / 2
        self.topic_tastes = walked
        chance = np.where(jumps, 0.5, scale * WORD_CHANGE)
        self._choose_words(rng.random(self._words.shape) < chance[:, None], rng)

    def preference(self, readers: np.ndarray, times_s: np.ndarray, shown: np.ndarray) -> np.ndarray:
        """What each reader makes of each shown article, in logits: no position, no noise.

        Args:
            readers: (num_lists,) rows of readers.
            times_s: (num_lists,) seconds from the start of the simulation.
            shown: (num_lists, k) rows of articles.

        Returns:
            (num_lists, k) float64.
        """
        newsroom, row = self._newsroom, readers[:, None]
        by_topic = np.sqrt(self.topic_tastes[row, newsroom.topics[shown]])
        by_word = self.word_tastes[row[:, :, None], newsroom.title_words[shown]].sum(axis=2)
        age_days = (times_s[:, None] - newsroom.published_s[shown]) / DAY_S
        taste = TOPIC_STRENGTH * by_topic + WORD_STRENGTH * by_word
        likes: np.ndarray = taste + newsroom.quality[shown] - RECENCY_LOSS * age_days
        return likes

    def remember(self, readers: np.ndarray, shown: np.ndarray, is_clicked: np.ndarray) -> None:
        """Keep the clicks, the latest over the oldest.

        Args:
            readers: (num_lists,) rows of readers, each one once.
            shown: (num_lists, k) rows of articles.
            is_clicked: (num_lists, k) bool.
        """
        lists, places = np.nonzero(is_clicked)
        nth = np.cumsum(is_clicked, axis=1)[lists, places] - 1
        clickers = readers[lists]
        slots = (self._num_clicks[clickers] + nth) % REMEMBERED_CLICKS
        self.clicked[clickers, slots] = shown[lists, places]
        self._num_clicks[readers] += is_clicked.sum(axis=1)

    def _choose_words(self, slots: np.ndarray, rng: np.random.Generator) -> None:
        """Fill the marked slots with words of the topics that their readers like."""
        num_words = self._newsroom.words_in_topics.shape[1]
        rows, _ = np.nonzero(slots)
        topics = (np.cumsum(self.topic_tastes, axis=1)[rows] < rng.random((len(rows), 1))).sum(axis=1)
        topics = np.minimum(topics, len(self._alpha) - 1)  # the last sum may round to below 1
        # One sorted line holds the running sums of all topics: those of topic t lie between t and t + 1.
        found = np.searchsorted(self._words_up_to.ravel(), topics + rng.random(len(rows))) - topics * num_words
        self._words[slots] = np.clip(found, 0, num_words - 1)
        self._signs[slots] = np.where(rng.random(len(rows)) < LIKED_SHARE, 1.0, -1.0)
        self.word_tastes = np.zeros((len(slots), num_words + 1), np.float32)
        np.add.at(self.word_tastes, (np.arange(len(slots))[:, None], self._words), self._signs)
        np.clip(self.word_tastes, -1, 1, out=self.word_tastes)
