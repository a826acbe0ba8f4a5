"""Topics and vectors of what a reader's opinions are about, articles and queries: each is looked at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.scoring import Floats
from edge_runtime.personal.interests import Opinion
from edge_runtime.types import Article

LookAt = Callable[[Sequence[Article]], tuple[Sequence[str], Floats]]


class LookedAt:
    """What was looked at so far.

    Attributes:
        topics: The bundle's numbers, by article id; of a query by its own key.
    """

    def __init__(self, model: NewsModel, look_at: LookAt | None = None) -> None:
        """Know nothing yet.

        Args:
            model: The bundle's.
            look_at: Gives topics and vectors as those of cached articles are made (`Intake.look_at`); if not given, the
                articles' own categories, and vectors of the model.
        """
        self._model = model
        self._look_at = look_at or (lambda articles: ([a.category for a in articles], model.encode(articles)))
        self._vectors: dict[str, Floats] = {}
        self._illegible: set[str] = set()  # keys of what the bundle cannot read
        self.topics: dict[str, int] = {}

    def put(self, article_id: str, vector: Floats) -> None:
        """Take a vector that is at hand, (dim,)."""
        self._vectors[article_id] = vector
        (self._illegible.discard if vector.any() else self._illegible.add)(article_id)

    def look_at(self, opinions: Sequence[Opinion]) -> None:
        """Find topics and vectors of those that were not looked at yet."""
        new = {_key(opinion): opinion.article for opinion in opinions if _key(opinion) not in self.topics}
        if new:
            topics, vectors = self._look_at(list(new.values()))
            self.topics |= zip(new, map(int, self._model.topic_numbers(topics)), strict=True)
            for key, vector in zip(new, vectors, strict=True):
                if self._vectors.setdefault(key, vector) is vector and not vector.any():
                    self._illegible.add(key)

    def topic(self, opinion: Opinion) -> int:
        """The bundle's number of what was looked at; 0 if unknown."""
        return self.topics[_key(opinion)]

    def is_legible(self, opinion: Opinion) -> bool:
        """Whether the bundle can read what was looked at."""
        return _key(opinion) not in self._illegible

    def vectors(self, opinions: Sequence[Opinion]) -> Floats:
        """(num_opinions, dim) float32 of what was looked at."""
        if not opinions:
            return np.zeros((0, self._model.bundle.manifest.dim), np.float32)
        return np.stack([self._vectors[_key(opinion)] for opinion in opinions])


def _key(opinion: Opinion) -> str:
    return f"?{opinion.article.title}" if opinion.is_search else opinion.article.article_id
