"""How a device sees articles: their topics and vectors, by a bundle alone. A server gets the very same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.analysis import Analyst, Topics
from edge_runtime.content.articles_in import MAX_CHARACTERS
from edge_runtime.engines import engine_version
from edge_runtime.feeds.pictures import image_url
from edge_runtime.model.bundle import Bundle
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.scoring import Floats
from edge_runtime.storage.vectors import quantized
from edge_runtime.types import Article

_TOGETHER = 64  # articles: products of so few stay on one thread, so their sums do not depend on the number of cores


@dataclass(frozen=True, slots=True)
class Seen:
    """Articles as a bundle sees them."""

    topics: Topics
    vectors: Floats  # (n, dim)


@dataclass(frozen=True, slots=True, eq=False)
class EncodedArticles:
    """Articles as a device's cache keeps them; a vector is `codes * scales[:, None]`."""

    topics: tuple[str, ...]  # of the bundle's topics, "" if unknown
    codes: NDArray[np.int8]  # (n, dim)
    scales: Floats  # (n,); 0 for an article in a language that the bundle does not read


class ArticleEncoder:
    """Encodes articles as every device with the same bundle does, for whoever has no reader to encode them for."""

    def __init__(self, bundle: Bundle, engine: str | None = None) -> None:
        """Prepare a bundle.

        Args:
            bundle: From `read_bundle`.
            engine: The first that runs the bundle if not given.

        Raises:
            EngineError: No such engine is installed, or none runs the bundle.
            BundleError: A model in the bundle is damaged.
        """
        self._model = NewsModel(bundle, engine)
        self._analyst = Analyst(bundle, encoder=self._model.subwords)

    @property
    def engine(self) -> str:
        """Name and release of the engine that computes the vectors."""
        return engine_version(self._model.engine)

    def encode(self, articles: Sequence[Article]) -> EncodedArticles:
        """Topics and vectors of articles.

        Args:
            articles: Any number. Their title, abstract, category and language count.

        Returns:
            A row for each, whatever articles are beside it.
        """
        dim = self._model.bundle.manifest.dim
        topics: list[str] = []
        codes, scales = np.zeros((len(articles), dim), np.int8), np.zeros(len(articles), np.float32)
        for begin in range(0, len(articles), _TOGETHER):
            some = slice(begin, begin + _TOGETHER)
            seen = see(self._model, self._analyst, [storable(article) for article in articles[some]])
            topics += seen.topics.names
            codes[some], scales[some] = quantized(seen.vectors)
        return EncodedArticles(tuple(topics), codes, scales)


def see(model: NewsModel, analyst: Analyst, articles: Sequence[Article]) -> Seen:
    """Topics and vectors of articles.

    Returns:
        The vectors are 0 for an article in a language that the bundle does not read: all of such a language would be
        alike.
    """
    texts = model.pooled(articles)
    topics = analyst.topics(articles, texts)
    named = [replace(article, category=topic) for article, topic in zip(articles, topics.names, strict=True)]
    vectors = model.encode(named, texts)
    vectors[[not analyst.reads(article) for article in articles]] = 0
    return Seen(topics, vectors)


def storable(article: Article) -> Article:
    """The article with texts that can be kept: lone surrogates are no text, and no reader reads a title of a book."""
    texts = {name: getattr(article, name)[:most] for name, most in MAX_CHARACTERS.items()}
    texts |= {"article_id": article.article_id, "url": article.url, "image": image_url(article.image, "")}
    texts = {name: text if text.isascii() else text.encode("utf-8", "replace").decode() for name, text in texts.items()}
    return replace(article, **texts)
