"""Chance with names: each part of a run draws from a stream of its own, whatever whole number the run was given.

Keras, scikit-learn and optuna take numbers of 32 bits, NumPy's generators any that is not negative. A seed that fits is
used as it is; of any other one the bits of a hash stand in for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

_BITS = 32
# Of each stream: its own number, and what the seed and a number within the stream are multiplied by.
STREAMS = {
    "search": (0, 100_003, 1),
    "teacher": (1, 1000, 10),
    "distill": (2, 1000, 10),
    "compress": (3, 1000, 10),
    "export": (4, 1000, 10),
    "import": (5, 1000, 10),
}


@dataclass(frozen=True, slots=True)
class Stream:
    """Where one part of a run draws its chance from."""

    library: int  # 0 to 2**32 - 1, for a library's own generator
    numbers: tuple[int, ...]  # none negative, for a generator of NumPy's

    def rng(self) -> np.random.Generator:
        """A generator at the stream's begin."""
        return np.random.default_rng(self.numbers)


@dataclass(frozen=True, slots=True)
class Seeds:
    """All streams of random numbers that come from one seed."""

    seed: int  # any whole number

    @property
    def plain(self) -> int:
        """The seed itself where it is from 0 to 2**32 - 1, for what draws once."""
        return _fitting(self.seed, "plain", self.seed)

    def stream(self, name: str, number: int = 0) -> Stream:
        """One of `STREAMS`.

        Args:
            name: What draws.
            number: Of several that draw, such as the members of a teacher; not negative.
        """
        offset, by_seed, by_number = STREAMS[name]
        library = _fitting(self.seed * by_seed + number * by_number + offset, f"{name} {number}", self.seed)
        first = self.seed if self.seed >= 0 else _hashed("negative", self.seed)
        return Stream(library, (first, offset, number))


def _fitting(value: int, name: str, seed: int) -> int:
    return value if 0 <= value < 2**_BITS else _hashed(name, seed)


def _hashed(name: str, seed: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{name} of {seed}".encode()).digest()[: _BITS // 8], "little")
