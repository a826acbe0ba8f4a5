"""A bundle at work: articles to vectors, clicks to a reader's state, both to scores. Keeps nothing between calls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# These are offered to the trainer, which looks no deeper than the model.
from edge_runtime.engines import INTERPRETERS as INTERPRETERS
from edge_runtime.engines import engine_version as engine_version
from edge_runtime.engines import load_engines
from edge_runtime.engines import unsupported_operators as unsupported_operators
from edge_runtime.engines.known_rows import KnownRows
from edge_runtime.errors import BundleError, DamagedModelError, EngineError, Remedy
from edge_runtime.model.article_text import text_of
from edge_runtime.model.bundle import Bundle
from edge_runtime.model.scoring import (
    Floats,
    ReaderState,
    co_clicks,
    dislike_penalty,
    freshness,
    popularity,
    relevance_parts,
    topic_shares,
)
from edge_runtime.model.token_table import all_pooled
from edge_runtime.model.tokens import SubwordEncoder
from edge_runtime.types import Article

PICK_CLICKS = 3  # a topic that was asked for counts as so many clicks on it
GOLDEN_COSINE = 0.995  # healthy interpreters differ by a few int8 steps, cosine above 0.999


class NewsModel:
    """The bundle's encoders on one engine."""

    def __init__(self, bundle: Bundle, engine: str | None = None) -> None:
        """Prepare a bundle; interpreters are loaded when first needed.

        Args:
            bundle: From `read_bundle`.
            engine: A name of `engines.ENGINES`; the first that runs the bundle if not given.

        Raises:
            EngineError: No such engine is installed, or none runs the bundle.
            BundleError: A model in the bundle is damaged.
        """
        self.bundle = bundle
        try:
            choice, encoders = load_engines((bundle.article_encoder, bundle.user_encoder), engine)
        except DamagedModelError as error:
            raise BundleError(error.fact, error.remedy) from error
        self.engine, self.engine_reason = choice.name, choice.reason
        self._article_encoder, self._user_encoder = encoders
        self._with_topics: KnownRows | None = None  # the article encoder, made when a title comes
        self.subwords = SubwordEncoder(bundle.pieces)
        self._topics = {name: number for number, name in enumerate(bundle.manifest.topics)}

    def topic_numbers(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Numbers of topics, by which the model knows them.

        Returns:
            (len(names),) int64, where each stands in the manifest's topics; 0 for one that the model does not know.
        """
        known = self._topics
        return np.array(
            [known[name] if name in known else known.get(name.strip().casefold(), 0) for name in names], np.int64
        )

    def pooled(self, articles: Sequence[Article]) -> Floats:
        """The texts of articles as their tokens sum up: what vectors and the topic head are made from.

        Returns:
            (len(articles), token_dim) float32, each of length 1, or 0 where there are no tokens.
        """
        return all_pooled(self.bundle.token_table, [self.subwords.encode(text_of(article)) for article in articles])

    def encode(self, articles: Sequence[Article], texts: Floats | None = None) -> Floats:
        """Vectors of articles, from `text_of` them and the topic.

        Args:
            articles: Any number.
            texts: `pooled` of them, where that is known.

        Returns:
            (len(articles), dim) float32, each of length 1.
        """
        manifest = self.bundle.manifest
        if not articles:
            return np.zeros((0, manifest.dim), np.float32)
        if self._with_topics is None:
            self._with_topics = self._article_encoder.with_rows(
                "topics", np.eye(len(manifest.topics), dtype=np.float32)
            )
        texts = self.pooled(articles) if texts is None else texts
        topics = self.topic_numbers([article.category for article in articles])
        (outputs,) = self._with_topics.run(topics, pooled=texts)
        return unit_rows(outputs)

    def warm_vectors(self, article_ids: Sequence[str]) -> Floats:
        """What other readers' clicks say of articles; see `WarmArticles.vectors`.

        Returns:
            (len(article_ids), warm_dim) float32; warm_dim is 0 in a bundle without warm articles.
        """
        table = self.bundle.warm_articles
        return self._none_warm(len(article_ids)) if table is None else table.vectors(article_ids)

    def read_clicks(
        self,
        clicks: Floats,
        topics: NDArray[np.int64],
        disliked: Floats | None = None,
        picked_topics: Sequence[str] = (),
        warm: Floats | None = None,
    ) -> ReaderState:
        """What a history says of its reader.

        Args:
            clicks: (num_clicks, dim) float32 vectors of the clicked articles, oldest first; may be empty. The last
                `history_length` of them count.
            topics: (num_clicks,) their topic numbers.
            disliked: (num_dislikes, dim) float32 vectors of articles that the reader wants less of.
            picked_topics: Topics that the reader asked for; each counts as `PICK_CLICKS` clicks on it.
            warm: (num_clicks, warm_dim) from `warm_vectors`; without it no click counts as warm.
        """
        manifest = self.bundle.manifest
        clicks, topics = clicks[-manifest.history_length :], topics[-manifest.history_length :]
        interests, log_weights = clicks, np.zeros(len(clicks), np.float32)
        if len(clicks):
            interests, weights = self._user_encoder.run(clicks=clicks)
            log_weights = weights[:, 0]
        picks = self.topic_numbers(picked_topics)
        topics = np.concatenate([topics, np.repeat(picks[picks > 0], PICK_CLICKS)])
        return ReaderState(
            interests=interests,
            log_weights=log_weights,
            clicks=clicks,
            topic_shares=topic_shares(topics, len(manifest.topics)),
            topic_clicks=len(topics),
            disliked=np.zeros((0, manifest.dim), np.float32) if disliked is None else disliked,
            warm=self._none_warm(len(clicks)) if warm is None else warm[-manifest.history_length :],
        )

    def score_parts(
        self,
        reader: ReaderState,
        vectors: Floats,
        topics: NDArray[np.int64],
        ages_s: NDArray[np.float64],
        counts: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
        warm: Floats | None = None,
        half_life_factors: float | Floats = 1.0,
    ) -> dict[str, Floats]:
        """Named parts of candidates' scores; a score is their sum (`scoring.total`).

        Args:
            reader: From `read_clicks`.
            vectors: (num_candidates, dim) float32 from `encode`.
            topics: (num_candidates,) from `topic_numbers`.
            ages_s: (num_candidates,) seconds since publication, NaN where unknown.
            counts: How often each was shown to anybody and how often clicked, (num_candidates,) each, 0 where unknown.
            warm: (num_candidates, warm_dim) from `warm_vectors`; without it no candidate counts as warm.
            half_life_factors: (num_candidates,) of the freshness; see `scoring.freshness`.

        Returns:
            The parts of `scoring.relevance_parts`, then freshness, popularity, co_clicks and disliked; each
            (num_candidates,) float32.
        """
        parts = relevance_parts(self.bundle.head, reader, vectors, topics)
        parts["freshness"] = freshness(self.bundle.head, ages_s, half_life_factors)
        shown, clicked = counts or (np.zeros(len(vectors)), np.zeros(len(vectors)))
        parts["popularity"] = popularity(self.bundle.head, shown, clicked)
        warm = self._none_warm(len(vectors)) if warm is None else warm
        parts["co_clicks"] = co_clicks(self.bundle.warm_articles, reader, warm)
        parts["disliked"] = dislike_penalty(reader, vectors)
        return parts

    def _none_warm(self, count: int) -> Floats:
        table = self.bundle.warm_articles
        return np.zeros((count, table.rows.shape[1] if table else 0), np.float32)

    def check_golden(self) -> None:
        """Prove that this engine computes this bundle as the exporting machine did.

        Raises:
            BundleError: An output is not finite or points elsewhere.
        """
        golden = self.bundle.golden
        articles = [
            Article(article_id=str(number), title=title, category=topic)
            for number, (title, topic) in enumerate(zip(golden.titles, golden.topics, strict=True))
        ]
        try:
            vectors = self.encode(articles)
            interests, log_weights = self._user_encoder.run(clicks=golden.vectors)
        except EngineError as error:
            raise BundleError(error.fact, error.remedy or Remedy.OTHER_ENGINE) from error
        cosines = np.concatenate(
            [
                np.sum(unit_rows(a) * unit_rows(b), axis=1)
                for a, b in ((vectors, golden.vectors), (interests, golden.interests))
            ]
        )
        worst = float(cosines.min()) if np.isfinite(cosines).all() else float("nan")
        spread = float(np.abs(log_weights[:, 0] - golden.log_weights).max())
        if not (worst >= GOLDEN_COSINE and spread <= 0.1):
            raise BundleError(
                f"{self.engine} computes this bundle wrongly: golden cosine {worst:.3f} (at least {GOLDEN_COSINE} "
                f"wanted), log weights off by {spread:.3f}",
                Remedy.OTHER_ENGINE,
            )


def unit_rows(rows: Floats) -> Floats:
    """Rows scaled to length 1.

    Args:
        rows: (n, dim) float32.

    Returns:
        (n, dim) float32; a zero row stays zero.
    """
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    scaled: Floats = rows / np.maximum(lengths, np.float32(1e-9))
    return scaled
