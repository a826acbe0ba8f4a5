"""Cutting hidden units: what nothing listens to goes first, and what is left is what it was."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.errors import CompressionError
from trainer.measure.scores import all_vectors
from trainer.models.encoders import ArticleEncoder
from trainer.student_steps.prune_units import PruneUnits, prune_units, unit_importance
from trainer.student_steps.prune_weights import PruneWeights
from trainer.student_steps.taylor import BATCH, taylor_changes


def test_a_change_is_the_gradient_of_the_loss_times_the_weight(small):
    student, rows = small.student, small.data.rows[:BATCH]
    names = ["article/hidden_out", "article/bias"]
    (changes,) = taylor_changes(student.model, small.data.targets, rows, names)
    total = sum(float(change.sum()) for change in changes.values())

    def loss() -> float:
        vectors = student.model.article_vectors(tf.constant(rows)).numpy()
        return 1 - float(np.sum(vectors.astype(np.float64) * small.data.targets[rows], axis=1).mean())

    # Weights of (1 + e) times the size change the loss by e times the sum of gradient x weight.
    encoder, losses = student.model.article_encoder, []
    start = encoder.numbers()
    for share in (0.99, 1.01):
        encoder.hidden_out.assign(share * start["hidden_out"])
        encoder.bias.assign(share * start["bias"])
        losses.append(loss())
    assert losses[1] - losses[0] == approx(0.02 * total, rel=0.02)


def test_a_unit_that_nothing_listens_to_goes_first_and_changes_no_vector(small):
    student, data = small.student, small.data
    encoder = student.model.article_encoder
    outgoing = encoder.hidden_out.numpy()
    outgoing[5] = 0
    encoder.hidden_out.assign(outgoing)
    importance = unit_importance(student.model, data.targets, data.rows)
    assert importance[5] == 0
    assert (np.delete(importance, 5) > 0).all()
    smaller = prune_units(student, data.targets, data.rows, 15)
    assert (smaller.model.article_encoder.hidden_out.numpy() == np.delete(outgoing, 5, axis=0)).all()
    assert all_vectors(smaller.model) == approx(all_vectors(student.model), abs=1e-6)


def test_units_that_stay_are_bit_for_bit_what_they_were(small):
    student, data = small.student, small.data
    importance = unit_importance(student.model, data.targets, data.rows)
    kept = sorted(np.argsort(importance)[-8:])
    before = student.model.article_encoder.numbers()
    after = prune_units(student, data.targets, data.rows, 8).model.article_encoder.numbers()
    assert (after["hidden_in"] == before["hidden_in"][:, kept]).all()
    assert (after["hidden_bias"] == before["hidden_bias"][kept]).all()
    assert (after["hidden_out"] == before["hidden_out"][kept]).all()
    assert all((after[name] == before[name]).all() for name in ("projection", "topics", "bias"))


@pytest.mark.parametrize(("keep", "left"), [(0.01, 1), (0.67, 3), (0.6, 2), (1.0, 4)])
def test_the_number_of_units_is_rounded_to_the_nearest_but_never_none(keep, left):
    # 0.67 x 4 = 2.68, 0.6 x 4 = 2.4
    student = tiny_student([[1, 0]], [[0]], projection=np.eye(2), hidden_in=np.ones((2, 4)), hidden_out=np.ones((4, 2)))
    smaller = PruneUnits(keep=keep, epochs=0.0)(student, tiny_data([0], [[0.6, 0.8]]))
    assert smaller.model.article_encoder.hidden == left


def test_masks_are_cut_with_their_units(small):
    data = small.data
    masked = PruneWeights(sparsity=0.3, scope="layer", epochs=0.0)(small.student, data)
    smaller = prune_units(masked, data.targets, data.rows, 8)
    encoder = smaller.model.article_encoder.numbers()
    for name in ("hidden_in", "hidden_out"):
        mask = smaller.masks[f"article/{name}"]
        assert mask.shape == encoder[name].shape
        assert ((encoder[name] != 0) == mask).all()
    for name in ("table", "article/projection"):
        assert (smaller.masks[name] == masked.masks[name]).all()


@pytest.mark.usefixtures("long")
def test_half_of_the_units_make_a_smaller_bundle_that_still_ranks(small, tmp_path):
    parent = small.student
    smaller = PruneUnits(keep=0.5)(parent, small.data)
    assert smaller.model.article_encoder.hidden == 8
    assert parent.model.article_encoder.hidden == 16
    # Eight units of 32 incoming weights, 64 outgoing ones and a bias, 4 bytes each.
    gained = (
        small.export(parent, tmp_path / "parent").size_bytes - small.export(smaller, tmp_path / "smaller").size_bytes
    )
    assert gained == approx(4 * 8 * (32 + 64 + 1), rel=0.1)
    assert small.ndcg(smaller) > small.ndcg(parent) - 0.02


@pytest.mark.parametrize("keep", [0.0, 1.5])
def test_a_share_that_is_none_is_refused(small, keep):
    with pytest.raises(CompressionError, match=f"prune-units: keep is {keep}; give more than 0 and at most 1"):
        PruneUnits(keep=keep)(small.student, small.data)


def test_units_that_are_not_there_cannot_be_kept(small):
    student, data = small.student, small.data
    with pytest.raises(CompressionError, match="cannot keep 17 of 16 hidden units; choose 1 to 16"):
        prune_units(student, data.targets, data.rows, 17)
    flat = student.changed(article_encoder=ArticleEncoder(32, 0, 64, student.model.head.num_topics))
    with pytest.raises(CompressionError, match="the student has no hidden layer; leave the step out"):
        PruneUnits()(flat, data)


def test_a_factored_layer_is_refused(small):
    topics = small.student.model.head.num_topics
    factored = small.student.changed(article_encoder=ArticleEncoder(32, 16, 64, topics, {"hidden_in": 4}))
    with pytest.raises(CompressionError, match="factored; put prune-units before factorize-kernels"):
        PruneUnits()(factored, small.data)
