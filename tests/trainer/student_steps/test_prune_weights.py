"""Unstructured pruning: the exact number of zeros, by importance, and zeros that stay."""

from __future__ import annotations

import dataclasses
import gzip
from types import MappingProxyType

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from edge_runtime.model.token_table import quantize_rows
from tests.trainer.student_steps.tiny import tiny_student
from trainer.errors import CompressionError, TrainingError
from trainer.models.overlay import TABLE, named_weights, weight_arrays
from trainer.student_steps.prune_weights import (
    IMPORTANCES,
    Magnitude,
    Movement,
    PruneWeights,
    RisingMasks,
    Taylor,
    remove_weights,
)
from trainer.student_steps.step import fine_tune

LAYERS = PruneWeights().layers


def without_clicks(data):
    """Fine-tuning on titles alone, which is faster."""
    return dataclasses.replace(data, refit=dataclasses.replace(data.refit, click_epochs=0.0, list_steps=0))


def pruned_share(masks) -> float:
    return 1 - np.concatenate([mask.ravel() for mask in masks.values()]).mean()


def test_the_share_of_zeros_rises_as_zhu_and_gupta_have_it(small):
    student = small.student
    masks = RisingMasks(student, LAYERS, Magnitude(student, small.data, LAYERS), 0.8, "global", steps=30)
    weights = {name: weight.value for name, weight in named_weights(student.model).items()}
    shares = []
    for _ in range(30):
        masks.values(weights)
        shares.append(pruned_share(masks.final()))
    # It rises for two thirds of the steps, 20, from the first to the last: 0.8 * (1 - (19 / 20)^3) = 0.1141 after one,
    # 0.8 * (1 - (1 / 2)^3) = 0.7 after ten.
    assert [shares[0], shares[9], *shares[19:]] == approx([0.1141, 0.7] + [0.8] * 11, abs=2e-5)
    assert shares == sorted(shares)


class Remembered:
    """Scores by size, and what they were asked of."""

    trained = MappingProxyType({})

    def __init__(self):
        self.asked = []

    def scores(self, weights, read):
        self.asked.append((weights["a"].numpy().tolist(), read["a"].numpy().tolist()))
        return {"a": tf.abs(weights["a"])}


def test_importance_is_asked_for_anew_whenever_the_masks_are_and_only_then(monkeypatch):
    weights = {"a": tf.Variable([1.0, 2.0, 3.0, 4.0])}
    monkeypatch.setattr("trainer.student_steps.prune_weights.named_weights", lambda model: weights)
    importance = Remembered()
    masks = RisingMasks(tiny_student([[1]], [[0]], projection=[[1]]), ["a"], importance, 0.5, "global", steps=60)
    for taken in range(1, 61):
        weights["a"].assign([1.0, 2.0, 3.0, float(taken)])
        masks.values({"a": weights["a"].value()})
    # Two thirds of 60 steps are 40: the masks are renewed with every second one, from weights of that very step.
    assert [asked[3] for asked, _ in importance.asked] == list(range(2, 41, 2))
    assert [read.count(0) for _, read in importance.asked[:6]] == [0, 0, 1, 1, 1, 1]
    assert masks.final()["a"].tolist() == [False, False, True, True]


def test_final_masks_do_not_follow_the_weights_any_more(small):
    student = small.student
    masks = RisingMasks(student, LAYERS, Magnitude(student, small.data, LAYERS), 0.5, "global", steps=1)
    weights = {name: weight.value for name, weight in named_weights(student.model).items()}
    masks.values(weights)
    before = masks.final()
    masks.values(
        {name: 1 / (1 + tf.abs(weight)) for name, weight in weights.items()}
    )  # the smallest are the largest now
    assert all((mask == before[name]).all() for name, mask in masks.final().items())


@pytest.mark.parametrize(
    "importance",
    ["magnitude", *(pytest.param(name, marks=pytest.mark.long) for name in IMPORTANCES if name != "magnitude")],
)
def test_a_pruned_student_has_the_promised_zeros_and_still_ranks(small, importance):
    parent = PruneWeights(sparsity=0.2, scope="layer", epochs=0.0)(small.student, small.data)
    before = weight_arrays(parent.model)
    pruned = PruneWeights(sparsity=0.5, importance=importance)(parent, without_clicks(small.data))
    after = weight_arrays(pruned.model)
    total = sum(before[name].size for name in LAYERS)
    assert sum((~mask).sum() for mask in pruned.masks.values()) == round(0.5 * total)
    assert all((after[name][~mask] == 0).all() for name, mask in pruned.masks.items())
    # Masks of an earlier step are only extended, and the student that was given has its weights still.
    assert all(not pruned.masks[name][~mask].any() for name, mask in parent.masks.items())
    assert all((weight_arrays(parent.model)[name] == before[name]).all() for name in before)
    assert small.ndcg(pruned) > small.ndcg(small.student) - 0.03


def test_a_lower_sparsity_than_that_of_an_earlier_step_changes_nothing(small):
    first = PruneWeights(sparsity=0.4, scope="layer", epochs=0.0)(small.student, small.data)
    lower = PruneWeights(sparsity=0.2, importance="taylor", epochs=0.0)(first, small.data)
    assert all((lower.masks[name] == mask).all() for name, mask in first.masks.items())
    assert all(
        (weight == weight_arrays(lower.model)[name]).all() for name, weight in weight_arrays(first.model).items()
    )


def test_each_layer_has_its_share_of_zeros_if_each_has_its_threshold(small):
    pruned = PruneWeights(sparsity=0.3, scope="layer", epochs=0.0)(small.student, small.data)
    assert set(pruned.masks) == set(LAYERS)
    for mask in pruned.masks.values():
        assert (~mask).sum() == round(0.3 * mask.size)


def test_only_the_named_layers_are_pruned(small):
    student = small.student
    pruned = PruneWeights(layers=("article/projection",), epochs=0.0)(student, small.data)
    before, after = weight_arrays(student.model), weight_arrays(pruned.model)
    assert [name for name in before if (before[name] != after[name]).any()] == ["article/projection"]
    removed = np.abs(before["article/projection"])[~pruned.masks["article/projection"]]
    assert removed.max() <= np.abs(after["article/projection"])[pruned.masks["article/projection"]].min()


def test_zeros_stay_exactly_zero_through_later_fine_tuning(small):
    pruned = PruneWeights(epochs=0.0)(small.student, small.data)
    before = weight_arrays(pruned.model)
    fine_tune(pruned, small.data, 1.0, "later", clicks=False)
    after = weight_arrays(pruned.model)
    assert all((after[name][~mask] == 0).all() for name, mask in pruned.masks.items())
    assert all((after[name][mask] != before[name][mask]).any() for name, mask in pruned.masks.items())


def test_masks_of_other_layers_stay(small):
    first = PruneWeights(layers=("article/hidden_in",), epochs=0.0)(small.student, small.data)
    second = PruneWeights(layers=(TABLE,), epochs=0.0)(first, small.data)
    assert (second.masks["article/hidden_in"] == first.masks["article/hidden_in"]).all()
    assert set(second.masks) == {"article/hidden_in", TABLE}


def test_weights_that_no_title_needs_have_no_taylor_importance(small):
    student = small.student
    student.model.article_encoder.hidden_out[3].assign(np.zeros(64))
    weights = {name: weight.value for name, weight in named_weights(student.model).items()}
    scores = Taylor(student, small.data, ["article/hidden_in", TABLE]).scores(weights, weights)
    unread = np.ones(len(student.pieces), bool)
    unread[np.maximum(student.model.text.token_ids.numpy()[small.data.rows], 0)] = False
    assert unread.any()
    assert (scores[TABLE].numpy()[unread] == 0).all()
    assert (scores["article/hidden_in"].numpy()[:, 3] == 0).all()  # what the unit hears is never told


def test_movement_feels_the_gradient_of_a_removed_weight(small):
    student = small.student
    name = "article/projection"
    movement = Movement(student, small.data, [name])
    masks = RisingMasks(student, [name], movement, 0.5, "global", steps=1)
    weights = {name: named_weights(student.model)[name].value}
    with tf.GradientTape() as tape:
        read = masks.values(weights)[name]
        loss = tf.reduce_sum(3 * read)
    # d loss / d score = gradient of what is read, 3, times the weight, masked or not.
    assert tape.gradient(loss, movement.trained[name]).numpy() == approx(3 * weights[name].numpy())
    assert (read.numpy() == weights[name].numpy() * masks.final()[name]).all()


def test_zeros_make_the_compressed_table_smaller(small):
    student = small.student
    pruned = PruneWeights(sparsity=0.8, epochs=0.0)(student, small.data)
    sizes = [
        len(gzip.compress(quantize_rows(one.model.text.table.numpy(), 8).to_bytes(), mtime=0))
        for one in (student, pruned)
    ]
    assert sizes[1] < 0.5 * sizes[0]


def test_removal_leaves_the_student_that_was_given(small):
    student = small.student
    mask = np.ones(student.model.text.table.shape, bool)
    mask[5] = False
    removed = remove_weights(student, {TABLE: mask})
    assert (removed.model.text.table.numpy()[5] == 0).all()
    assert (student.model.text.table.numpy()[5] != 0).any()
    assert not student.masks


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sparsity": 0.0}, "sparsity is 0.0; give more than 0"),
        ({"sparsity": 1.0}, "sparsity is 1.0; give more than 0 and less than 1"),
        ({"importance": "size"}, "importance is 'size'; choose magnitude, taylor, movement"),
        ({"scope": "unit"}, "scope is 'unit'; choose global, layer"),
        ({"layers": (TABLE, "article/attention")}, "the student has no article/attention; layers can be table, "),
        ({"layers": ()}, "no layer is named; layers can be table, "),
        ({"epochs": -1.0}, "epochs is -1.0; give 0 or more"),
        ({"importance": "movement", "epochs": 0.0}, "epochs is 0.0; give 0 or more, and above 0 for movement"),
    ],
)
def test_settings_that_prune_nothing_sensible_are_refused(small, settings, message):
    with pytest.raises(CompressionError, match=f"prune-weights: {message}"):
        PruneWeights(**settings)(small.student, small.data)


@pytest.mark.usefixtures("eagerly")
def test_fine_tuning_that_diverges_is_named(small):
    broken = dataclasses.replace(small.data, targets=np.full_like(small.data.targets, np.nan))
    with pytest.raises(TrainingError, match="the loss became nan"):
        PruneWeights()(small.student, broken)
