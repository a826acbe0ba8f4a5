"""A student small enough to work out by hand: a few tokens, one kernel or two, nothing trained."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import numpy as np

from edge_runtime import Article
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.text_input import TokenTableInput, pad_tokens
from trainer.settings.config import DistillationSettings, TrainingSettings
from trainer.training.student import Student
from trainer.training.student_data import StudentData


def tiny_student(table: Sequence, titles: Sequence[Sequence[int]], **weights: Sequence) -> Student:
    """A student whose encoders are zero, except for some weights.

    Args:
        table: (num_tokens, token_dim) the token table.
        titles: Token numbers of each title.
        weights: Of the article encoder, by name; `projection` says how long a vector is. `hidden_in`, if given, says
            how many hidden units there are.
    """
    arrays = {name: np.array(values, np.float32) for name, values in weights.items()}
    token_dim, dim = arrays["projection"].shape
    hidden = arrays["hidden_in"].shape[1] if "hidden_in" in arrays else 0
    encoder = ArticleEncoder(token_dim, hidden, dim, num_topics=1)
    encoder.set_numbers({name: np.zeros_like(zeros) for name, zeros in encoder.numbers().items()} | arrays)
    text = TokenTableInput(np.array(table, np.float32), pad_tokens(titles))
    topics = np.zeros(len(titles), np.int64)
    model = ClickModel(text, encoder, UserEncoder(dim, 0), Head(1, dim), topics, dropout=0.0)
    return Student(["[UNK]", *(f"token{number}" for number in range(1, len(table)))], model)


def tiny_data(rows: Sequence[int], targets: Sequence | None = None) -> StudentData:
    """What a step is given that trains on titles at most; there are no clicks.

    Args:
        rows: Titles to learn from.
        targets: (num_titles, dim) the teacher's vectors; none if nothing asks for them.
    """

    @contextlib.contextmanager
    def bar(title: str, steps: int) -> Iterator[object]:
        yield lambda count: None

    return StudentData(
        articles=[Article(article_id=str(row), title="") for row in range(max(rows) + 1)],
        rows=np.array(rows, np.int32),
        targets=np.zeros((max(rows) + 1, 1), np.float32) if targets is None else np.array(targets, np.float32),
        teacher=None,
        train=None,
        published_s=np.zeros(0),
        distillation=DistillationSettings(),
        refit=TrainingSettings(),
        seed=(1,),
        bar=bar,
    )
