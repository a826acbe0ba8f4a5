"""Trained models between stages: weights as .npz with the sizes needed to build the model again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.errors import TrainerError
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.text_input import FrozenVectors, TokenTableInput, pad_tokens
from trainer.student import Student, tokenize


def save_model(path: Path, model: ClickModel, topics: Sequence[str], pieces: Sequence[str] | None = None) -> None:
    """Write a teacher, or with `pieces` a student; whole or not at all."""
    encoder = model.article_encoder
    arrays: dict[str, NDArray[np.float32]] = {}
    for name, part in (("article", encoder), ("user", model.user_encoder), ("head", model.head)):
        arrays |= {f"{name}_{number}": weights for number, weights in enumerate(part.get_weights())}
    if pieces is not None:
        arrays["table"] = model.text.table.numpy()
    facts = {
        "input_dim": encoder.input_dim,
        "hidden": encoder.hidden,
        "dim": encoder.dim,
        "user_hidden": model.user_encoder.hidden,
        "without": list(model.head.without),
        "topics": list(topics),
        "pieces": pieces,
    }
    partial = path.with_name(path.stem + ".partial.npz")
    arrays_and_facts: dict[str, Any] = {**arrays, "facts": np.array(json.dumps(facts))}
    np.savez(partial, **arrays_and_facts)
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
    return Student(pieces, _build(text, arrays, facts, topics))


def _open(path: Path) -> tuple[dict[str, NDArray[np.float32]], dict[str, Any]]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = dict(stored)
        return arrays, json.loads(str(arrays.pop("facts")))
    except (OSError, ValueError, KeyError) as error:
        raise TrainerError(f"{path}: not a saved model: {error}; run the stage that writes it again") from error


def _build(
    text: FrozenVectors | TokenTableInput,
    arrays: dict[str, NDArray[np.float32]],
    facts: dict[str, Any],
    topics: NDArray[np.int64],
) -> ClickModel:
    num_topics = len(facts["topics"])
    model = ClickModel(
        text,
        ArticleEncoder(facts["input_dim"], facts["hidden"], facts["dim"], num_topics),
        UserEncoder(facts["dim"], facts["user_hidden"]),
        Head(num_topics, facts["dim"], facts.get("without", ())),
        topics,
        dropout=0.0,
    )
    for name, part in (("article", model.article_encoder), ("user", model.user_encoder), ("head", model.head)):
        part.set_weights([arrays[f"{name}_{number}"] for number in range(len(part.get_weights()))])
    return model
