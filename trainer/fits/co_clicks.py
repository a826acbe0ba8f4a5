"""Which articles are opened by the same readers: the matrix of readers x articles, factorised.

A row for each warm article, one that enough readers opened; the cosine of two rows says how far their readers are the
same, whatever the texts say. There are two ways to the rows. One is the truncated singular value decomposition of how
much more often than by chance two articles share a reader. The other is implicit-feedback alternating least squares of
the matrix itself, whose rows of readers are left behind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import svds

from trainer.data.dataset import Impressions
from trainer.settings.config import CoClickSettings

Floats = NDArray[np.float64]
Clicks = Any  # scipy.sparse.csr_array of 0 and 1, (num_readers, num_articles)

SMOOTHING = 0.75
CONFIDENCE = 10.0  # a click weighs 1 + this, an article not clicked 1
PENALTY = 50.0
MOST_SWEEPS = 30
LEAST_FALL = 1e-3  # of the loss, relative, that is worth another sweep


def click_matrix(impressions: Impressions, counted: NDArray[np.bool_], numbers: NDArray[np.int64]) -> Clicks:
    """Who opened what: the histories and the clicks of some impressions, a reader's each article once.

    Args:
        impressions: A log.
        counted: (num_impressions,) which of its impressions are read.
        numbers: (num_articles,) the column of each article of the log; several may share one.

    Returns:
        (num_readers, num_columns), ones and zeros; a reader without a click keeps an empty row.
    """
    history = impressions.history.expanded()
    lists, histories = (
        np.repeat(np.arange(len(impressions)), rows.lengths()) for rows in (impressions.candidates, history)
    )
    clicked, read = impressions.clicked & counted[lists], counted[histories]
    readers = impressions.users[np.concatenate([lists[clicked], histories[read]])]
    columns = numbers[np.concatenate([impressions.candidates.values[clicked], history.values[read]])]
    shape = int(impressions.users.max(initial=-1)) + 1, int(numbers.max(initial=-1)) + 1
    clicks = csr_array((np.ones(len(readers)), (readers, columns)), shape=shape)  # sums what comes again
    clicks.data[:] = 1.0
    return clicks


def factorize_clicks(
    clicks: Clicks, settings: CoClickSettings, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows of the warm articles.

    Args:
        clicks: From `click_matrix`.
        settings: Their `dim` is above 0.
        seed: Of the start.

    Returns:
        (num_warm,) columns of the matrix, ascending, and (num_warm, dim) float32 of length 1. None is warm if there
        are not more articles than dimensions with enough readers, nor an article without any reader in common with
        the others.
    """
    columns = np.flatnonzero(clicks.sum(axis=0) >= settings.min_readers)
    warm = clicks[:, columns]
    warm = warm[warm.sum(axis=1) > 0]
    if min(warm.shape) <= settings.dim:
        return columns[:0], np.zeros((0, settings.dim), np.float32)
    if settings.method == "svd":
        rows, _ = truncated_svd(association(warm), settings.dim, seed)
    else:
        rows = least_squares(warm, settings.dim, seed)
    lengths = np.sqrt(np.square(rows).sum(axis=1))
    found = lengths > 1e-6
    return columns[found], (rows[found] / lengths[found, None]).astype(np.float32)


def association(clicks: Clicks) -> Clicks:
    """Positive pointwise mutual information of two articles being opened by one reader; 0 beside itself.

    max(0, log(n_ij n / (n_i n_j'))), n_ij summed over readers, each of whom counts 1 / (clicks - 1) for every pair, so
    that each of a reader's clicks counts as one. As in Levy, Goldberg and Dagan (TACL 2015), n_j' is smoothed by a
    power: a rare article would be too closely tied to all that its few readers opened.

    Args:
        clicks: (num_readers, num_articles).

    Returns:
        (num_articles, num_articles), sparse, not quite symmetric.
    """
    shares = 1 / np.maximum(clicks.sum(axis=1) - 1, 1)
    pairs = (clicks.T @ (diags_array(shares) @ clicks)).tocoo()
    apart = pairs.row != pairs.col
    first, second, together = pairs.row[apart], pairs.col[apart], pairs.data[apart]
    each = np.bincount(first, together, minlength=clicks.shape[1])
    smoothed = each**SMOOTHING
    information = np.log(together * smoothed.sum() / (each[first] * smoothed[second]))
    is_positive = information > 0
    kept = information[is_positive], (first[is_positive], second[is_positive])
    return csr_array(kept, shape=(clicks.shape[1], clicks.shape[1]))


def truncated_svd(matrix: Clicks, dim: int, seed: int) -> tuple[Floats, Floats]:
    """Rows and columns whose products are the best approximation of a matrix at this rank (Eckart and Young 1936).

    The singular values go half to each side, as in Levy, Goldberg and Dagan.

    Args:
        matrix: (num_rows, num_columns), sparse.
        dim: Below both.
        seed: Of the start vector.

    Returns:
        (num_rows, dim) and (num_columns, dim), the largest singular value first.
    """
    start = np.random.default_rng(seed).normal(size=min(matrix.shape))
    left, values, right = svds(matrix, k=dim, v0=start)
    order = np.argsort(-values)
    halves = np.sqrt(values[order])
    return left[:, order] * halves, right[order].T * halves


def least_squares(
    clicks: Clicks, dim: int, seed: int, confidence: float = CONFIDENCE, penalty: float = PENALTY
) -> Floats:
    """Implicit-feedback alternating least squares (Hu, Koren and Volinsky, ICDM 2008).

    Args:
        clicks: (num_readers, num_articles).
        dim: Of a row.
        seed: Of the start.
        confidence: Alpha of the paper.
        penalty: Lambda of the paper.

    Returns:
        (num_articles, dim).
    """
    rng = np.random.default_rng(seed)
    articles: Floats = rng.normal(size=(clicks.shape[1], dim)) / np.sqrt(dim)
    by_article, loss = csr_array(clicks.T), np.inf
    for _ in range(MOST_SWEEPS):
        readers = solved(clicks, articles, confidence, penalty)
        articles = solved(by_article, readers, confidence, penalty)
        before, loss = loss, squared_loss(clicks, readers, articles, confidence, penalty)
        if before - loss < LEAST_FALL * loss:
            break
    return articles


def solved(clicks: Clicks, others: Floats, confidence: float, penalty: float) -> Floats:
    """The best rows of one side while the other's stay: (Y'CY + lambda I) x = Y'C p for each row (equation 4).

    Args:
        clicks: (num_rows, num_others).
        others: (num_others, dim), Y.
        confidence: Of a click, above the 1 of no click.
        penalty: Lambda, > 0.
    """
    dim = others.shape[1]
    usual = others.T @ others + penalty * np.eye(dim)
    sides = np.empty((clicks.shape[0], dim, dim))
    for row, side in enumerate(sides):
        clicked = others[clicks.indices[clicks.indptr[row] : clicks.indptr[row + 1]]]
        side[:] = usual + confidence * clicked.T @ clicked
    found: Floats = np.linalg.solve(sides, (1 + confidence) * (clicks @ others)[:, :, None])[:, :, 0]
    return found


def squared_loss(clicks: Clicks, readers: Floats, articles: Floats, confidence: float, penalty: float) -> float:
    """What alternating least squares makes small (equation 3), over every pair of a reader and an article."""
    rows = np.repeat(np.arange(clicks.shape[0]), np.diff(clicks.indptr))
    found = np.einsum("nd,nd->n", readers[rows], articles[clicks.indices])
    everywhere = float(np.sum((readers.T @ readers) * (articles.T @ articles)))  # as if nothing were clicked
    clicked = float(np.sum((1 + confidence) * np.square(1 - found) - np.square(found)))
    return everywhere + clicked + penalty * float(np.square(readers).sum() + np.square(articles).sum())
