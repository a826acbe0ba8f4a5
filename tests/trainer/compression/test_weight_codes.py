"""Codes of 4 and 8 bits, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.compression.weight_codes import codes_of, packed


def test_codes_and_scales_of_two_channels_worked_out():
    # Channel 0: amax 14, scale 2, 14 -> 7, -3 -> -1.5 -> -2 (to even). Channel 1: zeros have scale 1.
    values = np.array([[14, 0], [-3, 0]], np.float32)
    codes, scales = codes_of(values, 4, axis=1)
    assert codes.tolist() == [[7, 0], [-2, 0]]
    assert scales.tolist() == [2, 1]
    # One scale for all at 8 bits: 127 codes for 14; -3 * 127 / 14 = -27.2.
    codes, scales = codes_of(values, 8, axis=None)
    assert codes.tolist() == [[127, 0], [-27, 0]]
    assert scales.tolist() == pytest.approx([14 / 127])


def test_rounding_what_is_on_the_grid_gives_the_same_codes():
    values = np.random.default_rng(0).normal(size=(40, 9)).astype(np.float32)
    for bits in (4, 8):
        codes, scales = codes_of(values, bits, axis=1)
        again, same = codes_of(codes * scales, bits, axis=1)
        assert np.array_equal(again, codes)
        assert np.allclose(same, scales, rtol=1e-6)


def test_two_codes_share_a_byte_the_first_in_the_low_half():
    # 7 is 0111, -7 is 1001, -1 is 1111: 0x97, then 0x0f with nothing in the high half.
    assert packed(np.array([7, -7, -1], np.int8), 4).tolist() == [0x97, 0x0F]
    assert packed(np.array([7, -7], np.int8), 8).tolist() == [7, 249]
