"""A student with its vocabulary: what compression steps pass on and what becomes a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_runtime.text import SubwordEncoder
from edge_runtime.types import Article
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
            Head(encoder.num_topics, encoder.dim),
            old.topics.numpy(),
            dropout=0.0,
        )
        for mine, theirs in ((new.article_encoder, encoder), (new.user_encoder, users), (new.head, head)):
            mine.set_weights(theirs.get_weights())
        return Student(self.pieces, new)


def text_of(article: Article) -> str:
    """What the article encoder reads of an article, here and on the device."""
    return article.title or article.abstract


def tokenize(pieces: Sequence[str], articles: Sequence[Article]) -> list[list[int]]:
    """Token ids of every article's text."""
    encoder = SubwordEncoder(pieces)
    return [encoder.encode(text_of(article)) for article in articles]
