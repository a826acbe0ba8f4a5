"""The safetensors reader, on files made by hand."""

import json

import numpy as np
import pytest

from trainer.errors import TextVectorsError
from trainer.text_vectors.safetensors import read_safetensors


def write_safetensors(path, header, data=b""):
    head = json.dumps(header).encode()
    path.write_bytes(len(head).to_bytes(8, "little") + head + data)


def test_tensors_come_back_with_their_shapes(tmp_path):
    single, half = np.arange(6, dtype="<f4").reshape(2, 3), np.array([0.5, -2], "<f2")
    header = {
        "__metadata__": {"format": "pt"},
        "half": {"dtype": "F16", "shape": [2], "data_offsets": [24, 28]},
        "single": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "unread": {"dtype": "I64", "shape": [1], "data_offsets": [28, 36]},
    }
    write_safetensors(tmp_path / "a.safetensors", header, single.tobytes() + half.tobytes() + bytes(8))
    tensors = read_safetensors(tmp_path / "a.safetensors", ["single", "half"])
    assert list(tensors) == ["single", "half"] and all(values.dtype == np.float32 for values in tensors.values())
    np.testing.assert_array_equal(tensors["single"], single)
    np.testing.assert_array_equal(tensors["half"], [0.5, -2])


def test_a_missing_tensor_is_named(tmp_path):
    write_safetensors(tmp_path / "a.safetensors", {})
    with pytest.raises(TextVectorsError, match=r"'embedding.weight' is missing; install its package again"):
        read_safetensors(tmp_path / "a.safetensors", ["embedding.weight"])


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]},  # one number for a shape of two
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 99]},  # beyond the end
        {"dtype": "F32", "shape": [1], "data_offsets": [0]},
        {"dtype": "F32", "shape": "x", "data_offsets": [0, 8]},
        {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]},
        {"dtype": "F32", "shape": [2]},
        "no entry",
    ],
)
def test_a_header_that_does_not_fit_is_refused(tmp_path, entry):
    write_safetensors(tmp_path / "a.safetensors", {"x": entry}, bytes(8))
    with pytest.raises(TextVectorsError, match=r"a.safetensors: not a safetensors file"):
        read_safetensors(tmp_path / "a.safetensors", ["x"])


@pytest.mark.parametrize("data", [b"", b"\xff" * 40, b"\x04" + bytes(7) + b"null"])
def test_another_file_is_refused(tmp_path, data):
    (tmp_path / "a.safetensors").write_bytes(data)
    with pytest.raises(TextVectorsError, match="not a safetensors file"):
        read_safetensors(tmp_path / "a.safetensors", ["x"])
    with pytest.raises(TextVectorsError, match="not a safetensors file"):
        read_safetensors(tmp_path / "missing.safetensors", ["x"])
