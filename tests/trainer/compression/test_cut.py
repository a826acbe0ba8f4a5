import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from numpy.testing import assert_allclose, assert_array_equal

from tests.trainer.compression.digits import cnn, digits, task, trained
from tests.trainer.compression.graph_models import mlp, outputs
from trainer.compression.cut import CutChannels, kept_channels, norms, watch_channels
from trainer.compression.cuts import cut_channels
from trainer.compression.graph import ChannelGroup, channel_groups
from trainer.compression.overlay import overlaid
from trainer.compression.same_outputs import random_batch
from trainer.compression.step import Candidate, Task
from trainer.errors import CompressionError


def group(name: str, size: int) -> ChannelGroup:
    return ChannelGroup(name, size, (), (name,))


def kept(groups, scores, keep, scope):
    found = kept_channels(groups, [np.array(score, float) for score in scores], keep, scope)
    return {name: numbers.tolist() for name, numbers in found.items()}


def test_a_share_of_each_group():
    groups = [group("a", 4), group("b", 2)]
    scores = [[1, 9, 5, 7], [100, 200]]
    assert kept(groups, scores, 0.5, "group") == {"a": [1, 3], "b": [1]}
    # round(4 * 0.7) and round(2 * 0.7)
    assert kept(groups, scores, 0.7, "group") == {"a": [1, 2, 3], "b": [1]}
    assert kept(groups, scores, 0.01, "group") == {"a": [1], "b": [1]}


def test_of_equal_channels_the_first_stay():
    assert kept([group("a", 4)], [[1, 1, 1, 1]], 0.5, "group") == {"a": [0, 1]}


def test_a_share_of_all_in_units_of_the_groups_mean():
    groups = [group("a", 4), group("b", 2)]
    # Relative to 5.5 and 150: 0.18, 1.64, 0.91, 1.27 and 0.67, 1.33. Three of six stay.
    assert kept(groups, [[1, 9, 5, 7], [100, 200]], 0.5, "global") == {"a": [1, 3], "b": [1]}
    # 0.18, 1.64, 0.91, 1.27 against 1, 1: four are 0.91 and more... the two of b and the two best of a.
    assert kept(groups, [[1, 9, 5, 7], [150, 150]], 4 / 6, "global") == {"a": [1, 3], "b": [0, 1]}


def test_a_group_without_scores_keeps_one_channel():
    assert kept([group("a", 3), group("b", 2)], [[0, 0, 0], [1, 3]], 0.4, "global") == {"a": [0], "b": [0, 1]}


def test_norms_worked_by_hand():
    inputs = keras.Input((2,))
    model = keras.Model(inputs, layers.Dense(2, name="out")(layers.Dense(2, name="hidden")(inputs)))
    model.get_layer("hidden").set_weights([np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([9.0, 0.0])])
    model.get_layer("out").set_weights([np.array([[3.0, 4.0], [0.0, 12.0]]), np.zeros(2)])
    groups, _ = channel_groups(model)
    # Columns that make them: squares 5 and 1. Rows that read them: 25 and 144. No bias counts.
    assert_allclose(norms(Candidate(model), groups)[0], [30, 145], rtol=1e-6)


def test_taylor_is_activation_times_gradient():
    model, batch = mlp(), random_batch(mlp())
    groups, _ = channel_groups(model)
    watch, places = watch_channels(groups)
    for _ in range(2):
        with overlaid(model, [watch]), tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(model(batch)))
            tape.gradient(loss, [weight.value for weight in model.trainable_variables])
    two, classes = model.get_layer("two"), model.get_layer("classes")
    hidden = model.get_layer("one")(batch)
    with tf.GradientTape() as tape:
        tape.watch(hidden)
        loss = tf.reduce_sum(tf.square(classes(two(hidden))))
    # Of the whole batch, because what a batch changes is summed before its size is taken.
    change = np.abs(np.sum(np.array(hidden) * np.array(tape.gradient(loss, hidden)), axis=0))
    ((path, start, end),) = places["one"]
    assert_allclose(watch.scores()[path][start:end], 2 * change, rtol=1e-4)


def test_a_group_that_is_read_twice_has_both_its_scores():
    groups, _ = channel_groups(cnn())
    _, places = watch_channels(groups)
    joined = next(group for group in groups if len(group.producers) == 2)
    assert [path for path, _, _ in places[joined.name]] == ["two/kernel", "classes/kernel"]
    assert all(end - start == 8 for _, start, end in places[joined.name])


@pytest.mark.parametrize("importance", ["magnitude", "taylor"])
@pytest.mark.usefixtures("slow")
def test_the_step_gives_a_smaller_model_and_leaves_the_given_one(importance):
    before = trained().get_weights()
    made = CutChannels(0.5, importance, epochs=1)(Candidate(trained(), ranges={"one": (0, 1)}), task(trained()))
    assert made.model.get_layer("one").units == 12
    assert made.model.get_layer("two").units == 8
    assert made.model.compiled
    assert not made.ranges
    assert "classes" in made.skipped
    assert all(np.array_equal(a, b) for a, b in zip(trained().get_weights(), before, strict=True))


def test_a_filter_chooses_groups():
    made = CutChannels(0.5, "magnitude", layers="mlp/two/bias", epochs=0)(Candidate(trained()), task(trained()))
    assert [made.model.get_layer(name).units for name in ("one", "two")] == [24, 8]


def test_averages_of_batch_normalization_are_those_of_the_calibration():
    model = cnn()
    made = CutChannels(0.5, "magnitude", epochs=0)(Candidate(model), task(model)).model
    images = digits()[0][:64]
    before = keras.Model(made.inputs, made.get_layer("one").output)
    mean = outputs(before, images).mean(axis=(0, 1, 2))
    assert_allclose(made.get_layer("norm_one").moving_mean.numpy(), mean, atol=1e-5)


def test_the_best_channels_stay():
    model = mlp()
    groups, _ = channel_groups(model)
    chosen = kept_channels(groups, norms(Candidate(model), groups), 0.5, "group")
    made = CutChannels(0.5, "magnitude", epochs=0)(Candidate(model), Task(None, None, model)).model
    for ours, theirs in zip(made.get_weights(), cut_channels(model, chosen).get_weights(), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"keep": 0.0}, "cut-channels: keep is 0.0; give more than 0 and at most 1"),
        ({"keep": 1.5}, "keep is 1.5"),
        ({"epochs": -1}, "epochs is -1; give 0 or more"),
        ({"importance": "movement"}, "importance is 'movement'; choose magnitude, taylor"),
        ({"scope": "layer"}, "scope is 'layer'; choose group, global"),
        ({"layers": "classes/*"}, "nothing of mlp can be cut .*classes.*leave the step out"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(CompressionError, match=message):
        CutChannels(**settings)(Candidate(trained()), task(trained()))


def test_masks_come_later():
    with pytest.raises(CompressionError, match="put cut-channels first"):
        CutChannels()(Candidate(trained(), masks={"mlp/one/kernel": np.ones((64, 24), bool)}), task(trained()))


class Subclassed(keras.Model):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.dense = layers.Dense(2)

    def call(self, x):
        return self.dense(x)


def test_a_model_without_a_graph_is_refused():
    model = Subclassed(name="own")
    model(np.zeros((1, 3), np.float32))
    with pytest.raises(CompressionError, match="own: a model with its own call has no graph of layers to rebuild"):
        CutChannels()(Candidate(model), Task(None, None, model))
