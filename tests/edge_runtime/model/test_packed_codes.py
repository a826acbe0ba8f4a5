"""Packed codes: they come back, from the fewest bytes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge_runtime.model.packed_codes import pack_codes, packed_bytes, unpack_codes


@given(bits=st.integers(1, 8), data=st.data())
def test_packed_codes_come_back_in_the_fewest_bytes(bits, data):
    shape = data.draw(st.tuples(st.integers(0, 5), st.integers(1, 20)))
    codes = data.draw(arrays(np.uint8, shape, elements=st.integers(0, (1 << bits) - 1)))
    packed = pack_codes(codes, bits)
    assert packed.shape == (shape[0], packed_bytes(shape[1], bits))
    assert (unpack_codes(packed, shape[1], bits) == codes).all()


def test_codes_lie_in_a_byte_with_the_highest_bit_first():
    # 5, 2, 7 with 3 bits: 101 010 111, filled up with zeros to two bytes: 10101011 10000000
    assert pack_codes(np.array([[5, 2, 7]], np.uint8), 3).tolist() == [[0b10101011, 0b10000000]]
