"""Which past reads an article is near to, by the bundle's model and by other readers' clicks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge_runtime.model.head import ScoringHead
from edge_runtime.model.scoring import Floats, ReaderState
from edge_runtime.personal.interests import Opinion
from edge_runtime.types import Article, SimilarRead

JUST_NOW_S = 3600.0  # two half-lives of a session


@dataclass(frozen=True, slots=True)
class Near:
    """The past reads, or searches, that an article is nearest to; None where there are none."""

    ever: Opinion | None = None
    just_now: Opinion | None = None
    cosines: tuple[float, float] = (0.0, 0.0)  # of the article to each of them


NOTHING_NEAR = Near()


def nearest_to_each(
    head: ScoringHead,
    state: ReaderState,
    clicked: Sequence[Opinion],
    article_ids: Sequence[str],
    vectors: Floats,
    now_s: float,
) -> list[Near]:
    """The past reads that some articles are nearest to, without the articles themselves.

    Args:
        head: Its sharpness says how strongly the nearest reads dominate.
        state: Its interests belong to `clicked`, row by row.
        clicked: The opinions behind the reader's interests.
        article_ids: (num_articles,) the articles.
        vectors: (num_articles, dim) their vectors.
        now_s: Seconds UTC.
    """
    if not clicked or not len(vectors):
        return [NOTHING_NEAR] * len(vectors)
    similarities = np.float32(head.sharpness) * (vectors @ state.interests.T)
    numbers = {opinion.article.article_id: n for n, opinion in enumerate(clicked) if not opinion.is_search}
    for row, name in enumerate(article_ids):
        if name in numbers:
            similarities[row, numbers[name]] = -np.inf
    ages_s = now_s - np.array([opinion.at_s for opinion in clicked])
    is_recent = (ages_s >= 0) & (ages_s <= JUST_NOW_S)
    ever = (similarities + state.log_weights).argmax(axis=1)
    recent = np.where(is_recent, similarities, -np.inf).argmax(axis=1)
    cosines = vectors @ state.clicks.T
    found = []
    for row, (of_all, of_recent) in enumerate(zip(ever.tolist(), recent.tolist(), strict=True)):
        is_there = similarities[row, of_all] > -np.inf
        is_just = bool(is_recent[of_recent]) and similarities[row, of_recent] > -np.inf
        found.append(
            Near(
                clicked[of_all] if is_there else None,
                clicked[of_recent] if is_just else None,
                (float(cosines[row, of_all]), float(cosines[row, of_recent])),
            )
        )
    return found


def similar_reads(
    head: ScoringHead, state: ReaderState, clicked: Sequence[Opinion], vector: Floats, most: int | None = None
) -> tuple[SimilarRead, ...]:
    """Past reads by how much they draw an article up; see `similar_to_each`."""
    return similar_to_each(head, state, clicked, vector[None], most)[0]


def similar_to_each(
    head: ScoringHead, state: ReaderState, clicked: Sequence[Opinion], vectors: Floats, most: int | None = None
) -> list[tuple[SimilarRead, ...]]:
    """Past reads by how much they draw each of some articles up.

    Args:
        head: Its sharpness says how strongly the nearest reads dominate.
        state: Its interests belong to `clicked`, row by row.
        clicked: The opinions behind the reader's interests.
        vectors: (num_articles, dim) the articles' vectors.
        most: How many to return of each; all if not given.

    Returns:
        Of each article, largest share first; the shares of all of them are the gradient of the log-mean-exp and sum
        to 1.
    """
    if not clicked:
        return [()] * len(vectors)
    exponents = state.log_weights + np.float32(head.sharpness) * (vectors @ state.interests.T)
    shares = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    orders = np.argsort(-shares, axis=1, kind="stable")[:, :most].tolist()
    cosines = (vectors @ state.clicks.T).tolist()
    return [
        tuple(SimilarRead(clicked[i].article, of_row[i], own[i], clicked[i].is_search) for i in order)
        for order, of_row, own in zip(orders, cosines, shares.tolist(), strict=True)
    ]


def also_opened(state: ReaderState, clicked: Sequence[Opinion], article: Article, warm: Floats) -> Article | None:
    """The past read whose readers are most likely to have opened an article too.

    Args:
        state: Its warm clicks belong to `clicked`, row by row.
        clicked: The opinions behind the reader's interests.
        article: The article itself, which is none of its own reasons.
        warm: (warm_dim,) its place among other readers' clicks.

    Returns:
        None if no past read lies on the article's side of the clicks, as when it is not warm or none of them is.
    """
    if not warm.any():
        return None
    others = np.array([event.article.article_id != article.article_id for event in clicked], bool)
    similarity = np.where(others, state.warm @ warm, np.float32(0))
    if not (similarity > 0).any():
        return None
    return clicked[int(np.argmax(similarity))].article
