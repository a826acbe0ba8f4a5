import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tests.trainer.compression.graph_models import cnn, mlp, outputs
from trainer.compression.cuts import zero_channels
from trainer.compression.gates import ChannelGates, Fixed, Gates
from trainer.compression.graph import channel_groups
from trainer.compression.hard_concrete import START, decided_gate, nonzero_probability
from trainer.compression.overlay import assign, baked, overlaid
from trainer.compression.same_outputs import random_batch
from trainer.compression.weights import arrays

STARTS = {"a": np.array([[-9.0, 0.0], [9.0, -np.inf]], np.float32), "b": np.array([[9.0]], np.float32)}


def test_gates_as_they_were_decided():
    gates = Gates(STARTS, 1.0)
    # sigmoid(0) 1.2 - 0.1
    assert_allclose(gates.decided()["a"], [[0, 0.5], [1, 0]], atol=1e-6)
    assert_array_equal(gates.decided()["b"], [[1]])
    facts = gates.facts()
    assert facts["kept_share"] == 3 / 5
    expected = sum(float(tf.reduce_sum(nonzero_probability(start))) for start in STARTS.values()) / 5
    assert facts["expected_share"] == pytest.approx(expected)


def test_the_penalty_is_shared_by_all_gates():
    gates = Gates(STARTS, 10.0)
    assert float(gates.penalty("b", None)) == pytest.approx(10 / 5, rel=1e-4)
    open_in_a = float(tf.reduce_sum(nonzero_probability(STARTS["a"])))
    assert float(gates.penalty("a", None)) == pytest.approx(10 * open_in_a / 5)


def test_gates_draw_anew_and_lie_between_0_and_1():
    gates = Gates({"a": np.zeros((50, 50), np.float32)}, 1.0)
    one, two = (gates.value("a", tf.ones([50, 50])).numpy() for _ in range(2))
    assert not np.array_equal(one, two)
    assert one.min() == 0
    assert one.max() == 1
    # The share that is not 0, in closed form; of 2,500 gates it is off by 0.01.
    assert np.mean(one > 0) == pytest.approx(float(nonzero_probability(0.0)), abs=0.03)


def test_an_infinite_start_stays_shut():
    gates = Gates(STARTS, 1.0)
    assert gates.value("a", tf.ones([2, 2])).numpy()[1, 1] == 0


def test_a_step_is_counted_once_for_all_weights():
    starts = {**STARTS, "c": STARTS["a"]}
    gates = Gates(starts, 1.0)
    for path, start in starts.items():
        gates.value(path, tf.ones(start.shape))
    assert float(gates.pace.step()) == 2


@pytest.mark.parametrize("make", [mlp, cnn])
def test_shut_channels_are_cut_channels(make):
    model = make()
    groups, _ = channel_groups(model)
    gates = ChannelGates(groups, 3.0)
    kept = {}
    for group, number in zip(groups, gates._numbers, strict=True):
        shut = np.arange(group.size) % 2 == 1
        number.speed.assign(1.0)
        number.variable.assign(np.where(shut, -20.0, 20.0))
        kept[group.name] = np.flatnonzero(~shut)
    size = sum(group.size for group in groups)
    assert gates.facts() == {"kept_share": sum(map(len, kept.values())) / size}
    batch, zeroed = random_batch(model), zero_channels(model, kept)
    wanted = outputs(zeroed, batch)
    with overlaid(model, [gates]):
        assert_allclose(outputs(model, batch), wanted, atol=1e-5 * np.abs(wanted).max())
    shapes = {path: array.shape for path, array in arrays(model).items()}
    assign(model, baked(model, [gates.fixed(shapes)]))
    assert_allclose(outputs(model, batch), wanted, atol=1e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("make", [mlp, cnn])
def test_the_penalty_of_a_group_is_counted_once(make):
    groups, _ = channel_groups(make())
    gates = ChannelGates(groups, 3.0)
    total = sum(float(gates.penalty(path, None)) for path in gates.variables)
    assert total == pytest.approx(3.0 * float(nonzero_probability(START)), rel=1e-5)


def test_all_gates_begin_open():
    gates = ChannelGates(channel_groups(mlp())[0], 1.0)
    assert all(np.all(gate == float(decided_gate(START))) for gate in gates.decided())
    assert gates.facts() == {"kept_share": 1.0}


def test_steps_of_channels_are_counted_once():
    gates, weights = ChannelGates(channel_groups(cnn())[0], 1.0), arrays(cnn())
    assert list(gates.variables) == ["two/kernel", "classes/kernel", "three/kernel"]
    for path in gates.variables:
        gates.value(path, tf.ones(weights[path].shape))
    assert float(gates.pace.step()) == 2


def test_factors():
    fixed = Fixed({"a": np.array([2.0, 3.0], np.float32)})
    assert_array_equal(fixed.value("a", tf.constant([5.0, 7.0])), [10, 21])
    assert fixed.penalty("a", None) is None
