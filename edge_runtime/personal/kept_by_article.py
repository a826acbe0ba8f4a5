"""What was computed of each article, kept between looks: a change of the cache costs what the changed articles cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.scoring import Floats
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.columns import Spare

_MOST_RUNS = 64  # of articles that stay side by side; with more of them it is faster to compute everything anew

Run = tuple[slice, slice]  # where some articles stood, and where they stand


class KeptByArticle:
    """Arrays with a number for each article, which depends on that article alone and on what `key` stands for."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: dict[str, tuple[CachedRows, object, NDArray[Any]]] = {}
        self._spare = Spare()
        self._change: tuple[CachedRows, CachedRows, list[Run], NDArray[np.intp]] | None = None

    def of(
        self, name: str, rows: CachedRows, key: object, compute: Callable[[CachedRows], NDArray[Any]]
    ) -> NDArray[Any]:
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
        if before is None or before[1] != key:
            numbers = compute(rows)
        elif before[0] is rows:
            return before[2]
        else:
            runs, fresh = self._since(before[0], rows)
            numbers = self._moved(name, before[2], runs, fresh, lambda: compute(rows.taken(fresh)))
        self._kept[name] = rows, key, numbers
        return numbers

    def patch(self, name: str, keys: tuple[object, object], article_id: str, number: object) -> None:
        """Take another number of one article, where the numbers are kept that were computed for the first of two keys.

        Args:
            name: What the numbers are.
            keys: That of the numbers before, and the one of the numbers from now on.
            article_id: Of the article, in the cache or not.
            number: The new one.
        """
        before, after = keys
        if (kept := self._kept.get(name)) and kept[1] == before:
            rows, _, numbers = kept
            if (place := int(rows.places_of([article_id])[0])) >= 0 and numbers[place] != number:
                numbers = numbers.copy()
                numbers[place] = number
            self._kept[name] = rows, after, numbers

    def products(self, rows: CachedRows, directions: Mapping[str, Floats]) -> dict[str, Floats]:
        """Products of the articles' vectors with some directions, by name: one pass for all that are not known.

        Args:
            rows: As of `of`.
            directions: (dim,) each; of another one under a name the products are computed anew.

        Returns:
            (num_articles,) float32 each, not to be written to.
        """
        keys = {name: direction.tobytes() for name, direction in directions.items()}
        known = {} if rows.versions is None else {name: self._kept.get(name) for name in directions}
        found: dict[str, Floats] = {}
        anew: list[str] = []
        for name, direction in directions.items():
            before = known.get(name)
            if before is None or before[1] != keys[name]:
                anew.append(name)
            elif before[0] is rows:
                found[name] = before[2]
            else:
                runs, fresh = self._since(before[0], rows)
                more = rows.vectors[fresh] @ direction
                found[name] = self._moved(name, before[2], runs, fresh, more.copy)
        if anew:
            together = np.stack([directions[name] for name in anew])
            products = rows.vectors.by_block(lambda block: together @ block.T)
            found |= zip(anew, products, strict=True)
        if rows.versions is not None:
            self._kept |= {name: (rows, keys[name], found[name]) for name in directions}
        return found

    def _moved(
        self,
        name: str,
        numbers: NDArray[Any],
        runs: list[Run],
        fresh: NDArray[np.intp],
        compute: Callable[[], NDArray[Any]],
    ) -> NDArray[Any]:
        if len(runs) == 1 and runs[0] == (slice(0, len(numbers)),) * 2:  # there are more behind them
            return self._spare.appended(name, numbers, compute()) if len(fresh) else numbers
        moved = np.empty(len(fresh) + sum(now.stop - now.start for _, now in runs), numbers.dtype)
        for was, now in runs:
            moved[now] = numbers[was]
        if len(fresh):
            moved[fresh] = compute()
        return moved

    def _since(self, before: CachedRows, rows: CachedRows) -> tuple[list[Run], NDArray[np.intp]]:
        if self._change is None or self._change[0] is not before or self._change[1] is not rows:
            self._change = before, rows, *runs_since(before, rows)
        return self._change[2], self._change[3]


def runs_since(before: CachedRows, rows: CachedRows) -> tuple[list[Run], NDArray[np.intp]]:
    """As `CachedRows.kept_from`, with nothing kept where that would be many small pieces."""
    runs, fresh = rows.kept_from(before)
    return (runs, fresh) if len(runs) <= _MOST_RUNS else ([], np.arange(len(rows)))
