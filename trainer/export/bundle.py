"""A student as a bundle: table and encoders as `Storage` says, golden outputs from the finished TFLite models."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article, Bundle, Golden, Manifest, NewsModel, write_bundle
from edge_runtime import __version__ as runtime_version
from edge_runtime.model.head import PopularityHead
from edge_runtime.model.probability import PlattPrior
from edge_runtime.model.token_table import float_rows, pooled
from edge_runtime.model.warm_articles import WarmArticles
from trainer.export.golden import GOLDEN_TITLES
from trainer.export.tflite import convert_encoder
from trainer.fits.topic import add_analysis
from trainer.models.encoders import one_hot_topics
from trainer.training.student import Student

CALIBRATION_ARTICLES = 500
EXPORT_ENGINE = "ai-edge-litert"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the manifest says of where a model comes from."""

    training_data: str
    training_licence: str
    languages: tuple[str, ...]
    seed: int


def export_bundle(
    student: Student,
    popularity: PopularityHead | None,
    topics: Sequence[str],
    rows: NDArray[np.int32],
    history_length: int,
    provenance: Provenance,
    metrics: Mapping[str, Any],
    card: str,
    path: Path,
    warm_articles: WarmArticles | None = None,
    open_probability: PlattPrior | None = None,
    analysed: Sequence[Article] = (),
) -> None:
    """Convert a student and write its bundle.

    Args:
        student: Trained, pruned or not.
        popularity: What a publisher's counts are worth; None leaves them out.
        topics: Names of the topics, "" first.
        rows: Articles of the training days, from which the calibration is drawn.
        history_length: Past clicks that the user encoder was trained to see.
        provenance: For the manifest.
        metrics: For the manifest.
        card: The model card, Markdown.
        path: Where the bundle goes.
        warm_articles: What co-clicks say of old articles; None leaves them out.
        open_probability: What a score means; None leaves it out.
        analysed: Articles of the training log to fit topic head and word counts to; none leaves both out.
    """
    model = student.model
    table, kind = student.stored.table or float_rows(model.text.table.numpy(), 32), student.stored.encoders
    sample = np.random.default_rng(provenance.seed).permutation(rows)[:CALIBRATION_ARTICLES]
    texts = np.stack([pooled(table, ids[ids >= 0].tolist()) for ids in model.text.token_ids.numpy()[sample]])
    one_hot = one_hot_topics(model.topics.numpy()[sample], len(topics))
    # A tenth without topic, as on the device: the range of "unknown" has to be seen.
    one_hot[::10] = one_hot_topics(np.zeros(1, int), len(topics))
    clicks = model.article_vectors(sample).numpy()
    article_encoder = convert_encoder(model.article_encoder, {"pooled": texts, "topics": one_hot}, kind, student.ranges)
    user_encoder = convert_encoder(model.user_encoder, {"clicks": clicks}, kind)
    parts = [table.to_bytes(), article_encoder, user_encoder, "\n".join(student.pieces).encode()]
    manifest = Manifest(
        model_version=hashlib.sha256(b"".join(parts)).hexdigest()[:12],
        min_runtime=runtime_version,
        dim=model.article_encoder.dim,
        token_dim=model.article_encoder.input_dim,
        num_tokens=len(student.pieces),
        table=table.format,
        encoders=kind,
        topics=tuple(topics),
        languages=provenance.languages,
        history_length=history_length,
        training_data=provenance.training_data,
        training_licence=provenance.training_licence,
        seed=provenance.seed,
        metrics=metrics,
    )
    known = list(topics[1:]) or [""]
    golden_topics = tuple(known[number % len(known)] for number in range(len(GOLDEN_TITLES)))
    nothing = np.zeros((len(GOLDEN_TITLES), manifest.dim), np.float32)
    bundle = Bundle(
        manifest=manifest,
        token_table=table,
        pieces=student.pieces,
        article_encoder=article_encoder,
        user_encoder=user_encoder,
        head=replace(model.head.export(), popularity=popularity, open_probability=open_probability),
        golden=Golden(GOLDEN_TITLES, golden_topics, nothing, nothing, nothing[:, 0]),
        card=card,
        sha256="",
        size_bytes=0,
        member_bytes={},
        warm_articles=warm_articles,
    )
    finished = replace(bundle, golden=_golden_outputs(bundle, golden_topics))
    write_bundle(path, add_analysis(finished, analysed, provenance.seed))


def _golden_outputs(bundle: Bundle, topics: tuple[str, ...]) -> Golden:
    news = NewsModel(bundle, EXPORT_ENGINE)
    articles = [
        Article(article_id=str(number), title=title, category=topic)
        for number, (title, topic) in enumerate(zip(GOLDEN_TITLES, topics, strict=True))
    ]
    vectors = np.round(news.encode(articles), 2)
    reader = news.read_clicks(vectors, news.topic_numbers(topics))
    return Golden(GOLDEN_TITLES, topics, vectors, reader.interests, reader.log_weights)
