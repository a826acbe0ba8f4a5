import keras
import numpy as np
import pytest
from keras import layers

from tests.trainer.compression.graph_models import attention, cnn, mlp, recurrent, text
from trainer.compression.graph import ChannelGroup, channel_groups, functional
from trainer.errors import CompressionError


def by_name(model: keras.Model) -> dict[str, ChannelGroup]:
    return {group.name: group for group in channel_groups(model)[0]}


def axes(group: ChannelGroup) -> set[tuple[str, int]]:
    return {(member.path, member.axis) for member in group.members}


def positions(group: ChannelGroup, path: str, axis: int) -> list[list[int]]:
    (member,) = (member for member in group.members if (member.path, member.axis) == (path, axis))
    return member.positions.tolist()


def test_a_hidden_layer_is_a_group_with_the_rows_that_read_it():
    groups, refused = channel_groups(mlp())
    assert [(group.name, group.size) for group in groups] == [("one", 8), ("two", 5)]
    assert axes(groups[0]) == {("mlp/one/kernel", 1), ("mlp/one/bias", 0), ("mlp/two/kernel", 0)}
    assert refused == {
        "classes": "its channels pass the activation softmax of classes, which may look at several at once"
    }


def test_an_add_joins_what_writes_into_it_and_the_norms_on_the_way():
    groups = by_name(cnn())
    assert list(groups) == ["one+three", "two"]
    joined = groups["one+three"]
    assert joined.size == 4
    assert joined.producers == ("one", "three")
    norms = {(f"norm_one/{weight}", 0) for weight in ("gamma", "beta", "moving_mean", "moving_variance")}
    norms |= {(f"norm_three/{weight}", 0) for weight in ("beta", "moving_mean", "moving_variance")}
    made = {("one/kernel", 3), ("three/kernel", 3), ("three/bias", 0)}
    assert axes(joined) == norms | made | {("two/kernel", 2), ("classes/kernel", 0)}


def test_flatten_repeats_the_channels_once_a_place():
    # 3 x 3 places of 4 channels, channels last: channel 1 is in rows 1, 5, 9, ... 33.
    assert positions(by_name(cnn())["one+three"], "classes/kernel", 0)[1] == list(range(1, 36, 4))


def test_an_embedding_is_followed_past_its_mask():
    groups = by_name(text())
    assert axes(groups["words"]) == {("text/words/embeddings", 1), ("text/hidden/kernel", 0)}
    assert list(groups) == ["words", "hidden"]


def test_a_concatenation_keeps_its_parts_apart():
    inputs = keras.Input((3,))
    left, right = layers.Dense(2, name="left")(inputs), layers.Dense(4, name="right")(inputs)
    both = layers.Concatenate()([left, right])
    groups = by_name(keras.Model(inputs, layers.Dense(1, name="out")(both)))
    assert positions(groups["left"], "out/kernel", 0) == [[0], [1]]
    assert positions(groups["right"], "out/kernel", 0) == [[2], [3], [4], [5]]


def test_a_layer_added_to_two_side_by_side_is_cut_in_two_parts():
    inputs = keras.Input((3,))
    left, right = layers.Dense(2, name="left")(inputs), layers.Dense(4, name="right")(inputs)
    both = layers.Concatenate()([left, right]) + layers.Dense(6, name="whole")(inputs)
    groups = by_name(keras.Model(inputs, layers.Dense(1, name="out")(both)))
    assert {name: group.size for name, group in groups.items()} == {"left+whole": 2, "right+whole": 4}
    assert positions(groups["right+whole"], "whole/bias", 0) == [[2], [3], [4], [5]]


def test_a_depthwise_convolution_hands_its_channels_on_with_its_multiplier():
    inputs = keras.Input((6, 6, 2))
    made = layers.Conv2D(3, 3, name="conv")(inputs)
    spread = layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise")(made)
    pooled = layers.GlobalAveragePooling2D()(spread)
    groups = by_name(keras.Model(inputs, layers.Dense(1, name="out")(pooled)))
    assert positions(groups["conv"], "depthwise/kernel", 2) == [[0], [1], [2]]
    assert positions(groups["conv"], "depthwise/bias", 0) == [[0, 1], [2, 3], [4, 5]]
    assert positions(groups["conv"], "out/kernel", 0) == [[0, 1], [2, 3], [4, 5]]


def test_a_unit_of_a_gru_owns_a_column_in_each_gate_and_a_row():
    group = by_name(recurrent(layers.GRU))["cells"]
    assert group.size == 5
    assert positions(group, "cells/gru_cell/kernel", 1)[1] == [1, 6, 11]
    assert positions(group, "cells/gru_cell/recurrent_kernel", 1)[1] == [1, 6, 11]
    assert positions(group, "cells/gru_cell/recurrent_kernel", 0)[1] == [1]
    assert positions(group, "cells/gru_cell/bias", 1)[1] == [1, 6, 11]


def test_a_unit_of_both_directions_is_one_channel():
    inputs = keras.Input((5, 2))
    both = layers.Bidirectional(layers.SimpleRNN(3), name="both")(inputs)
    group = by_name(keras.Model(inputs, layers.Dense(1, name="out")(both)))["both"]
    assert positions(group, "out/kernel", 0) == [[0, 3], [1, 4], [2, 5]]
    assert positions(group, "both/backward_simple_rnn/simple_rnn_cell/bias", 0) == [[0], [1], [2]]


def test_directions_of_two_kinds_are_refused():
    inputs = keras.Input((5, 2))
    mixed = layers.Bidirectional(layers.GRU(3), backward_layer=layers.LSTM(3, go_backwards=True), name="mixed")(inputs)
    _, refused = channel_groups(keras.Model(inputs, layers.Dense(1)(mixed)))
    assert refused["mixed"] == "it has two directions, of GRU and LSTM, which differ"


def test_attention_and_layer_normalization_freeze_what_reaches_them():
    groups, refused = channel_groups(attention())
    assert [group.name for group in groups] == ["hidden"]
    assert refused["words"].startswith("its channels reach attention, which is of type MultiHeadAttention")
    assert refused["norm"] == "it takes its mean over all channels"
    assert refused["classes"] == "its channels are the model's output"


def test_a_layer_used_twice_is_refused_with_what_it_reads():
    inputs = keras.Input((4,))
    twice = layers.Dense(4, name="twice")
    first = layers.Dense(4, name="first")(inputs)
    model = keras.Model(inputs, layers.Dense(1, name="out")(twice(twice(first))))
    groups, refused = channel_groups(model)
    assert groups == []
    assert refused["twice"] == "it is used more than once"
    assert refused["first"] == "its channels reach twice, which is used more than once"


def test_an_activation_layer_used_twice_is_followed():
    inputs = keras.Input((4,))
    relu = layers.ReLU()
    first = relu(layers.Dense(4, name="first")(inputs))
    second = relu(layers.Dense(3, name="second")(first))
    model = keras.Model(inputs, layers.Dense(1, name="out")(second))
    assert list(by_name(model)) == ["first", "second"]


class Own(layers.Dense):
    """A layer whose `call` may be anything."""


def squared(x: object) -> object:
    return x * x


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        (lambda: layers.Reshape((2, 4), name="it"), "reshapes the last axis"),
        (lambda: layers.Softmax(name="it"), "needs all channels of its softmax"),
        (lambda: Own(8, name="it"), "is of type Own, for which cuts have no rule"),
        (
            lambda: keras.Sequential([layers.Dense(8)], name="it"),
            "is a model of its own; cut what `inlined` makes of the whole",
        ),
        (lambda: layers.Activation("softmax", name="it"), "its channels pass the activation softmax of it"),
        (lambda: layers.Activation(squared, name="it"), "its channels pass the activation squared of it"),
    ],
)
def test_what_has_no_rule_freezes_with_a_reason(between, reason):
    inputs = keras.Input((4,))
    hidden = between()(layers.Dense(8, name="hidden")(inputs))
    model = keras.Model(inputs, layers.Dense(1, name="out")(layers.Flatten()(hidden)))
    groups, refused = channel_groups(model)
    assert groups == []
    assert reason in refused["hidden"]


def test_a_call_with_a_state_of_its_own_is_refused():
    states, steps = keras.Input((4,)), keras.Input((5, 3))
    start = layers.Dense(3, name="start")(states)
    model = keras.Model([states, steps], layers.GRU(3, name="gru")(steps, initial_state=start))
    groups, refused = channel_groups(model)
    assert groups == []
    assert refused["gru"] == "it reads 2 tensors"
    assert refused["start"] == "its channels reach gru, which reads 2 tensors"


def test_grouped_convolutions_and_channels_first_are_refused():
    inputs = keras.Input((6, 6, 4))
    made = layers.Conv2D(4, 1, name="made")(inputs)
    grouped = layers.Conv2D(4, 1, groups=2, name="grouped")(made)
    first = layers.GlobalAveragePooling2D(data_format="channels_first", name="first")(grouped)
    _, refused = channel_groups(keras.Model(inputs, layers.Dense(1)(first)))
    assert refused["grouped"] == "it is a grouped convolution"
    assert refused["made"] == "its channels reach grouped, which is a grouped convolution"


def test_a_weight_of_two_layers_is_refused():
    class Tied(layers.Layer):
        def __init__(self, table: layers.Embedding):
            super().__init__(name="tied")
            self.table = table

        def call(self, x):
            return keras.ops.matmul(x, keras.ops.transpose(self.table.embeddings))

    ids = keras.Input((5,), dtype="int32")
    table = layers.Embedding(20, 4, name="words")
    hidden = layers.Dense(4, name="hidden")(layers.GlobalAveragePooling1D()(table(ids)))
    groups, refused = channel_groups(keras.Model(ids, Tied(table)(hidden)))
    assert groups == []
    assert refused["words"] == "it shares weights with another layer"


def test_a_sequential_has_the_graph_that_it_keeps_inside():
    model = mlp()
    assert [layer.name for layer in functional(model).layers][1:] == [layer.name for layer in model.layers]


def test_a_model_with_its_own_call_has_no_graph():
    class Subclassed(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(CompressionError, match=r"own_call: a model with its own call .* keras.Sequential"):
        functional(Subclassed(name="own_call"))
    with pytest.raises(CompressionError, match="no input shape"):
        functional(keras.Sequential([layers.Dense(2)]))


def test_a_model_with_several_inputs_and_outputs_freezes_both_ends():
    one, two = keras.Input((3,), name="one"), keras.Input((3,), name="two")
    hidden = layers.Dense(4, name="hidden")(layers.Add()([one, two]))
    shown = layers.Dense(4, name="shown")(hidden)
    model = keras.Model({"one": one, "two": two}, [shown, layers.Dense(2, name="last")(shown)])
    groups, refused = channel_groups(model)
    assert [group.name for group in groups] == ["hidden"]
    assert refused["shown"] == "its channels are the model's output"
    assert np.array_equal(groups[0].members[0].positions, np.arange(4)[:, None])
