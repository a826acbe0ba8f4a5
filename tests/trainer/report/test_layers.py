from __future__ import annotations

import numpy as np
import pytest
from tensorflow.lite.python import schema_py_generated as schema

from edge_runtime.model.token_table import TableFormat
from trainer.export.tflite import ENCODER_KINDS, convert_encoder
from trainer.models.encoders import ArticleEncoder
from trainer.report.layers import LayerSize, layer_changes, layer_sizes


@pytest.mark.parametrize("kind", ENCODER_KINDS)
def test_layers_take_what_the_converter_stores_of_their_weights(kind):
    rng = np.random.default_rng(0)
    encoder = ArticleEncoder(40, 43, 64, 24)
    encoder.set_numbers({name: rng.normal(size=numbers.shape) for name, numbers in encoder.numbers().items()})
    samples = rng.normal(size=(30, 40)).astype(np.float32)
    file = convert_encoder(encoder, {"pooled": samples, "topics": np.eye(24, dtype=np.float32)}, kind)
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file, 0))
    stored = [model.buffers[tensor.buffer].data for tensor in model.subgraphs[0].tensors]
    weights = {
        f"article/{name}": {"parameters": numbers.size, "zeros": 0} for name, numbers in encoder.numbers().items()
    }
    sizes = layer_sizes(weights, 1, 1, TableFormat(), kind)
    assert sum(size.size_bytes for size in sizes.values()) == sum(len(data) for data in stored if data is not None)


def test_the_table_takes_what_its_format_says():
    weights = {"table": {"parameters": 800, "zeros": 20}}
    # 20 rows of 40 numbers of 4 bits, and a scale of 2 bytes each
    assert layer_sizes(weights, 20, 40, TableFormat("rows", 4), "int8") == {"table": LayerSize(800, 20, 20 * (20 + 2))}


def test_two_factors_count_as_the_kernel_they_make():
    def weight(numbers):
        return {"parameters": numbers, "zeros": 1}

    before = layer_sizes(
        {"article/hidden_in": weight(400), "article/hidden_out": weight(400)}, 1, 1, TableFormat(), "float32"
    )
    factors = {
        "article/hidden_in_in": weight(40),
        "article/hidden_in_out": weight(40),
        "article/hidden_out": weight(400),
    }
    after = layer_sizes(factors, 1, 1, TableFormat(), "float16")
    assert after["article/hidden_in"] == LayerSize(80, 2, 160)
    changes = layer_changes(before, after)
    assert [(one.name, one.before.size_bytes, one.after.size_bytes) for one in changes] == [
        ("article/hidden_in", 1600, 160),
        ("article/hidden_out", 1600, 800),
    ]


def test_a_layer_that_is_gone_has_no_size_after():
    size = LayerSize(1, 0, 4)
    assert layer_changes({"a": size}, {"b": size})[0].after is None
    assert layer_changes({"a": size}, {"b": size})[1].before is None
