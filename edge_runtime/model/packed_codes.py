"""Codes of 1 to 8 bits without a gap between them, as the token table and other members of a bundle store them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def packed_bytes(count: int, bits: int) -> int:
    """How many bytes the codes of a row take; a row begins at a whole byte."""
    return -(-count * bits // 8)


def pack_codes(codes: NDArray[np.uint8], bits: int) -> NDArray[np.uint8]:
    """Pack the codes of each row without a gap, the highest bit of each code first.

    Args:
        codes: (n, count) numbers below 2 ** bits.
        bits: Of a code, 1 to 8.

    Returns:
        (n, packed_bytes(count, bits)) uint8.
    """
    if bits == 8:
        return codes
    each = np.unpackbits(codes[:, :, None], axis=2)[:, :, 8 - bits :]  # (n, count, bits)
    return np.packbits(each.reshape(len(codes), codes.shape[1] * bits), axis=1)


def unpack_codes(packed: NDArray[np.uint8], count: int, bits: int) -> NDArray[np.uint8]:
    """Undo `pack_codes`.

    Args:
        packed: (n, packed_bytes(count, bits)) uint8.
        count: Codes of a row.
        bits: Of a code, 1 to 8.

    Returns:
        (n, count) uint8.
    """
    if bits == 8:
        return packed
    begins = np.arange(0, count * bits, bits)
    # Code by code, not row by row: numpy is fast along many rows. A code lies in the high bits of two bytes, behind
    # those of the code before it.
    pairs = packed.T.astype(np.uint16, order="C") << np.uint16(8)
    pairs[:-1] |= packed.T[1:]
    codes = pairs[begins // 8]
    codes >>= (16 - bits - begins % 8).astype(np.uint16)[:, None]
    codes &= np.uint16((1 << bits) - 1)
    return codes.astype(np.uint8).T
