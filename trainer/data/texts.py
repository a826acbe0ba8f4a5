"""What a student reads of a dataset, in one language or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.article_text import text_of
from trainer.data.dataset import ClickDataset, Impressions
from trainer.errors import LogError


@dataclass(frozen=True, slots=True)
class StudentTexts:
    """What a student reads: the dataset's articles row by row, then what else there is in further languages."""

    articles: Sequence[Article]
    origin: NDArray[np.int32]  # (num_texts,) whose teacher vector a text shall get: a row of the dataset

    def has_text(self) -> NDArray[np.bool_]:
        """(num_texts,) whether there is anything to read."""
        return np.array([bool(text_of(article)) for article in self.articles])

    def readable(self, impressions: Impressions) -> Impressions:
        """Lists and histories of the articles that have text here; see `Impressions.restricted`."""
        return impressions.restricted(self.has_text())

    def training_rows(self, dataset: ClickDataset) -> NDArray[np.int32]:
        """Rows of the texts of articles that training may read; see `ClickDataset.training_rows`."""
        may_read = np.zeros(len(dataset.articles), bool)
        may_read[dataset.training_rows()] = True
        return np.flatnonzero(may_read[self.origin] & self.has_text()).astype(np.int32)


def student_texts(dataset: ClickDataset, languages: Sequence[str]) -> StudentTexts:
    """The texts of a student of some languages.

    Args:
        dataset: Without translations its articles are read as they are.
        languages: An article's row holds its text in the first of them that it has, or none.

    Raises:
        LogError: No article has text in one of the languages.
    """
    num_articles = len(dataset.articles)
    if not len(dataset.translations):
        return StudentTexts(dataset.articles, np.arange(num_articles, dtype=np.int32))
    main = [replace(article, title="", abstract="") for article in dataset.articles]
    further: list[tuple[int, Article]] = []
    for language in languages:
        texts = dataset.texts([language])
        if not texts:
            raise LogError(f"no article has text in {language!r}: give it with --translations {language}=FILE")
        for row, article in texts:
            if text_of(main[row]):
                further.append((row, article))
            else:
                main[row] = article
    origin = np.array([*range(num_articles), *(row for row, _ in further)], np.int32)
    return StudentTexts([*main, *(article for _, article in further)], origin)
