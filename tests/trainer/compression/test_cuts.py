import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from tests.trainer.compression.graph_models import attention, cnn, mlp, outputs, recurrent, text, with_random_weights
from trainer.compression import cuts
from trainer.compression.cuts import cut_channels, zero_channels
from trainer.compression.graph import channel_groups
from trainer.compression.rebuild import cloned
from trainer.compression.same_outputs import random_batch
from trainer.errors import CompressionError


def mobile() -> keras.Model:
    """Every other kind of convolution, an inverted bottleneck, and excitation by two Dense behind a Reshape."""
    images = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="stem")(images)
    y = layers.Conv2D(8, 1, activation="relu6", name="widen")(x)
    y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, name="depthwise")(y)
    weights = layers.Dense(5, activation="relu", name="squeeze")(
        layers.Reshape((1, 1, 16))(layers.GlobalAveragePooling2D()(y))
    )
    y = layers.Multiply()([y, layers.Dense(16, activation="sigmoid", name="excite")(weights)])
    y = layers.Conv2D(4, 1, name="narrow")(y)
    x = layers.PReLU(shared_axes=[1, 2], name="prelu")(x + y)
    x = layers.UpSampling2D()(layers.SeparableConv2D(6, 2, depth_multiplier=2, name="separable")(x))
    x = layers.Conv2DTranspose(5, 2, strides=2, name="transposed")(layers.SpatialDropout2D(0.5)(x))
    x = layers.GlobalMaxPooling2D()(layers.BatchNormalization(name="norm")(x))
    return with_random_weights(keras.Model(images, layers.Dense(2, name="classes")(x), name="mobile"))


def sequences() -> keras.Model:
    """Recurrent layers beside a convolution, joined and added."""
    ids = keras.Input((6,), dtype="int32")
    x = layers.Embedding(20, 4, name="words")(ids)
    x = layers.GRU(3, return_sequences=True, reset_after=False, name="gru")(x)
    y = layers.Conv1D(5, 3, padding="causal", activation="elu", name="conv")(x)
    z = layers.SimpleRNN(2, return_sequences=True, name="simple")(x)
    x = layers.Concatenate()([y, z]) * 0.5
    x = layers.LeakyReLU()(x)
    x = layers.Maximum()([x, layers.Dense(7, name="other")(x)])
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")(x)
    x = layers.Bidirectional(layers.GRU(4), merge_mode="mul", name="product")(x)
    return with_random_weights(keras.Model(ids, layers.Dense(2, name="classes")(x)))


MODELS = [mlp, cnn, text, attention, mobile, sequences, lambda: recurrent(layers.GRU)]
# Like GRU here; `sequences` has one of each.
MODELS.append(pytest.param(lambda: recurrent(layers.LSTM), marks=pytest.mark.long))


@pytest.mark.parametrize("make", MODELS)
def test_a_cut_model_equals_the_one_with_zeros(make):
    rng = np.random.default_rng(2)
    model = make()
    groups, _ = channel_groups(model)
    kept = {group.name: rng.permutation(group.size)[: (group.size + 1) // 2] for group in groups}
    before = model.get_weights()
    small, zeroed = cut_channels(model, kept), zero_channels(model, kept)
    batch = random_batch(model)
    assert small.count_params() < zeroed.count_params() == model.count_params()
    assert_allclose(outputs(small, batch), outputs(zeroed, batch), rtol=1e-4, atol=1e-5)
    assert not np.allclose(outputs(small, batch), outputs(model, batch), atol=1e-3)
    assert all(np.array_equal(was, now) for was, now in zip(before, model.get_weights(), strict=True))
    assert [weight.path for weight in small.weights] == [weight.path for weight in model.weights]


@pytest.mark.parametrize("make", MODELS)
def test_a_channel_that_no_weight_reads_is_as_good_as_zero(make):
    model = make()
    groups, _ = channel_groups(model)
    unread = cloned(model)
    weights = {weight.path: weight for weight in unread.weights}
    for group in groups:
        for member in group.members:
            if member.reads:
                values = weights[member.path].numpy()
                np.moveaxis(values, member.axis, 0)[member.positions[1:]] = 0
                weights[member.path].assign(values)
    zeroed = zero_channels(model, {group.name: np.array([0]) for group in groups})
    batch = random_batch(model)
    assert_allclose(outputs(unread, batch), outputs(zeroed, batch), rtol=1e-4, atol=1e-5)


def test_all_groups_of_a_model_with_every_kind_of_convolution_are_found():
    groups, refused = channel_groups(mobile())
    assert [group.name for group in groups] == [
        "stem+narrow",
        "widen+excite",
        "squeeze",
        "separable",
        "transposed",
    ]
    assert list(refused) == ["classes"]


def test_all_groups_of_a_model_with_every_kind_of_recurrent_layer_are_found():
    groups, refused = channel_groups(sequences())
    assert [(group.name, group.size) for group in groups] == [
        ("words", 4),
        ("gru", 3),
        ("conv+other", 5),
        ("simple+other", 2),
        ("both", 3),
        ("product", 4),
    ]
    assert list(refused) == ["classes"]


def test_weights_are_taken_by_index():
    model = mlp()
    small = cut_channels(model, {"one": np.array([6, 1])})
    kernel, bias = model.get_layer("one").get_weights()
    assert np.array_equal(small.get_layer("one").get_weights()[0], kernel[:, [1, 6]])
    assert np.array_equal(small.get_layer("one").get_weights()[1], bias[[1, 6]])
    assert np.array_equal(small.get_layer("two").get_weights()[0], model.get_layer("two").get_weights()[0][[1, 6]])
    assert small.get_layer("two").units == 5


def test_the_averages_of_batch_normalization_are_cut_with_their_channels():
    model = cnn()
    small = cut_channels(model, {"one+three": np.array([0, 3])})
    for was, now in zip(model.get_layer("norm_one").weights, small.get_layer("norm_one").weights, strict=True):
        assert np.array_equal(now.numpy(), was.numpy()[[0, 3]])


@pytest.mark.usefixtures("slow")
def test_a_cut_model_can_be_cut_again_and_is_compiled_and_trains():
    model = text()
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    small = cut_channels(model, {"words": np.arange(3)})
    smaller = cut_channels(small, {"words": np.array([2]), "hidden": np.array([0, 3])})
    assert smaller.get_layer("words").output_dim == 1
    assert float(smaller.optimizer.learning_rate) == pytest.approx(0.01)
    smaller.fit(np.ones((4, 7)), np.zeros(4), verbose=0)


@pytest.mark.parametrize("make", [mlp, cnn, text])
def test_a_cut_model_is_saved_and_loaded_by_plain_keras(make, tmp_path):
    model = make()
    small = cut_channels(model, {group.name: np.array([0]) for group in channel_groups(model)[0]})
    small.save(tmp_path / "small.keras")
    batch = random_batch(model)
    assert_allclose(outputs(keras.models.load_model(tmp_path / "small.keras"), batch), outputs(small, batch), rtol=1e-6)


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        ({"one": []}, "one would keep no channel; keep at least one"),
        ({"one": [0, 8]}, "one has channels 0 to 7"),
        ({"one": [-1]}, "one has channels 0 to 7"),
        ({"one": [0.5]}, "give whole numbers"),
        ({"one": [2, 2]}, "one names a channel twice"),
        ({"nowhere": [0]}, "no channels 'nowhere' can be cut; name some of one, two"),
        ({"classes": [0]}, "no channels 'classes' can be cut .its channels pass the activation softmax"),
    ],
)
def test_what_cannot_be_kept_is_named(kept, message):
    with pytest.raises(CompressionError, match=message):
        cut_channels(mlp(), {name: np.array(numbers) for name, numbers in kept.items()})


def test_a_cut_that_is_not_what_it_says_is_noticed(monkeypatch):
    monkeypatch.setattr(cuts, "zero_channels", lambda model, kept: model)
    with pytest.raises(CompressionError, match="mlp: cutting one moved classes by"):
        cut_channels(mlp(), {"one": np.array([0])})


def test_weights_that_are_no_numbers_are_noticed():
    model = mlp()
    model.get_layer("two").bias.assign(np.full(5, np.nan))
    with pytest.raises(CompressionError, match="classes puts out what is no number"):
        cut_channels(model, {"one": np.array([0])})
