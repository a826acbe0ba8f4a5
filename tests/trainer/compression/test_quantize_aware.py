import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose, assert_array_equal
from tensorflow.lite.python import schema_py_generated as schema

from tests.trainer.compression.digits import cnn, digits, fit, mlp, task, trained
from tests.trainer.compression.test_cut import Subclassed
from trainer.compression.activations import fixed_ranges, output_steps
from trainer.compression.files import begun, file_of
from trainer.compression.flatbuffer import operator_name
from trainer.compression.quantize_aware import QuantizeAware
from trainer.compression.step import Candidate, Task
from trainer.compression.tflite_file import TfliteFile
from trainer.compression.training import Training
from trainer.compression.weight_codes import codes_of
from trainer.compression.weights import arrays, select
from trainer.errors import CompressionError

IMAGES, LABELS = digits()


@pytest.fixture(scope="module", params=[mlp, cnn])
def aware(request, slow) -> Candidate:
    model = request.param()
    model.fit(**fit(), epochs=3, verbose=0)
    before = model.get_weights()
    made = QuantizeAware(8, epochs=2)(begun(model), task(model))
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))
    return made


@pytest.fixture(scope="module")
def file(aware) -> TfliteFile:
    return file_of(aware, IMAGES)


def tensors_of(file: TfliteFile) -> list[tuple[str, object]]:
    """Operator and what it puts out, in the file's order."""
    model = schema.ModelT.InitFromPackedBuf(file.content, 0)
    (graph,) = model.subgraphs
    return [
        (operator_name(model.operatorCodes[each.opcodeIndex]), graph.tensors[each.outputs[0]])
        for each in graph.operators
    ]


def test_weights_lie_on_the_grid(aware):
    for path, weight in arrays(aware.model).items():
        if path in select(aware.model, "*", "test"):
            codes, scales = codes_of(weight, 8, weight.ndim - 1)
            assert_allclose(weight, codes * scales, atol=1e-6 * np.abs(weight).max())


def test_weights_of_the_file_are_those_of_the_model(aware, file):
    model = schema.ModelT.InitFromPackedBuf(file.content, 0)
    (graph,) = model.subgraphs
    stored = []
    for tensor in graph.tensors:
        content = model.buffers[tensor.buffer].data
        if tensor.type == schema.TensorType.INT8 and content is not None:
            codes = np.frombuffer(bytes(content), np.int8).reshape(tensor.shape).astype(np.float32)
            scales = tensor.quantization.scale
            # The channels of an output come first in a file.
            stored.append(codes * scales.reshape([-1] + [1] * (codes.ndim - 1)))
    wanted = [arrays(aware.model)[path] for path in select(aware.model, "*", "test")]
    wanted = [np.moveaxis(weight, -1, 0) for weight in wanted]
    assert len(stored) == len(wanted)
    for ours in wanted:
        assert any(
            ours.size == theirs.size and np.allclose(ours.reshape(theirs.shape), theirs, atol=1e-5) for theirs in stored
        )


def test_scales_of_the_file_are_the_learned_ranges(aware, file):
    computing = ("QUANTIZE", "FULLY_CONNECTED", "CONV_2D", "ADD")
    found = [tensor.quantization.scale[0] for name, tensor in tensors_of(file) if name in computing]
    learned = [(high - low) / 255 for low, high in aware.ranges.values()]
    assert_allclose(sorted(found), sorted(learned), rtol=1e-5)
    assert not file.float_islands


def test_the_file_computes_what_was_trained_to_a_step_of_its_grid(aware, file):
    with fixed_ranges(aware.model, aware.ranges):
        trained_so = np.array(aware.model(IMAGES))
    assert np.array_equal(file.predict(IMAGES).argmax(1), trained_so.argmax(1)) or (
        np.mean(file.predict(IMAGES).argmax(1) == trained_so.argmax(1)) > 0.98
    )
    # A softmax moves by half at most of what its inputs move, and its own codes are 1 / 256 apart.
    (step,) = output_steps(aware.model, aware.ranges)
    assert np.abs(file.predict(IMAGES) - trained_so).max() <= step / 2 + 1 / 256


def test_a_step_more_is_refused(aware, monkeypatch):
    from trainer.compression import files
    from trainer.errors import ExportError

    monkeypatch.setattr(files, "STEPS", 0.001)
    with pytest.raises(ExportError, match="the file does not agree with the model"):
        file_of(aware, IMAGES)


@pytest.mark.usefixtures("slow")
def test_4_bits_are_in_the_file_as_they_were_trained():
    mask = np.random.default_rng(0).random((64, 24)) < 0.5
    made = QuantizeAware(4, epochs=1)(Candidate(trained(), masks={"mlp/one/kernel": mask}), task(trained()))
    assert (made.kind, made.exact, dict(made.ranges)) == ("int4", True, {})
    file = file_of(made, IMAGES)
    assert_allclose(file.predict(IMAGES), np.array(made.model(IMAGES)), atol=1e-5)
    assert not arrays(made.model)["mlp/one/kernel"][~mask].any()
    assert_array_equal(made.masks["mlp/one/kernel"], mask)
    for path in select(made.model, "*", "test"):
        weight = arrays(made.model)[path]
        assert all(len(np.unique(weight[:, column])) <= 15 for column in range(weight.shape[1]))


@pytest.mark.usefixtures("slow")
def test_a_file_that_rounds_more_than_was_trained_is_not_exact():
    made = QuantizeAware(4, layers="mlp/one/kernel", epochs=1)(Candidate(trained()), task(trained()))
    assert not made.exact
    file_of(made, IMAGES)


def gated(x):
    return layers.Multiply()([x, layers.Conv2D(6, 1, activation="sigmoid")(x)])


ODD = {
    "average": lambda x: layers.AveragePooling2D(2)(x),
    "tanh before relu": lambda x: layers.ReLU()(layers.Conv2D(6, 1, activation="tanh")(x)),
    "relu up to 4": lambda x: layers.ReLU(max_value=4)(layers.Conv2D(6, 1)(x)),
    "gates": gated,
    "joined": lambda x: layers.Concatenate()([x, layers.Conv2D(4, 1)(x)]),
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.usefixtures("long")
def test_layers_that_once_were_off(kind):
    keras.utils.set_random_seed(0)
    images = keras.Input((8, 8))
    hidden = layers.Conv2D(6, 3, activation="relu")(layers.Reshape((8, 8, 1))(images))
    model = keras.Model(images, layers.Dense(10)(layers.Flatten()(ODD[kind](hidden))))
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(**fit(), epochs=3, verbose=0)
    made = QuantizeAware(8, epochs=1)(begun(model), task(model))
    file = file_of(made, IMAGES)
    with fixed_ranges(made.model, made.ranges):
        wanted = np.array(made.model(IMAGES))
    (step,) = output_steps(made.model, made.ranges)
    assert np.abs(file.predict(IMAGES) - wanted).max() < 2.5 * step


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bits": 6}, "quantize-aware: bits is 6; choose 8, 4"),
        ({"epochs": 0}, "quantize-aware: epochs is 0; give 1 or more"),
        ({"layers": "none"}, "quantize-aware: no weight passes layers='none'"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(CompressionError, match=message):
        QuantizeAware(**settings)(Candidate(trained()), task(trained()))


def test_a_model_without_a_graph_is_refused():
    model = Subclassed(name="own")
    model(np.zeros((1, 3), np.float32))
    with pytest.raises(CompressionError, match="own: a model with its own call has no graph"):
        QuantizeAware()(Candidate(model), Task(Training(fit()), None, model))
