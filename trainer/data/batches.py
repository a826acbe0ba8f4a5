"""Training examples as fixed-size arrays: held-out clicks of histories, and clicks among what was shown beside them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.impressions import Impressions, Source

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Batch:
    """Candidates with the clicked one first; -1 fills unused columns of histories and candidates."""

    candidates: Rows  # (batch, 1 + num_negatives)
    history: Rows  # (batch, history_length), oldest first
    ages_s: NDArray[np.float32]  # (batch, 1 + num_negatives); -1 where unknown

    def __len__(self) -> int:
        return len(self.candidates)

    def taken(self, rows: NDArray[np.int64]) -> Batch:
        """Some rows, in another order."""
        return Batch(self.candidates[rows], self.history[rows], self.ages_s[rows])

    def followed_by(self, other: Batch) -> Batch:
        """The rows of both."""
        return Batch(
            np.concatenate([self.candidates, other.candidates]),
            np.concatenate([self.history, other.history]),
            np.concatenate([self.ages_s, other.ages_s]),
        )


def padded_histories(histories: list[Rows], length: int) -> Rows:
    """The last `length` clicks of each history, -1 after the end."""
    padded = np.full((len(histories), max(length, 1)), -1, np.int32)
    for row, history in zip(padded, histories, strict=True):
        recent = history[-length:]
        row[: len(recent)] = recent
    return padded


def published_seconds(articles: Sequence[Article]) -> NDArray[np.float64]:
    """(num_articles,) seconds UTC, NaN where an article has no time."""
    return np.array([np.nan if a.published is None else a.published.timestamp() for a in articles], np.float64)


def article_ages(candidates: Rows, times: NDArray[np.int64], published_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """Seconds from publication to the impression.

    Args:
        candidates: (batch, num_candidates) article rows; -1 is no article.
        times: (batch,) seconds UTC of the impressions.
        published_s: (num_articles,) seconds UTC, NaN where unknown.

    Returns:
        (batch, num_candidates) float32: 0 for an article "published" after it was shown, -1 where unknown.
    """
    ages = times[:, None] - published_s[np.maximum(candidates, 0)]
    return np.where(np.isnan(ages) | (candidates < 0), -1.0, np.maximum(ages, 0.0)).astype(np.float32)


class ListBatches:
    """Lists that nobody was shown, for readers who exist: a teacher can rank them, so they need no clicks.

    Half of a list is drawn from what readers have clicked, half from all articles. The history is a beginning of the
    reader's own, so that the student meets readers of all ages.
    """

    def __init__(self, source: Source, rows: Rows, history_length: int, num_candidates: int) -> None:
        """Collect the readers.

        Args:
            source: Of the training part.
            rows: Articles that may be read.
            history_length: Clicks that the model sees.
            num_candidates: Of a list.
        """
        self._histories = source.longest_histories()
        self._clicked = self._histories.values
        self._rows, self._history_length, self._num_candidates = rows, history_length, num_candidates

    def __len__(self) -> int:
        """Number of readers."""
        return len(self._histories)

    def draw(self, steps: int, batch: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Random batches without ages."""
        shape = batch, self._num_candidates
        for _ in range(steps):
            histories = [self._histories[i] for i in rng.integers(0, len(self._histories), batch)]
            begun = [history[: rng.integers(1, len(history) + 1)] for history in histories]
            clicked, any_row = rng.choice(self._clicked, shape), rng.choice(self._rows, shape)
            candidates = np.where(rng.random(shape) < 0.5, clicked, any_row).astype(np.int32)
            yield Batch(candidates, padded_histories(begun, self._history_length), np.full(shape, -1, np.float32))


class HistoryBatches:
    """Guess a click of a reader's history from the clicks before it, among clicks of other readers: needs no labels."""

    def __init__(self, source: Source, history_length: int, num_negatives: int) -> None:
        """Collect one history a reader, the longest one that has at least two clicks.

        Args:
            source: Of the training part.
            history_length: Clicks that the model sees.
            num_negatives: Drawn from all readers' clicks for each held-out one.
        """
        self._histories = source.longest_histories()
        self._pool = self._histories.values
        self._history_length, self._num_negatives = history_length, num_negatives

    def __len__(self) -> int:
        """How many readers have a history to learn from."""
        return len(self._histories)

    def draw(self, steps: int, batch: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Random batches; the held-out click lies in the later two thirds of its history."""
        for _ in range(steps):
            histories = [self._histories[i] for i in rng.integers(0, len(self._histories), batch)]
            held_out = [int(rng.integers(max(1, len(history) // 3), len(history))) for history in histories]
            candidates = rng.choice(self._pool, (batch, 1 + self._num_negatives))
            candidates[:, 0] = [history[at] for history, at in zip(histories, held_out, strict=True)]
            before = [history[:at] for history, at in zip(histories, held_out, strict=True)]
            yield Batch(
                candidates, padded_histories(before, self._history_length), np.full(candidates.shape, -1, np.float32)
            )


class ClickBatches:
    """Each click against the articles that its impression showed and the reader passed over."""

    def __init__(
        self,
        source: Source,
        published_s: NDArray[np.float64],
        history_length: int,
        num_negatives: int,
    ) -> None:
        """Count the clicks of impressions that have something not clicked.

        Args:
            source: Of the training part.
            published_s: (num_articles,) seconds UTC, NaN where unknown.
            history_length: Clicks that the model sees.
            num_negatives: Drawn without repetition from an impression that has more.
        """
        self._source, self._published_s = source, published_s
        self._history_length, self._num_negatives = history_length, num_negatives
        self._num_clicks = source.num_clicks()

    def __len__(self) -> int:
        """Number of clicks to learn from."""
        return self._num_clicks

    def epoch(self, batch: int, rng: np.random.Generator) -> Iterator[Batch]:
        """Every click once, in random order within each window; the last batch is filled up with other clicks."""
        begun: Batch | None = None  # what a window leaves of a batch, for the next one to complete
        windows = self._source.windows(rng)
        for number, load in enumerate(windows, start=1):
            begun = yield from self._of_window(load(), begun, batch, rng, is_last=number == len(windows))
        if begun is not None:  # the last window had no click to fill it up with
            rows = np.arange(len(begun))
            yield begun.taken(np.concatenate([rows, rng.choice(rows, batch - len(rows))]))

    def _of_window(
        self, shown: Impressions, begun: Batch | None, batch: int, rng: np.random.Generator, *, is_last: bool
    ) -> Generator[Batch, None, Batch | None]:
        """Whole batches; what is left of the last one is returned."""
        order, held = rng.permutation(shown.comparable_clicks()), 0 if begun is None else len(begun)
        if is_last and len(order):
            order = np.concatenate([order, rng.choice(order, -(held + len(order)) % batch)])
        for at in range(-held, len(order), batch):
            found = self._batch(shown, order[max(at, 0) : at + batch], rng)
            found = found if begun is None or at >= 0 else begun.followed_by(found)
            if len(found) < batch:
                return found
            yield found
        return None

    def _batch(self, impressions: Impressions, clicks: NDArray[np.int64], rng: np.random.Generator) -> Batch:
        """Of clicks, given by their places among all shown articles."""
        shown = impressions.candidates
        candidates = np.full((len(clicks), 1 + self._num_negatives), -1, np.int32)
        candidates[:, 0] = shown.values[clicks]
        numbers = np.searchsorted(shown.offsets, clicks, side="right") - 1
        for row, number in zip(candidates, numbers, strict=True):
            begin, end = shown.offsets[number], shown.offsets[number + 1]
            passed_over = shown.values[begin:end][~impressions.clicked[begin:end]]
            if len(passed_over) > self._num_negatives:
                passed_over = rng.choice(passed_over, self._num_negatives, replace=False)
            row[1 : 1 + len(passed_over)] = passed_over
        history = padded_histories([impressions.history[n] for n in numbers], self._history_length)
        return Batch(candidates, history, article_ages(candidates, impressions.times[numbers], self._published_s))
