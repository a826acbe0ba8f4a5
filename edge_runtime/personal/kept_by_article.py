"""What was computed of each article, kept between looks: a change of the cache costs what the changed articles cost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.scoring import Floats, interest_powers
from edge_runtime.storage.cached_rows import CachedRows

_MOST_RUNS = 64  # of articles that stay side by side; with more of them it is faster to compute everything anew

Run = tuple[slice, slice]  # where some articles stood, and where they stand


class KeptByArticle:
    """Arrays with a number for each article, which depends on that article alone and on what `key` stands for."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: dict[str, tuple[CachedRows, object, Floats]] = {}
        self._powers: tuple[CachedRows, float, Floats, Floats] | None = None
        self._change: tuple[CachedRows, CachedRows, list[Run], NDArray[np.intp]] | None = None

    def of(self, name: str, rows: CachedRows, key: object, compute: Callable[[CachedRows], Floats]) -> Floats:
        """The numbers of some rows.

        Args:
            name: What the numbers are.
            rows: Those that are not the cache's own are computed, and nothing is kept of them.
            key: Compared with the one that the kept numbers were computed for.
            compute: Gives the numbers of some rows, (num_rows,).

        Returns:
            (num_articles,), not to be written to.
        """
        if rows.versions is None:
            return compute(rows)
        before = self._kept.get(name)
        if before and before[1] == key:
            if before[0] is rows:
                return before[2]
            runs, fresh = self._since(before[0], rows)
            numbers = np.empty(len(rows), before[2].dtype)
            for was, now in runs:
                numbers[now] = before[2][was]
            if len(fresh):
                numbers[fresh] = compute(rows.taken(fresh))
        else:
            numbers = compute(rows)
        self._kept[name] = rows, key, numbers
        return numbers

    def powers(self, rows: CachedRows, interests: Floats, sharpness: float) -> Floats:
        """See `scoring.interest_powers`: a new interest is one pass over the articles, a new article one over these.

        Returns:
            (num_interests, num_articles) float32, not to be written to.
        """
        if rows.versions is None:
            return interest_powers(rows.vectors, interests, sharpness)
        before = self._powers
        if before is None or before[1] != sharpness:
            powers = interest_powers(rows.vectors, interests, sharpness)
        elif before[0] is rows and np.array_equal(before[2], interests):
            return before[3]
        else:
            runs, fresh = self._since(before[0], rows)
            places = {row.tobytes(): place for place, row in enumerate(before[2])}
            was = [places.get(row.tobytes(), -1) for row in interests]
            powers = np.empty((len(interests), len(rows)), np.float32)
            kept = np.array([row for row, place in enumerate(was) if place >= 0], np.intp)
            new = np.array([row for row, place in enumerate(was) if place < 0], np.intp)
            for row in kept.tolist():
                for old, now in runs:
                    powers[row, now] = before[3][was[row], old]
            if len(kept) and len(fresh):
                powers[np.ix_(kept, fresh)] = interest_powers(rows.vectors[fresh], interests[kept], sharpness)
            if len(new):
                powers[new] = interest_powers(rows.vectors, interests[new], sharpness)
        self._powers = rows, sharpness, interests, powers
        return powers

    def _since(self, before: CachedRows, rows: CachedRows) -> tuple[list[Run], NDArray[np.intp]]:
        """As `CachedRows.kept_from`, with nothing kept where that would be many small pieces."""
        if before is rows:
            return [(slice(None), slice(None))], np.zeros(0, np.intp)
        if self._change is None or self._change[0] is not before or self._change[1] is not rows:
            runs, fresh = rows.kept_from(before)
            if len(runs) > _MOST_RUNS:
                runs, fresh = [], np.arange(len(rows))
            self._change = before, rows, runs, fresh
        return self._change[2], self._change[3]
