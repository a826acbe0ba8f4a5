"""An encoder that Keras cannot train, in the place of one that it can: gradients pass it, and its file counts."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from edge_runtime import NewsModel, read_bundle
from edge_runtime.model.news_model import unit_rows
from trainer.errors import ExportError
from trainer.export.bundle import BundleOrigin, Provenance, export_bundle
from trainer.export.tflite import convert_encoder
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.imported_encoder import ImportedEncoder
from trainer.models.text_input import TokenTableInput
from trainer.student_steps.quantize import round_rows
from trainer.training.student import Student

PIECES = ["[UNK]", *"abcdefghijklmnopqrstuvwxyz", *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")]


@functools.cache
def doubling_file():
    """2 columns in, vectors of twice their values."""
    keras_encoder = ArticleEncoder(2, 0, 2, 1)
    keras_encoder.set_numbers(keras_encoder.numbers() | {"projection": 2 * np.eye(2, dtype=np.float32)})
    inputs = {"pooled": np.eye(2, dtype=np.float32), "topics": np.ones((2, 1), np.float32)}
    return convert_encoder(keras_encoder, inputs, "float32")


def doubling(turned=1.0):
    """An encoder of that file; "the original" may differ from it by a factor a column."""
    factors = np.array([2.0, 2.0 * turned], np.float32)
    files = {"float32": doubling_file()}
    return ImportedEncoder(
        2, 2, 1, files, lambda pooled, topics: pooled * factors, lambda pooled, topics, of: of * factors
    )


def student_of(encoder):
    rows = np.random.default_rng(0).normal(size=(len(PIECES), 2)).astype(np.float32)
    text = TokenTableInput(rows, np.array([[1, 2], [3, -1]], np.int32))
    return Student(PIECES, ClickModel(text, encoder, UserEncoder(2, 0), Head(1, 2), np.zeros(2, np.int64), 0.0))


def exported(student, path):
    origin = BundleOrigin(("",), np.arange(2, dtype=np.int32), 50, Provenance("nothing", "none", ("en",), 0))
    export_bundle(round_rows(student, "int8", "float32"), origin, path)
    return read_bundle(path)


def test_it_computes_what_its_original_does_and_gradients_pass_it():
    encoder, pooled = doubling(), tf.Variable([[1.0, 3.0]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(encoder(pooled, tf.ones((1, 1))) ** 2)
    # y = 2 x, so the loss is 4 (x1^2 + x2^2) and its gradient 8 x
    assert float(loss) == approx(40)
    assert tape.gradient(loss, pooled).numpy().tolist() == [[8.0, 24.0]]
    assert encoder.trainable_weights == []


def test_a_bundle_holds_its_file_and_the_originals_vectors(tmp_path):
    bundle = exported(student_of(doubling()), tmp_path / "news.bundle")
    encoder = doubling()
    assert bundle.article_encoder == encoder.file("float32")
    NewsModel(bundle).check_golden()
    assert np.linalg.norm(bundle.golden.vectors, axis=1) == approx(1, abs=0.02)


def test_a_file_that_is_not_its_originals_is_refused(tmp_path):
    # 10 times as much in one column turns the vectors by up to 55 degrees
    with pytest.raises(
        ExportError, match=r"as 'float32' the imported encoder has a cosine of 0\.\d+.*0\.995 is wanted"
    ):
        exported(student_of(doubling(turned=10.0)), tmp_path / "news.bundle")
    assert list(tmp_path.iterdir()) == []


def test_a_kind_that_was_not_imported_is_refused():
    with pytest.raises(ExportError, match="'int8'; choose float32"):
        convert_encoder(doubling(), {"pooled": np.ones((1, 2), np.float32)}, "int8")


def test_a_copy_of_its_student_shares_it_and_keeps_a_table_of_its_own():
    student = student_of(doubling())
    copy = student.copy()
    copy.model.text.table.assign(0 * copy.model.text.table)
    assert copy.model.article_encoder is student.model.article_encoder
    assert np.abs(student.model.text.table.numpy()).max() > 0
    assert unit_rows(student.model.article_vectors(tf.constant([0])).numpy()).shape == (1, 2)
