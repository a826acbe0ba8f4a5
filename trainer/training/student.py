"""A student, its vocabulary and the texts it reads: what compression steps pass on and what becomes a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.article_text import text_of
from edge_runtime.model.token_table import TokenTable
from edge_runtime.model.tokens import SubwordEncoder
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.imported_encoder import ImportedEncoder
from trainer.models.rounded_encoder import Ranges
from trainer.models.text_input import TokenTableInput


@dataclass(frozen=True, slots=True)
class Storage:
    """How a student lies in its bundle."""

    table: TokenTable | None = None  # the rounded token table; None: the model's own numbers, float32
    encoders: str = "float32"  # what the TFLite files hold; one of `trainer.export.tflite.ENCODER_KINDS`


@dataclass(frozen=True, slots=True)
class Student:
    """Row i of the model's token table is the vector of `pieces[i]`."""

    pieces: list[str]
    model: ClickModel
    masks: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)  # by `named_weights`; False stays zero
    stored: Storage = Storage()
    notes: Mapping[str, Any] = field(default_factory=dict)  # what steps found out, for the report; JSON's own types
    ranges: Ranges = field(default_factory=dict)  # of the article encoder's activations, if training has learned them

    def copy(self) -> Student:
        """The same student with weights of its own."""
        return self.changed()

    def changed(
        self,
        *,
        text: TokenTableInput | None = None,
        article_encoder: ArticleEncoder | None = None,
        user_encoder: UserEncoder | None = None,
    ) -> Student:
        """A student with weights of its own and some new parts; masks of the parts that are replaced are dropped.

        So are the ranges of activations, which depend on both the text and the encoder.
        """
        old = self.model
        new_text = text or TokenTableInput(old.text.table.numpy(), old.text.token_ids.numpy())
        head = Head(old.head.num_topics, old.head.dim, old.head.without)
        head.set_weights(old.head.get_weights())
        model = ClickModel(
            new_text,
            article_encoder or _copied_article_encoder(old.article_encoder),
            user_encoder or _copied_user_encoder(old.user_encoder),
            head,
            old.topics.numpy(),
            dropout=0.0,
        )
        replaced = {"table": text, "article": article_encoder, "user": user_encoder}
        masks = {name: mask for name, mask in self.masks.items() if replaced.get(name.partition("/")[0]) is None}
        return replace(self, model=model, masks=masks, ranges={} if text or article_encoder else self.ranges)


def _copied_article_encoder(old: ArticleEncoder) -> ArticleEncoder:
    if isinstance(old, ImportedEncoder):  # never trained, so it can be shared
        return old
    new = ArticleEncoder(old.input_dim, old.hidden, old.dim, old.num_topics, old.ranks)
    new.set_numbers(old.numbers())
    return new


def _copied_user_encoder(old: UserEncoder) -> UserEncoder:
    new = UserEncoder(old.dim, old.hidden, old.ranks)
    new.set_numbers(old.numbers())
    return new


def tokenize(pieces: Sequence[str], articles: Sequence[Article]) -> list[list[int]]:
    """Token ids of every article's text."""
    encoder = SubwordEncoder(pieces)
    return [encoder.encode(text_of(article)) for article in articles]


def token_counts(student: Student, rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """How often each token is in some texts.

    Args:
        student: Its texts are looked at.
        rows: (n,) numbers of the texts that count.

    Returns:
        (num_tokens,) int64.
    """
    ids = student.model.text.token_ids.numpy()[rows]
    return np.bincount(ids[ids >= 0], minlength=len(student.pieces))
