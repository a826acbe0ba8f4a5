"""The fewest bytes that a candidate's bundle can have, known before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime import read_bundle
from edge_runtime.model.token_table import quantize_rows
from edge_runtime.model.tokens import pack_pieces
from trainer.export.bundle import BundleOrigin, export_bundle
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.text_input import TokenTableInput, pad_tokens
from trainer.search.methods import LEAST_TOKENS, WIDTH_STEP
from trainer.search.space import PART_BITS, TABLES, VOCABULARIES, final_shape, table_format
from trainer.student_steps.recipe import Recipe, recipe_from
from trainer.training.run_data import RunData
from trainer.training.student import Storage, Student, tokenize

# A part of the pieces takes at least so much of its share of the bytes of all. Measured on 1,000, 4,000 and 14,000
# English pieces of which 40 to 90 % stayed: at least 0.99 by importance, and 0.71 if only the shortest stayed.
PIECES_SHARE = 0.7
# Of an encoder's weights, what deflate leaves at least; trained ones measured 0.8 to 0.95.
WEIGHTS_SHARE = 0.7
WEIGHT_BYTES = {"int8": 1, "dynamic": 1, "float16": 2, "float32": 4}  # by the kind of encoders


@dataclass(frozen=True, slots=True)
class SizeBound:
    """Lower bounds for candidates of one run."""

    fixed_bytes: int  # of a real bundle without training, less its table, vocabulary and article encoder
    dim: int  # of an article's vector

    def of(self, recipe: Recipe, pieces: Sequence[str]) -> int:
        """Bytes that the bundle of a recipe has at least.

        The table is exact. Deflated numbers that are not known yet count at the least share that they were measured to
        take. Zeros of masks and factors of kernels could take nothing, so encoders with them count nothing.

        Args:
            recipe: From `propose`.
            pieces: The vocabulary before pruning.
        """
        shape = final_shape(recipe, len(pieces))
        numbers = shape.token_dim * self.dim + (shape.token_dim + self.dim) * shape.hidden if shape.whole else 0
        last: Any = recipe.steps[-1]
        return self._without_encoder(recipe, pieces) + math.floor(numbers * WEIGHT_BYTES[last.encoders] * WEIGHTS_SHARE)

    def _without_encoder(self, recipe: Recipe, pieces: Sequence[str]) -> int:
        shape = final_shape(recipe, len(pieces))
        vocabulary = len(pack_pieces(pieces))
        if shape.tokens < len(pieces):
            vocabulary = math.floor(vocabulary * PIECES_SHARE * shape.tokens / len(pieces))
        return self.fixed_bytes + table_format(recipe).size_bytes(shape.tokens, shape.token_dim) + vocabulary

    def smallest(self, pieces: Sequence[str]) -> int:
        """The least bound of all candidates.

        Args:
            pieces: The smallest vocabulary.
        """
        student = {"vocabulary_size": VOCABULARIES[0], "token_dim": WIDTH_STEP, "hidden": 0}
        cut = {"method": "prune-vocabulary", "keep": LEAST_TOKENS}
        tables = [{"method": "quantize", "table": table, "parts": 1, "bits": PART_BITS[0]} for table in TABLES]
        recipes = [recipe_from({"student": student, "step": [cut, table]}, "search") for table in tables]
        return min(self._without_encoder(recipe, pieces) for recipe in recipes)


def measure_bound(data: RunData, dim: int, origin: BundleOrigin, pieces: Sequence[str], bundle: Path) -> SizeBound:
    """Write a bundle of the smallest encoders, untrained, and take from its bytes what every bundle has to have.

    An untrained head is mostly zeros and the user encoder one diagonal: no training makes them smaller.

    Args:
        data: Of the run; no teacher is needed.
        dim: Of an article's vector.
        origin: Of the run's bundles.
        pieces: Any vocabulary.
        bundle: Where the bundle goes.
    """
    num_topics = len(data.topics)
    rng = np.random.default_rng(0)
    table = rng.normal(size=(len(pieces), WIDTH_STEP)).astype(np.float32)
    model = ClickModel(
        TokenTableInput(table, pad_tokens(tokenize(pieces, data.texts.articles))),
        ArticleEncoder(WIDTH_STEP, 0, dim, num_topics),
        UserEncoder(dim, 0),
        Head(num_topics, dim),
        data.text_topics,
        dropout=0.0,
    )
    student = Student(list(pieces), model, stored=Storage(quantize_rows(table, 8), "int8"))
    export_bundle(student, origin, bundle)
    found = read_bundle(bundle)
    counted = sum(found.member_bytes[name] for name in ("token_table", "vocabulary", "article_encoder"))
    return SizeBound(found.size_bytes - counted, dim)
