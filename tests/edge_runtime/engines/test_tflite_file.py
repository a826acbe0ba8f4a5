"""A damaged or forged file never does worse than being refused, or giving wrong numbers."""

from __future__ import annotations

import contextlib
import random
import struct
import warnings

import numpy as np
import pytest

from edge_runtime import EngineError, read_bundle
from edge_runtime.engines import NumpyEngine, unsupported_operators
from edge_runtime.engines.tflite_file import MAX_BYTES, read_model
from edge_runtime.installation import DEFAULT_BUNDLE


@pytest.fixture(scope="module")
def files():
    bundle = read_bundle(DEFAULT_BUNDLE)
    return bundle.article_encoder, bundle.user_encoder


def inputs(rows: int, widths: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    return {name: np.full((rows, *width), 0.125, np.float32) for name, width in widths.items()}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Some bytes flipped or set, a length or an offset overwritten, a piece cut out or doubled, or the end cut off."""
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 16])):
        # Half of them where the tables are: the weights lie at the front, and damage to them is wrong numbers alone.
        at = chance.randrange(len(changed) - 8) if chance.random() < 0.5 else len(changed) - 9 - chance.randrange(3000)
        match chance.randrange(6):
            case 0:
                changed[at] ^= 1 << chance.randrange(8)
            case 1:
                changed[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
            case 2:
                value = chance.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1, len(content), chance.randrange(2**32)])
                struct.pack_into("<I", changed, at & ~3, value)
            case 3:
                del changed[at : at + chance.choice([1, 4, 64])]
            case 4:
                changed[at:at] = changed[at : at + chance.choice([1, 4, 64])]
            case 5:
                return bytes(changed[: chance.randrange(len(changed))])
    return bytes(changed)


def test_mutations_are_refused_or_compute_something(files, rounds):
    refused = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed in range(rounds(400, 10_000)):
            content = mutated(files[seed % 2], random.Random(seed))
            try:
                engine = NumpyEngine(content)
                outputs = engine.run(
                    **inputs(2, {"pooled": (64,), "topics": (24,)} if seed % 2 == 0 else {"clicks": (64,)})
                )
                assert all(len(output) == 2 for output in outputs)
            except EngineError:
                refused += 1
            with contextlib.suppress(EngineError):
                unsupported_operators(content)
    assert refused > rounds(100, 2500)


def test_every_truncation_is_refused(files):
    for content in files:
        for size in range(0, len(content), 97):
            with pytest.raises(EngineError):
                NumpyEngine(content[:size])


def test_a_file_is_read_only_up_to_a_size(files):
    with pytest.raises(EngineError, match=f"has {MAX_BYTES + 1} bytes; at most {MAX_BYTES} are read"):
        read_model(files[0].ljust(MAX_BYTES + 1, b"\0"))


def test_weights_are_views_of_the_file(files):
    constants = [tensor.constant for tensor in read_model(files[0]).tensors if tensor.constant is not None]
    assert len(constants) == 6 and not any(constant.flags.owndata for constant in constants)


def test_a_healthy_file_has_nothing_that_is_not_run(files):
    assert [unsupported_operators(content) for content in files] == [[], []]
