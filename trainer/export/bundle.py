"""A student as a bundle: table and encoders as `Storage` says, golden outputs from the finished TFLite models."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article, Bundle, Golden, Manifest, NewsModel, write_bundle
from edge_runtime.model.article_text import text_of
from edge_runtime.model.bundle import OLDEST_RUNTIME
from edge_runtime.model.front import Front
from edge_runtime.model.head import PopularityHead
from edge_runtime.model.news_model import GOLDEN_COSINE, unit_rows
from edge_runtime.model.probability import PlattPrior
from edge_runtime.model.token_table import float_rows, pooled
from edge_runtime.model.tokens import SubwordEncoder
from edge_runtime.model.warm_articles import WarmArticles
from trainer.errors import ExportError
from trainer.export.golden import GOLDEN_TITLES
from trainer.export.tflite import convert_encoder
from trainer.fits.topic import add_analysis
from trainer.models.encoders import one_hot_topics
from trainer.models.imported_encoder import ImportedEncoder
from trainer.settings.seeds import Seeds
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


@dataclass(frozen=True, slots=True)
class BundleOrigin:
    """What all bundles of one run have from it."""

    topics: Sequence[str]  # names of the topics, "" first
    rows: NDArray[np.int32]  # texts of the training days, from which the calibration is drawn
    history_length: int  # past clicks that the user encoder was trained to see
    provenance: Provenance  # for the manifest


@dataclass(frozen=True, slots=True)
class BundleParts:
    """What a finished bundle holds beside its student; what is left out of a bundle that is only measured."""

    metrics: Mapping[str, Any] = field(default_factory=dict)  # for the manifest
    front: Front | None = None  # other sizes on the same lists, for the manifest
    card: str = ""  # the model card, Markdown
    popularity: PopularityHead | None = None  # what a publisher's counts are worth
    warm_articles: WarmArticles | None = None  # what co-clicks say of old articles
    open_probability: PlattPrior | None = None  # what a score means
    analysed: Sequence[Article] = ()  # of the training log, to fit topic head and word counts to; none: neither


def export_bundle(student: Student, origin: BundleOrigin, path: Path, parts: BundleParts | None = None) -> None:
    """Convert a student and write its bundle.

    Args:
        student: Trained, pruned or not.
        origin: What the run gives.
        path: Where the bundle goes.
        parts: What it holds beside the student; nothing, if not given.

    Raises:
        ExportError: The student cannot be converted, or an imported encoder does not give its original's vectors.
    """
    parts, provenance, topics, rows = parts or BundleParts(), origin.provenance, origin.topics, origin.rows
    # A seed of any size: what draws here takes 32 bits.
    seed = Seeds(provenance.seed).plain
    model = student.model
    table, kind = student.stored.table or float_rows(model.text.table.numpy(), 32), student.stored.encoders
    sample = np.random.default_rng(seed).permutation(rows)[:CALIBRATION_ARTICLES]
    texts = np.stack([pooled(table, ids[ids >= 0].tolist()) for ids in model.text.token_ids.numpy()[sample]])
    one_hot = one_hot_topics(model.topics.numpy()[sample], len(topics))
    # A tenth without topic, as on the device: the range of "unknown" has to be seen.
    one_hot[::10] = one_hot_topics(np.zeros(1, int), len(topics))
    clicks = model.article_vectors(sample).numpy()
    article_encoder = convert_encoder(model.article_encoder, {"pooled": texts, "topics": one_hot}, kind, student.ranges)
    user_encoder = convert_encoder(model.user_encoder, {"clicks": clicks}, kind)
    members = [table.to_bytes(), article_encoder, user_encoder, "\n".join(student.pieces).encode()]
    manifest = Manifest(
        model_version=hashlib.sha256(b"".join(members)).hexdigest()[:12],
        min_runtime=OLDEST_RUNTIME,
        dim=model.article_encoder.dim,
        token_dim=model.article_encoder.input_dim,
        num_tokens=len(student.pieces),
        table=table.format,
        encoders=kind,
        topics=tuple(topics),
        languages=provenance.languages,
        history_length=origin.history_length,
        training_data=provenance.training_data,
        training_licence=provenance.training_licence,
        seed=provenance.seed,
        metrics=parts.metrics,
        front=parts.front,
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
        head=replace(model.head.export(), popularity=parts.popularity, open_probability=parts.open_probability),
        golden=Golden(GOLDEN_TITLES, golden_topics, nothing, nothing, nothing[:, 0]),
        card=parts.card,
        sha256="",
        size_bytes=0,
        member_bytes={},
        warm_articles=parts.warm_articles,
    )
    encoder = model.article_encoder
    imported = encoder if isinstance(encoder, ImportedEncoder) else None
    finished = replace(bundle, golden=_golden_outputs(bundle, golden_topics, imported))
    write_bundle(path, add_analysis(finished, parts.analysed, seed))


def _golden_outputs(bundle: Bundle, topics: tuple[str, ...], imported: ImportedEncoder | None) -> Golden:
    """Outputs of the finished TFLite files; the vectors of an imported encoder are those of its original."""
    news = NewsModel(bundle, EXPORT_ENGINE)
    articles = [
        Article(article_id=str(number), title=title, category=topic)
        for number, (title, topic) in enumerate(zip(GOLDEN_TITLES, topics, strict=True))
    ]
    vectors = news.encode(articles)
    if imported:
        vectors = _original_vectors(bundle, articles, vectors, imported)
    vectors = np.round(vectors, 2)
    reader = news.read_clicks(vectors, news.topic_numbers(topics))
    return Golden(GOLDEN_TITLES, topics, vectors, reader.interests, reader.log_weights)


def _original_vectors(
    bundle: Bundle, articles: Sequence[Article], ours: NDArray[np.float32], imported: ImportedEncoder
) -> NDArray[np.float32]:
    """Vectors of articles by an encoder's original, over the bundle's own table; refused if ours are others."""
    read, manifest = SubwordEncoder(bundle.pieces), bundle.manifest
    texts = np.stack([pooled(bundle.token_table, read.encode(text_of(article))) for article in articles])
    numbers = np.array([manifest.topics.index(article.category) for article in articles])
    vectors = unit_rows(imported.original(texts, one_hot_topics(numbers, len(manifest.topics))))
    cosine = float(np.sum(ours * vectors, axis=1).min())
    if not cosine >= GOLDEN_COSINE:
        raise ExportError(
            f"encoders: as {manifest.encoders!r} the imported encoder has a cosine of {cosine:.4f} to its original, "
            f"{GOLDEN_COSINE} is wanted; keep it as float32"
        )
    return vectors
