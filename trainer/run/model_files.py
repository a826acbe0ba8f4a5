"""Trained models between stages: weights as .npz with the sizes needed to build the model again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.token_table import TableFormat, table_from_bytes
from trainer.errors import TrainerError
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.text_input import FrozenVectors, TokenTableInput, pad_tokens
from trainer.training.student import Storage, Student, tokenize


def save_teacher(path: Path, model: ClickModel, topics: Sequence[str]) -> None:
    """Write a teacher, without its text vectors; whole or not at all."""
    _save(path, model, topics, {}, {})


def save_student(path: Path, student: Student, topics: Sequence[str]) -> None:
    """Write a student with its masks and its rounded table, if it has them; whole or not at all."""
    arrays: dict[str, Any] = {f"mask/{name}": mask for name, mask in student.masks.items()}
    arrays["table"] = student.model.text.table.numpy()
    facts: dict[str, Any] = {
        "pieces": student.pieces,
        "encoders": student.stored.encoders,
        "notes": dict(student.notes),
        "ranges": dict(student.ranges),
    }
    if student.stored.table:
        arrays["stored_table"] = np.frombuffer(student.stored.table.to_bytes(), np.uint8)
        facts["table"] = asdict(student.stored.table.format)
    _save(path, student.model, topics, arrays, facts)


def _save(path: Path, model: ClickModel, topics: Sequence[str], arrays: dict[str, Any], facts: dict[str, Any]) -> None:
    encoder = model.article_encoder
    for name, part in (("article", encoder), ("user", model.user_encoder), ("head", model.head)):
        arrays = arrays | {f"{name}_{number}": weights for number, weights in enumerate(part.get_weights())}
    sizes = {
        "input_dim": encoder.input_dim,
        "hidden": encoder.hidden,
        "dim": encoder.dim,
        "user_hidden": model.user_encoder.hidden,
        "without": list(model.head.without),
        "ranks": {"article": encoder.ranks, "user": model.user_encoder.ranks},
        "topics": list(topics),
    }
    partial = path.with_name(path.stem + ".partial.npz")
    np.savez(partial, **arrays, facts=np.array(json.dumps({**sizes, **facts})))
    partial.replace(path)


def load_teacher(path: Path, text: FrozenVectors, topics: NDArray[np.int64]) -> ClickModel:
    """The teacher of a file, over the text vectors that it was trained on."""
    arrays, facts = _open(path)
    return _build(text, arrays, facts, topics)


def load_student(path: Path, articles: Sequence[Article], topics: NDArray[np.int64]) -> Student:
    """The student of a file, over some articles."""
    arrays, facts = _open(path)
    pieces = facts["pieces"]
    text = TokenTableInput(arrays["table"], pad_tokens(tokenize(pieces, articles)))
    table = None
    if "table" in facts:
        stored = arrays["stored_table"].tobytes()
        table = table_from_bytes(stored, len(pieces), facts["input_dim"], TableFormat(**facts["table"]))
    masks = {name.removeprefix("mask/"): mask for name, mask in arrays.items() if name.startswith("mask/")}
    model = _build(text, arrays, facts, topics)
    ranges = {point: (low, high) for point, (low, high) in facts.get("ranges", {}).items()}
    return Student(pieces, model, masks, Storage(table, facts["encoders"]), facts["notes"], ranges)


def _open(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = dict(stored)
        return arrays, json.loads(str(arrays.pop("facts")))
    except (OSError, ValueError, KeyError) as error:
        raise TrainerError(f"{path}: not a saved model: {error}; run the stage that writes it again") from error


def _build(
    text: FrozenVectors | TokenTableInput,
    arrays: dict[str, NDArray[Any]],
    facts: dict[str, Any],
    topics: NDArray[np.int64],
) -> ClickModel:
    num_topics = len(facts["topics"])
    model = ClickModel(
        text,
        ArticleEncoder(facts["input_dim"], facts["hidden"], facts["dim"], num_topics, facts["ranks"]["article"]),
        UserEncoder(facts["dim"], facts["user_hidden"], facts["ranks"]["user"]),
        Head(num_topics, facts["dim"], facts["without"]),
        topics,
        dropout=0.0,
    )
    for name, part in (("article", model.article_encoder), ("user", model.user_encoder), ("head", model.head)):
        part.set_weights([arrays[f"{name}_{number}"] for number in range(len(part.get_weights()))])
    return model
