"""A student, its vocabulary and the texts it reads: what compression steps pass on and what becomes a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_runtime.text import SubwordEncoder
from edge_runtime.types import Article
from trainer.data.dataset import ClickDataset, Impressions
from trainer.errors import LogError
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.text_input import TokenTableInput


@dataclass(frozen=True, slots=True)
class Student:
    """Row i of the model's token table is the vector of `pieces[i]`."""

    pieces: list[str]
    model: ClickModel

    def copy(self) -> Student:
        """The same student with weights of its own."""
        old = self.model
        encoder, users, head = old.article_encoder, old.user_encoder, old.head
        text = TokenTableInput(old.text.table.numpy(), old.text.token_ids.numpy())
        new = ClickModel(
            text,
            ArticleEncoder(encoder.input_dim, encoder.hidden, encoder.dim, encoder.num_topics),
            UserEncoder(users.dim, users.hidden),
            Head(encoder.num_topics, encoder.dim, head.without),
            old.topics.numpy(),
            dropout=0.0,
        )
        for mine, theirs in ((new.article_encoder, encoder), (new.user_encoder, users), (new.head, head)):
            mine.set_weights(theirs.get_weights())
        return Student(self.pieces, new)


@dataclass(frozen=True, slots=True)
class StudentTexts:
    """What a student reads: the dataset's articles row by row, then what else there is in further languages."""

    articles: list[Article]
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


def text_of(article: Article) -> str:
    """What the article encoder reads of an article, here and on the device."""
    return article.title or article.abstract


def tokenize(pieces: Sequence[str], articles: Sequence[Article]) -> list[list[int]]:
    """Token ids of every article's text."""
    encoder = SubwordEncoder(pieces)
    return [encoder.encode(text_of(article)) for article in articles]
