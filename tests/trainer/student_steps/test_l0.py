"""L0 regularisation: a price that decides how much stays, and zeros that stay zero."""

from __future__ import annotations

import contextlib
import dataclasses
from math import log

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from trainer.compression.hard_concrete import BETA, decided_gate
from trainer.errors import CompressionError, TrainingError
from trainer.measure.scores import all_vectors
from trainer.models.overlay import TABLE, named_weights, weight_arrays
from trainer.student_steps.l0 import Gates, SparsifyL0, train_gates
from trainer.training.student import tokenize

EPOCHS = 4.0


def test_the_penalty_is_for_the_expected_share_of_open_gates():
    half = BETA * log(1 / 11)
    gates = Gates({"a": np.full((3, 2), half, np.float32), "b": np.full(2, np.inf, np.float32)}, 0.4, 1.0)
    # 6 x 1/2 + 2 x 1 of 8 gates
    assert float(gates.expected_share()) == approx(5 / 8)
    assert float(gates.penalty()) == approx(0.4 * 5 / 8)


def test_infinite_gates_neither_change_nor_spoil_a_gradient():
    starts = {"a": np.array([-np.inf, 0.0, np.inf], np.float32)}
    gates = Gates(starts, 0.1, 1.0)
    with tf.GradientTape() as tape:
        read = gates.values({"a": tf.constant([5.0, 5.0, 5.0])})["a"]
        loss = tf.reduce_sum(tf.square(read)) + gates.penalty()
    (gradient,) = tape.gradient(loss, gates.variables)
    assert read.numpy()[[0, 2]].tolist() == [0, 5]
    assert gradient.numpy()[[0, 2]].tolist() == [0, 0] and np.isfinite(gradient.numpy()).all()


@pytest.fixture(scope="module")
def sparse(small):
    return SparsifyL0(penalty=0.5, epochs=EPOCHS, fine_tuning_epochs=EPOCHS)(small.student, small.briefly())


def test_shut_weights_are_zero_after_fine_tuning_and_the_others_are_not(small, sparse):
    for name, mask in sparse.masks.items():
        assert np.array_equal(weight_arrays(sparse.model)[name] != 0, mask)
    kept = np.concatenate([mask.ravel() for mask in sparse.masks.values()]).mean()
    assert 0.2 < kept < 0.8
    assert sparse.notes["l0"]["kept_share"] == approx(kept)
    assert small.ndcg(sparse) > small.ndcg(small.student) - 0.02


def test_what_is_expected_to_stay_is_what_stays(sparse):
    assert sparse.notes["l0"]["expected_share"] == approx(sparse.notes["l0"]["kept_share"], abs=0.02)


def test_a_higher_price_leaves_less_and_every_epoch_tells_how_much_is_expected_to_stay(small, sparse):
    titles = []

    @contextlib.contextmanager
    def bar(title, steps):
        titles.append(title)
        yield lambda count: None

    student, data = small.student, dataclasses.replace(small.briefly(), bar=bar)
    gates = train_gates(student, data, SparsifyL0().starts(student), 5.0, EPOCHS)
    assert gates.kept_share() < sparse.notes["l0"]["kept_share"] - 0.1

    shares = [float(title.split(", ")[1].removesuffix("% expected to stay")) for title in titles]
    assert len(shares) == EPOCHS and titles[0].startswith("l0: distillation")
    assert shares[0] == approx(99.6, abs=0.1)  # sigmoid(4 + 2/3 x log 11)
    assert shares == sorted(shares, reverse=True)


def test_the_student_given_keeps_its_weights_and_its_pruned_weights_stay_so(small):
    student = small.student
    mask = np.ones(weight_arrays(student.model)[TABLE].shape, bool)
    mask[3:900] = False
    before = weight_arrays(student.model)
    masked = dataclasses.replace(student, masks={TABLE: mask})
    sparse = SparsifyL0(epochs=1.0, fine_tuning_epochs=0.0)(masked, small.briefly(steps=5))
    assert not (sparse.masks[TABLE] & ~mask).any() and not weight_arrays(sparse.model)[TABLE][3:900].any()
    assert all(np.array_equal(before[name], after) for name, after in weight_arrays(student.model).items())


def test_shut_units_are_cut_out(small):
    step = SparsifyL0(penalty=0.05, structure="units", epochs=EPOCHS, fine_tuning_epochs=0.0)
    smaller = step(small.student, small.briefly())
    hidden = smaller.model.article_encoder.hidden
    assert 0 < hidden < 16
    assert smaller.notes["l0"]["kept_share"] == approx(hidden / 16)
    assert weight_arrays(smaller.model)["article/hidden_in"].shape == (32, hidden) and not smaller.masks
    assert small.ndcg(smaller) > small.ndcg(small.student) - 0.02


def test_units_whose_gate_is_shut_were_worth_nothing(small):
    gates = np.linspace(-3, 3, 16, dtype=np.float32)[:, None]  # the first is -3: log 11 = 2.4, so it is shut
    gated = small.student
    weight = named_weights(gated.model)["article/hidden_out"]
    weight.assign(weight.numpy() * decided_gate(gates).numpy())
    cut = SparsifyL0(structure="units")._removed(
        gated, small.data, {"article/hidden_out": decided_gate(gates).numpy() > 0}
    )
    assert cut.model.article_encoder.hidden == 16 - 2  # -3.0 and -2.6; -2.2 is not
    assert all_vectors(cut.model) == approx(all_vectors(gated.model), abs=1e-5)


def test_shut_rows_are_cut_out_and_titles_read_with_what_is_left(small):
    step = SparsifyL0(penalty=0.1, structure="rows", epochs=EPOCHS, fine_tuning_epochs=EPOCHS)
    smaller = step(small.student, small.briefly())
    whole = len(small.student.pieces)
    assert 2 <= len(smaller.pieces) < 0.9 * whole
    assert smaller.pieces[0] == small.student.pieces[0]
    assert smaller.notes["l0"]["kept_share"] == approx(len(smaller.pieces) / whole)
    assert weight_arrays(smaller.model)[TABLE].shape == (len(smaller.pieces), 32)
    ids = smaller.model.text.token_ids.numpy()
    for row, title in zip(ids[:50], tokenize(smaller.pieces, small.data.articles[:50]), strict=True):
        assert row[row >= 0].tolist() == title[: len(row)]
    # Titles are read with shorter pieces, whose vectors have to be learned anew.
    assert small.ndcg(smaller) > small.ndcg(small.student) - 0.04


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"penalty": 0.0}, "penalty is 0.0; give more than 0"),
        ({"penalty": float("nan")}, "penalty is nan; give more than 0"),
        ({"structure": "heads"}, "structure is 'heads'; choose weights, units, rows"),
        (
            {"layers": ("tables",)},
            "there is no tables that distillation trains; layers can be table, article/projection",
        ),
        ({"layers": ("user/projection",)}, "there is no user/projection that distillation trains"),
        ({"layers": ()}, "no layer is named"),
        ({"epochs": 0.0}, "epochs and fine_tuning_epochs are 0.0 and 4.0; give above 0, and 0 or more"),
        ({"penalty": 1e6}, "penalty 1000000.0 left nothing of .*; lower it"),
        ({"penalty": 1e6, "structure": "rows"}, "penalty 1000000.0 left nothing of table; lower it"),
    ],
)
def test_settings_that_gate_nothing_sensible_are_refused(small, settings, message):
    with pytest.raises(CompressionError, match=f"l0: {message}"):
        SparsifyL0(**{"epochs": EPOCHS, **settings})(small.student, small.briefly(titles=16))


def test_units_of_a_factored_layer_are_refused(small):
    student = small.student
    encoder = type(student.model.article_encoder)(32, 16, 64, student.model.head.num_topics, {"hidden_in": 4})
    with pytest.raises(CompressionError, match=r"no hidden units that can be cut; .*before factorize-kernels"):
        SparsifyL0(structure="units")(student.changed(article_encoder=encoder), small.data)


@pytest.mark.usefixtures("eagerly")
def test_training_that_diverges_is_named(small):
    broken = dataclasses.replace(small.data, targets=np.full_like(small.data.targets, np.nan))
    with pytest.raises(TrainingError, match="the loss became nan"):
        SparsifyL0()(small.student, broken)
