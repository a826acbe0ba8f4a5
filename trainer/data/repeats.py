"""Articles that a list shows twice: each counts once, at its first place, and is clicked if it was clicked anywhere.

A click would else be trained against the same article, and a metric would count it as passed over.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_SORTED = 500_000  # articles at a time


def without_repeats(rows: pa.Table) -> tuple[pa.Table, int]:
    """Impressions in whose lists every article stands once, and how many places were left out.

    Args:
        rows: With columns `candidates` and `clicked` as ROW_SCHEMA has them.
    """
    rows = rows.combine_chunks()
    if not len(rows):
        return rows, 0
    candidates, clicked = (rows[name].combine_chunks() for name in ("candidates", "clicked"))
    lengths = pc.fill_null(candidates.value_lengths(), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    articles = candidates.flatten().to_numpy(zero_copy_only=False)
    found = _rows_with_repeats(articles, lengths)
    if not len(found):
        return rows, 0
    # Only what stands in these lists is looked at: few have an article twice.
    sizes, starts = lengths[found], np.cumsum(lengths) - lengths
    owners = np.repeat(found, sizes)
    concerned = np.arange(len(owners)) + np.repeat(starts[found] - np.cumsum(sizes) + sizes, sizes)  # places
    keys = owners * (int(articles.max()) + 1) + articles[concerned]
    _, first, same = np.unique(keys, return_index=True, return_inverse=True)
    hits = clicked.flatten().to_numpy(zero_copy_only=False).copy()
    # The first place of an article has the clicks of all.
    hits[concerned[first]] = np.bincount(same, hits[concerned]) > 0
    stays = np.ones(len(articles), bool)
    stays[concerned] = False
    stays[concerned[first]] = True
    left = lengths.copy()
    left[found] = np.bincount(owners[stays[concerned]], minlength=len(rows))[found]
    offsets = pa.array(np.concatenate([[0], np.cumsum(left)]), pa.int32())
    for name, values in (("candidates", articles), ("clicked", hits)):
        column = pa.ListArray.from_arrays(offsets, pa.array(values[stays]))
        field = rows.schema.field(name)
        rows = rows.set_column(rows.column_names.index(name), field, column.cast(field.type))
    return rows, int(np.count_nonzero(~stays))


def _rows_with_repeats(articles: NDArray[np.int32], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the lists that have an article twice; lists of one length are sorted side by side."""
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    order = np.argsort(lengths, kind="stable")
    found = []
    for same in np.split(order, np.flatnonzero(np.diff(lengths[order])) + 1):
        length = int(lengths[same[0]])
        for part in np.array_split(same, -(-len(same) * length // _SORTED) or 1):
            lists = np.sort(articles[starts[part][:, None] + np.arange(length)], axis=1)
            found.append(part[(lists[:, 1:] == lists[:, :-1]).any(axis=1)])
    return np.sort(np.concatenate(found))
