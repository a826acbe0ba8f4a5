"""Cutting dimensions of the token table: what is empty goes first, and table and kernels are truly narrower."""

from __future__ import annotations

import numpy as np
import pytest
from pytest import approx

from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.errors import CompressionError
from trainer.measure.scores import all_vectors
from trainer.models.encoders import ArticleEncoder
from trainer.models.overlay import TABLE
from trainer.student_steps.prune_dimensions import PruneDimensions, dimension_importance, prune_dimensions
from trainer.student_steps.prune_weights import PruneWeights


def test_an_empty_dimension_goes_first_and_changes_no_vector(small):
    student, data = small.student, small.data
    table = student.model.text.table.numpy()
    table[:, 7] = 0
    student.model.text.table.assign(table)
    importance = dimension_importance(student.model, data.targets, data.rows)
    assert importance[7] == 0
    assert (np.delete(importance, 7) > 0).all()
    narrower = prune_dimensions(student, data.targets, data.rows, 31)
    assert (narrower.model.text.table.numpy() == np.delete(table, 7, axis=1)).all()
    assert all_vectors(narrower.model) == approx(all_vectors(student.model), abs=1e-5)


def test_what_is_left_is_as_long_on_average_as_it_was(small):
    student, data = small.student, small.data
    narrower = prune_dimensions(student, data.targets, data.rows, 16)
    before, after = student.model.article_encoder.numbers(), narrower.model.article_encoder.numbers()
    old, new = student.model.text.table.numpy(), narrower.model.text.table.numpy()
    kept = [int(np.flatnonzero((old == column[:, None]).all(axis=0))[0]) for column in new.T]
    length = np.linalg.norm(student.model.text(data.rows).numpy()[:, kept], axis=1).mean()
    assert 0.5 < length < 1
    for name in ("projection", "hidden_in"):
        assert after[name] == approx(before[name][kept] * length)
    assert all((after[name] == before[name]).all() for name in ("hidden_bias", "hidden_out", "topics", "bias"))


@pytest.mark.parametrize(("keep", "left"), [(0.01, 1), (0.67, 3), (0.6, 2), (1.0, 4)])
def test_the_number_of_dimensions_is_rounded_to_the_nearest_but_never_none(keep, left):
    # 0.67 x 4 = 2.68, 0.6 x 4 = 2.4
    student = tiny_student([[1, 2, 3, 4]], [[0]], projection=np.eye(4))
    narrower = PruneDimensions(keep=keep, epochs=0.0)(student, tiny_data([0], [[0.5, 0.5, 0.5, 0.5]]))
    assert narrower.model.text.table.shape == (1, left)


def test_masks_are_cut_with_their_dimensions(small):
    data = small.data
    masked = PruneWeights(sparsity=0.3, scope="layer", epochs=0.0)(small.student, data)
    narrower = prune_dimensions(masked, data.targets, data.rows, 16)
    encoder = narrower.model.article_encoder.numbers()
    weights = {TABLE: narrower.model.text.table.numpy()} | {f"article/{name}": part for name, part in encoder.items()}
    for name in (TABLE, "article/projection", "article/hidden_in"):
        assert narrower.masks[name].shape == weights[name].shape
        assert (weights[name][~narrower.masks[name]] == 0).all()
        assert (weights[name][narrower.masks[name]] != 0).any()
    assert (narrower.masks["article/hidden_out"] == masked.masks["article/hidden_out"]).all()


@pytest.mark.usefixtures("long")
def test_three_quarters_of_the_dimensions_make_a_smaller_bundle_that_still_ranks(small, tmp_path):
    parent = small.student
    narrower = PruneDimensions(keep=0.75)(parent, small.data)
    encoder = narrower.model.article_encoder
    assert narrower.model.text.table.shape == (len(parent.pieces), 24)
    assert encoder.projection.shape == (24, 64)
    assert encoder.hidden_in.shape == (24, 16)
    assert parent.model.text.table.shape[1] == 32
    # Eight columns of the table, and eight rows of kernels 64 and 16 wide, 4 bytes a number.
    gained = (
        small.export(parent, tmp_path / "parent").size_bytes - small.export(narrower, tmp_path / "narrower").size_bytes
    )
    assert gained == approx(4 * 8 * (len(parent.pieces) + 64 + 16), rel=0.01)
    assert small.ndcg(narrower) > small.ndcg(parent) - 0.03


def test_a_student_without_a_hidden_layer_has_only_its_projection_cut(small):
    student = small.student
    flat = student.changed(article_encoder=ArticleEncoder(32, 0, 64, student.model.head.num_topics))
    narrower = prune_dimensions(flat, small.data.targets, small.data.rows, 20)
    assert narrower.model.article_encoder.projection.shape == (20, 64)


@pytest.mark.parametrize("keep", [0.0, 1.5])
def test_a_share_that_is_none_is_refused(small, keep):
    with pytest.raises(CompressionError, match=f"prune-dimensions: keep is {keep}; give more than 0 and at most 1"):
        PruneDimensions(keep=keep)(small.student, small.data)


def test_dimensions_that_are_not_there_cannot_be_kept(small):
    with pytest.raises(CompressionError, match="cannot keep 33 of 32 dimensions; choose 1 to 32"):
        prune_dimensions(small.student, small.data.targets, small.data.rows, 33)


@pytest.mark.parametrize("name", ["projection", "hidden_in"])
def test_a_factored_kernel_is_refused(small, name):
    topics = small.student.model.head.num_topics
    factored = small.student.changed(article_encoder=ArticleEncoder(32, 16, 64, topics, {name: 4}))
    with pytest.raises(CompressionError, match=f"{name} is factored; put prune-dimensions before factorize-kernels"):
        PruneDimensions()(factored, small.data)
