"""Trained models between stages: weights as .npz with the sizes needed to build the model again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.token_table import TableFormat, table_from_bytes
from trainer.data.json_facts import Json, from_json, to_json
from trainer.errors import TrainerError
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.text_input import FrozenVectors, TokenTableInput, pad_tokens
from trainer.training.student import Storage, Student, tokenize

Arrays = dict[str, NDArray[Any]]  # by their names in the file


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What it takes to build a model again, beside its weights."""

    input_dim: int
    hidden: int
    dim: int
    user_hidden: int
    without: tuple[str, ...]
    ranks: Mapping[str, Mapping[str, int]]  # of factored kernels, by encoder
    topics: tuple[str, ...]
    pieces: tuple[str, ...] | None = None  # of a student, as all that follows
    encoders: str | None = None
    notes: Json | None = None
    ranges: Mapping[str, tuple[float, float]] | None = None  # of int8-aware training, by point
    table: TableFormat | None = None


def save_teacher(path: Path, model: ClickModel, topics: Sequence[str]) -> None:
    """Write a teacher, without its text vectors; whole or not at all."""
    _save(path, model, _facts(model, topics), {})


def save_student(path: Path, student: Student, topics: Sequence[str]) -> None:
    """Write a student with its masks and its rounded table, if it has them; whole or not at all."""
    arrays: Arrays = {f"mask/{name}": mask for name, mask in student.masks.items()}
    arrays["table"] = student.model.text.table.numpy()
    stored = student.stored.table
    if stored:
        arrays["stored_table"] = np.frombuffer(stored.to_bytes(), np.uint8)
    facts = replace(
        _facts(student.model, topics),
        pieces=tuple(student.pieces),
        encoders=student.stored.encoders,
        notes=dict(student.notes),
        ranges=dict(student.ranges),
        table=stored.format if stored else None,
    )
    _save(path, student.model, facts, arrays)


def _facts(model: ClickModel, topics: Sequence[str]) -> ModelFacts:
    encoder = model.article_encoder
    return ModelFacts(
        input_dim=encoder.input_dim,
        hidden=encoder.hidden,
        dim=encoder.dim,
        user_hidden=model.user_encoder.hidden,
        without=tuple(model.head.without),
        ranks={"article": encoder.ranks, "user": model.user_encoder.ranks},
        topics=tuple(topics),
    )


def _save(path: Path, model: ClickModel, facts: ModelFacts, arrays: Arrays) -> None:
    for name, part in (("article", model.article_encoder), ("user", model.user_encoder), ("head", model.head)):
        arrays = arrays | {f"{name}_{number}": weights for number, weights in enumerate(part.get_weights())}
    partial = path.with_name(path.stem + ".partial.npz")
    # NumPy's stubs take the names for options.
    np.savez(partial, **arrays, facts=np.array(json.dumps(to_json(facts))))  # type: ignore[arg-type]
    partial.replace(path)


def load_teacher(path: Path, text: FrozenVectors, topics: NDArray[np.int64]) -> ClickModel:
    """The teacher of a file, over the text vectors that it was trained on."""
    arrays, facts = _open(path)
    return _build(text, arrays, facts, topics)


def load_student(path: Path, articles: Sequence[Article], topics: NDArray[np.int64]) -> Student:
    """The student of a file, over some articles."""
    arrays, facts = _open(path)
    if facts.pieces is None or facts.encoders is None:
        raise TrainerError(f"{path}: is no student; run the stage that writes it again")
    pieces = list(facts.pieces)
    text = TokenTableInput(arrays["table"], pad_tokens(tokenize(pieces, articles)))
    table = None
    if facts.table:
        table = table_from_bytes(arrays["stored_table"].tobytes(), len(pieces), facts.input_dim, facts.table)
    masks = {name.removeprefix("mask/"): mask for name, mask in arrays.items() if name.startswith("mask/")}
    model = _build(text, arrays, facts, topics)
    stored = Storage(table, facts.encoders)
    return Student(pieces, model, masks, stored, facts.notes or {}, facts.ranges or {})


def _open(path: Path) -> tuple[Arrays, ModelFacts]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = dict(stored)
        return arrays, from_json(ModelFacts, json.loads(str(arrays.pop("facts"))))
    except (OSError, TypeError, ValueError, KeyError) as error:
        raise TrainerError(f"{path}: not a saved model: {error}; run the stage that writes it again") from error


def _build(
    text: FrozenVectors | TokenTableInput, arrays: Arrays, facts: ModelFacts, topics: NDArray[np.int64]
) -> ClickModel:
    num_topics, ranks = len(facts.topics), {name: dict(found) for name, found in facts.ranks.items()}
    model = ClickModel(
        text,
        ArticleEncoder(facts.input_dim, facts.hidden, facts.dim, num_topics, ranks["article"]),
        UserEncoder(facts.dim, facts.user_hidden, ranks["user"]),
        Head(num_topics, facts.dim, facts.without),
        topics,
        dropout=0.0,
    )
    for name, part in (("article", model.article_encoder), ("user", model.user_encoder), ("head", model.head)):
        part.set_weights([arrays[f"{name}_{number}"] for number in range(len(part.get_weights()))])
    return model
