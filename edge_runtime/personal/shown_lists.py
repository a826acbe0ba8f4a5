"""What the lists that were shown have taught: what was passed over, and two heads that learned from it.

All of it follows from what was shown, in that order, from the reader's opinions and from the time, however often
anybody looked in between. So a reader that is kept up knows the same as one that begins anew with the same profile.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.topic_shares import no_others
from edge_runtime.personal.examples import Examples, example_features
from edge_runtime.personal.kept_heads import KeptHeads, digest_of
from edge_runtime.personal.linear_head import Doubles, LinearHead
from edge_runtime.personal.topic_lift import fading
from edge_runtime.personal.word_head import WordHead, different_words

GRACE_S = 1800.0  # an article that was shown so long ago and not opened has been passed over
USUAL_OPEN_RATE = 0.1  # of what is shown, before the reader's own lists tell
_LARGEST_LOG_ODDS = 6.0
_BETWEEN_COPIES = 250  # examples; a word head is learned anew from the copy before the first that has changed
_FEWEST_KEPT = 100  # examples; to learn from fewer takes less time than to keep it
# What became of an example; an opinion is one of the last two.
WAITING, PASSED, OPENED = 0, 1, 2


class ShownLists:
    """What came of the articles that were shown."""

    def __init__(self, dim: int, num_topics: int, kept: KeptHeads | None = None) -> None:
        """Begin as for a reader to whom nothing was shown.

        Args:
            dim: Of vectors.
            num_topics: Of the bundle.
            kept: What an earlier process has learned; it counts if its examples come again.
        """
        self._shape = dim, num_topics
        self._kept, self._is_kept = kept, False
        none = np.zeros(0)
        self._examples = Examples(
            [],
            [],
            none.astype(np.int64),
            none.astype(np.float32),
            no_others(0),
            np.zeros((0, dim), np.float32),
            np.zeros((0, 0), np.int16),
            none,
            none,
        )
        self._words: list[tuple[int, ...]] = []  # of each example
        self._opinions = np.zeros(0, np.int8)
        self._rows: defaultdict[str, list[int]] = defaultdict(list)  # of each article, among the examples
        self.changes = 0  # of what is learned
        self._topics: tuple[tuple[int, int], Doubles, Doubles] | None = None  # at so many changes and examples
        self._forget()

    def _forget(self) -> None:
        self.linear_head = LinearHead(_prior_precision(*self._shape))
        self.word_head = WordHead()
        self.changes += 1
        self.passed: Counter[str] = Counter()  # how often each article was passed over; those that were, stay in it
        self.shown_of_source: Counter[str] = Counter()
        self._outcomes = np.zeros(len(self._examples), np.int8)
        self._copies: list[tuple[int, WordHead]] = [(0, WordHead())]  # of `word_head`, before an example was learned
        self._words_end = 0  # of the examples that `word_head` has learned
        self._opened_with: defaultdict[int, set[str]] | None = None  # made when it is asked for

    @property
    def examples(self) -> Examples:
        """Everything that was shown, oldest first."""
        return self._examples

    @property
    def num_learned(self) -> int:
        """How many examples have taught something."""
        return int(np.count_nonzero(self._outcomes))

    def opened_with(self, slot: int) -> Set[str]:
        """Ids of the articles of the lists that were opened or liked and have a word of a slot in their title."""
        if self._opened_with is None:
            self._opened_with = defaultdict(set)
            for row in np.flatnonzero(self._outcomes == OPENED).tolist():
                for word in self._words[row]:
                    self._opened_with[word].add(self._examples.article_ids[row])
        return self._opened_with.get(slot, frozenset())

    @property
    def num_opened(self) -> int:
        """How many examples were opened or liked."""
        return int(np.count_nonzero(self._outcomes == OPENED))

    def told(self) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Of each example that has taught something its article, and the slots of the words of its title."""
        for row in np.flatnonzero(self._outcomes).tolist():
            yield self._examples.article_ids[row], self._words[row]

    def has_shown(self, article_id: str) -> bool:
        """Whether an article was in a list."""
        return article_id in self._rows

    def topics(self) -> tuple[Doubles, Doubles]:
        """(num_topics,) how much of each topic was shown, and how much of that was opened, as of the last settling."""
        key = self.changes, len(self._examples)
        if self._topics is None or self._topics[0] != key:
            about, weights, size = self._examples.about(), fading(len(self._examples)), self._shape[1]
            settled, opened = self._outcomes != WAITING, self._outcomes == OPENED
            self._topics = key, about.sums(weights * settled, size), about.sums(weights * opened, size)
        return self._topics[1:]

    def add(self, examples: Examples, opinions: Sequence[int]) -> None:
        """Take what was shown last, with the opinion of each article, WAITING if there is none."""
        for row, name in enumerate(examples.article_ids, start=len(self._examples)):
            self._rows[name].append(row)
        self._examples = self._examples.followed_by(examples) if len(self._examples) else examples
        self._words += different_words(examples.words)
        self._opinions = np.concatenate([self._opinions, np.array(opinions, np.int8)])
        self._outcomes = np.concatenate([self._outcomes, np.zeros(len(examples), np.int8)])

    def judge(self, article_id: str, opinion: int) -> None:
        """The reader has an opinion of an article, PASSED if it is no good one."""
        if article_id in self._rows:
            self._opinions[self._rows[article_id]] = opinion

    def settle(self, now_s: float) -> None:
        """Learn what is certain by now: opinions, and what was passed over."""
        ages_s = now_s - self._examples.at_s
        # What a clock that was ahead left in the future has been passed over too.
        is_due = (ages_s < 0) | (ages_s >= GRACE_S)
        outcomes = np.where(self._opinions == WAITING, np.where(is_due, PASSED, WAITING), self._opinions)
        if (self._outcomes[outcomes == WAITING] != WAITING).any():  # the clock was set back
            self._forget()
        if self._kept is not None and not self._outcomes.any():
            self._take_kept(self._kept, outcomes)
        self._kept = None
        changed = np.flatnonzero(outcomes != self._outcomes)
        if not len(changed):
            return
        self.changes += 1
        self._is_kept = False
        before, after = self._outcomes[changed], outcomes[changed]
        self._outcomes = outcomes.astype(np.int8)
        self._count(changed, before, after)
        is_new, opened = before == WAITING, after == OPENED
        features = example_features(self._examples, changed, self._shape[1])
        probabilities = 1 / (1 + np.exp(-self._log_odds(changed)))
        self.linear_head.learn(features[is_new], probabilities[is_new], opened[is_new])
        self.linear_head.reconsider(features[~is_new], opened[~is_new])
        self._learn_words(int(changed[0]))

    def to_keep(self) -> KeptHeads | None:
        """What a later process need not learn again.

        None where that is known to be kept, of few examples, or while one of them waits for its outcome.
        """
        count = len(self._examples)
        if self._is_kept or count < _FEWEST_KEPT or (self._outcomes == WAITING).any():
            return None
        return KeptHeads(count, digest_of(self._examples, self._outcomes), self.linear_head, self.word_head)

    def _take_kept(self, kept: KeptHeads, outcomes: NDArray[np.int8]) -> None:
        """Go on from what is kept, if it was learned from the first of these examples."""
        count = kept.num_examples
        if count > len(self._examples):
            return
        known = outcomes[:count].astype(np.int8)
        if not known.all() or digest_of(self._examples.until(count), known) != kept.digest:
            return
        self.linear_head, self.word_head = kept.linear_head, kept.word_head
        self._outcomes[:count] = known
        self._count(np.arange(count), np.zeros(count, np.int8), known)
        self._copies.append((count, self.word_head.copy()))
        self._words_end = count
        self._is_kept = True
        self.changes += 1

    def _count(self, changed: NDArray[np.intp], before: NDArray[np.int8], after: NDArray[np.int8]) -> None:
        for row, was, now in zip(changed.tolist(), before.tolist(), after.tolist(), strict=True):
            name = self._examples.article_ids[row]
            self.shown_of_source[self._examples.sources[row]] += was == WAITING
            self.passed[name] += (now == PASSED) - (was == PASSED)
            if self._opened_with is not None and OPENED in (was, now):
                for word in self._words[row]:
                    (self._opened_with[word].add if now == OPENED else self._opened_with[word].discard)(name)

    def _learn_words(self, first: int) -> None:
        """Words are learned in the order of the lists: from the first example that is not as it was."""
        if first < self._words_end:
            while self._copies[-1][0] > first:
                self._copies.pop()
            first, copy = self._copies[-1]
            self.word_head = copy.copy()
        rows = first + np.flatnonzero(self._outcomes[first:])
        log_odds, opened = self._log_odds(rows).tolist(), (self._outcomes[rows] == OPENED).tolist()
        examples = list(zip([self._words[row] for row in rows.tolist()], log_odds, opened, strict=True))
        while len(examples):
            # Up to where the next copy is due.
            end = int(np.searchsorted(rows, self._copies[-1][0] + _BETWEEN_COPIES))
            self.word_head.learn(examples[:end])
            if end < len(rows):
                self._copies.append((int(rows[end]), self.word_head.copy()))
            self._words_end = int(rows[min(end, len(rows)) - 1]) + 1
            examples, rows = examples[end:], rows[end:]

    def _log_odds(self, rows: NDArray[np.intp]) -> Doubles:
        """Log-odds of being opened, as they seemed without what lists have taught."""
        usual = np.log(USUAL_OPEN_RATE / (1 - USUAL_OPEN_RATE))
        odds: Doubles = np.clip(self._examples.scores[rows] + usual, -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)
        return odds


def _prior_precision(dim: int, num_topics: int) -> Doubles:
    """Weights of a vector's entries and of topics are small beforehand; intercept and slope are free."""
    return np.concatenate([[0.1, 1.0], np.full(dim, 1.0), np.full(num_topics, 4.0)])
