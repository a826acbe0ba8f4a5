"""Codes of 4 and 8 bits in a file: against the Keras model whose weights were rounded by hand."""

from __future__ import annotations

import keras
import pytest
from keras import layers

from tests.trainer.compression.small_models import convolutions, dense, gru, ids_of, normal, reader
from trainer.compression.agreement import Tolerance
from trainer.compression.conversion import convert
from trainer.compression.flatbuffer import unpack
from trainer.compression.int4_file import quantize_weights
from trainer.compression.tflite_file import TfliteFile, check
from trainer.compression.weight_codes import codes_of
from trainer.errors import ExportError

# Odd: rows of 4 bits do not end at a byte.
WIDTHS = (65, 33, 11)
EXACT = Tolerance(cosine=0.99999, largest=1e-5)


@pytest.fixture(scope="module")
def float_file() -> TfliteFile:
    return convert(dense(*WIDTHS), "float32")


@pytest.fixture(scope="module")
def read() -> tuple[keras.Model, TfliteFile]:
    """A model of text and its file."""
    model = reader()
    return model, convert(model, "float32")


def rounded(model: keras.Model, bits: int) -> keras.Model:
    """The same model with kernels on the grid of each output channel, and tables on that of each row."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    for layer in copy.layers:
        for weight in layer.weights:
            if weight.path.endswith(("kernel", "embeddings")) and len(weight.shape) > 1:
                values = weight.numpy()
                if isinstance(layer, layers.Conv2DTranspose):
                    axis = 2
                elif isinstance(layer, layers.DepthwiseConv2D):
                    # (height, width, channels, multiplier of 1)
                    axis = 2
                else:
                    axis = 0 if weight.path.endswith("embeddings") else values.ndim - 1
                codes, scales = codes_of(values, bits, axis)
                shape = [-1 if at == axis else 1 for at in range(values.ndim)]
                weight.assign(codes * scales.reshape(shape))
    return copy


@pytest.mark.parametrize("bits", [4, 8])
def test_a_weight_only_file_is_the_rounded_keras_model(float_file, bits):
    model = dense(*WIDTHS)
    inputs = normal(70, 65)
    file = quantize_weights(float_file, bits=bits, table_bits=bits)
    check(file, rounded(model, bits)(inputs).numpy(), inputs, EXACT)
    assert file.kind == {4: "int4", 8: "int8-weights"}[bits]
    assert file.operators == {"DEQUANTIZE": 2, "FULLY_CONNECTED": 2}


def test_a_dynamic_file_rounds_activations_too_and_is_smaller(float_file):
    model = dense(*WIDTHS)
    inputs = normal(70, 65)
    exact, file = quantize_weights(float_file), quantize_weights(float_file, form="dynamic")
    check(file, rounded(model, 4)(inputs).numpy(), inputs, Tolerance(cosine=0.999, largest=0.02))
    assert file.operators == {"FULLY_CONNECTED": 2}
    assert file.size_bytes < exact.size_bytes < float_file.size_bytes / 2


def test_convolutions_plain_depthwise_and_transposed():
    model = convolutions()
    inputs = normal(70, 6, 6, 3)
    file = convert(rounded(model, 4), "float32")
    expected = rounded(model, 4)(inputs).numpy()
    check(quantize_weights(file), expected, inputs, EXACT)
    check(quantize_weights(file, form="dynamic"), expected, inputs, Tolerance(cosine=0.999, largest=0.05))


@pytest.mark.parametrize(("bits", "share"), [(4, 0.35), (8, 0.5)])
def test_an_embedding_table_has_codes_and_any_number_of_rows(read, bits, share):
    model, file = read
    check(file, model(ids_of(70)).numpy(), ids_of(70))
    coded = quantize_weights(file, bits=None, table_bits=bits)
    assert coded.operators["EMBEDDING_LOOKUP"] == 2
    assert coded.operators["GATHER"] == file.operators["GATHER"] - 1
    table_bytes = 200 * 16 * 4
    saved = file.size_bytes - coded.size_bytes
    assert saved > (1 - share) * table_bytes
    only_table = keras.models.clone_model(model)
    only_table.set_weights(model.get_weights())
    table = only_table.layers[1].embeddings
    codes, scales = codes_of(table.numpy(), bits, 0)
    table.assign(codes * scales[:, None])
    for num_rows in (1, 70):
        check(coded, only_table(ids_of(num_rows)).numpy(), ids_of(num_rows), EXACT)


def test_one_scale_for_a_table_is_smaller_and_is_that_of_its_largest_number():
    model = keras.Sequential([keras.Input((6,), dtype="int32"), layers.Embedding(200, 16)])
    file = convert(model, "float32")
    by_row = quantize_weights(file, bits=None)
    by_table = quantize_weights(file, bits=None, table_scale="table")
    # 4 bytes for each of 200 rows, and a lookup and a product less.
    assert by_row.size_bytes - by_table.size_bytes >= 4 * 200
    values = model.layers[0].embeddings.numpy()
    codes, scales = codes_of(values, 4, None)
    check(by_table, (codes * scales)[ids_of(9)], ids_of(9), EXACT)


@pytest.mark.parametrize("scale", ["row", "table"])
def test_a_table_of_odd_width_gives_its_own_rows(scale):
    # Two codes share a byte: rows of 11 would begin in the middle of one.
    model = keras.Sequential([keras.Input((6,), dtype="int32"), layers.Embedding(200, 11)])
    coded = quantize_weights(convert(model, "float32"), bits=None, table_scale=scale)
    codes, scales = codes_of(model.layers[0].embeddings.numpy(), 4, 0 if scale == "row" else None)
    for num_rows in (1, 70):
        check(coded, (codes * scales.reshape(-1, 1))[ids_of(num_rows)], ids_of(num_rows), EXACT)


def test_a_narrow_table_has_eight_bits_where_four_would_take_more():
    # A row of 8 takes 4 + 4 bytes with its scale in 4 bits, and 8 with one scale for the table in 8 bits.
    model = keras.Sequential([keras.Input((6,), dtype="int32"), layers.Embedding(400, 8)])
    file = convert(model, "float32")
    coded = quantize_weights(file, bits=None)
    codes, scales = codes_of(model.layers[0].embeddings.numpy(), 8, None)
    check(coded, (codes * scales)[ids_of(9)], ids_of(9), EXACT)
    assert coded.content == quantize_weights(file, bits=None, table_bits=8, table_scale="table").content


@pytest.mark.usefixtures("slow")
def test_weights_inside_a_loop_are_rewritten_too():
    file = convert(gru(), "float32")
    coded = quantize_weights(file)
    assert coded.operators["DEQUANTIZE"] >= 2
    assert coded.note.startswith("the batch is fixed at 1")
    check(coded, file.predict(ids_of(10)), ids_of(10))


def test_a_weight_that_would_save_nothing_stays_and_is_named():
    # 4 x 20 numbers: 280 bytes fewer, less 12 for each of 20 channels.
    file = quantize_weights(convert(dense(100, 4, 20), "float32"))
    assert file.operators["DEQUANTIZE"] == 1
    assert file.note.startswith("float32 stay ")
    assert file.note.count("MatMul") == 1


def test_no_buffer_is_left_that_nothing_points_to(float_file):
    model = unpack(quantize_weights(float_file).content)
    tensors = [tensor for graph in model.subgraphs for tensor in graph.tensors]
    pointed = {holder.buffer for holder in [*tensors, *model.metadata]}
    assert pointed | {0} == set(range(len(model.buffers)))
    assert max(len(buffer.data) for buffer in model.buffers if buffer.data is not None) == (65 * 33 + 1) // 2


def test_data_lies_at_multiples_of_16_bytes_as_the_schema_asks(float_file):
    content = quantize_weights(float_file).content
    model = unpack(content)
    for buffer in model.buffers:
        if buffer.data is not None and len(buffer.data) > 32:
            assert content.index(buffer.data.tobytes()) % 16 == 0


def test_what_it_cannot_do_is_refused(float_file):
    with pytest.raises(ExportError, match="table_bits is 5; choose 4, 8 or None"):
        quantize_weights(float_file, table_bits=5)
    with pytest.raises(ExportError, match="in a float32 file only, and this one is int4"):
        quantize_weights(quantize_weights(float_file))
