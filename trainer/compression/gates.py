"""Overlays of hard concrete gates: on single weights, or on channels for whatever reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.graph import ChannelGroup, Member
from trainer.compression.hard_concrete import REACH, START, decided_gate, nonzero_probability, sampled_gate
from trainer.compression.pace import Pace
from trainer.compression.readers import along, readers

Floats = NDArray[np.float32]


class Gates:
    """Weights read as weight x gate, with new noise at each call."""

    def __init__(self, starts: Mapping[str, Floats], penalty: float) -> None:
        """Begin with a gate for each weight.

        Args:
            starts: log alpha by path, of the weight's shape; an infinite one stays for good.
            penalty: Loss if all gates are open.
        """
        self._penalty, self._number = penalty, sum(start.size for start in starts.values())
        self.pace, self._first = Pace(REACH), next(iter(starts))
        self._numbers = {path: self.pace.number(start, "log_alpha") for path, start in starts.items()}
        self.variables: Mapping[str, Sequence[keras.Variable]] = {
            path: number.variables for path, number in self._numbers.items()
        }

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """The weight times its gates."""
        if path == self._first:
            self.pace.step()
        log_alpha = self._numbers[path].value()
        return weight * sampled_gate(log_alpha, tf.random.uniform(log_alpha.shape, 1e-6, 1 - 1e-6))

    def penalty(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """What the gates of a weight add to the loss: their share of the penalty, if they are expected to be open."""
        opened = tf.reduce_sum(nonzero_probability(self._numbers[path].value()))
        return self._penalty * opened / self._number

    def decided(self) -> dict[str, Floats]:
        """The gates without noise, by path."""
        return {path: decided_gate(number.value()).numpy() for path, number in self._numbers.items()}

    def facts(self) -> dict[str, float]:
        """Which share of the gates is open: as expected under noise, and without it."""
        kept = sum(int(np.count_nonzero(gate)) for gate in self.decided().values())
        expected = sum(float(tf.reduce_sum(nonzero_probability(each.value()))) for each in self._numbers.values())
        return {"expected_share": expected / self._number, "kept_share": kept / self._number}


class ChannelGates:
    """One gate for each channel of some groups: whatever reads a channel reads it times its gate.

    Gates are on the weights of the readers: behind a normalisation the channel's own size would not count.
    """

    def __init__(self, groups: Sequence[ChannelGroup], penalty: float) -> None:
        """Begin with all gates open.

        Args:
            groups: Of channels that are kept or cut together.
            penalty: Loss if all gates are open.
        """
        self._penalty, self._number = penalty, sum(group.size for group in groups)
        self.pace = Pace(REACH)
        self._numbers = [self.pace.number(np.full(group.size, START, np.float32), "log_alpha") for group in groups]
        self._readers: dict[str, list[tuple[int, Member]]] = {}
        for number, group in enumerate(groups):
            for member in readers(group):
                self._readers.setdefault(member.path, []).append((number, member))
        # The penalty of a group is counted once, where it is read first.
        self._counted = {number: path for path, read in reversed(self._readers.items()) for number, _ in read}
        self._first = next(iter(self._readers))
        self.variables: Mapping[str, Sequence[keras.Variable]] = {
            path: tuple({id(v): v for n, _ in read for v in self._numbers[n].variables}.values())
            for path, read in self._readers.items()
        }

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """The weight times the gates of the channels that it reads."""
        if path == self._first:
            self.pace.step()
        for number, member in self._readers[path]:
            log_alpha = self._numbers[number].value()
            gate = sampled_gate(log_alpha, tf.random.uniform(log_alpha.shape, 1e-6, 1 - 1e-6))
            weight = weight * along(member, gate, weight.shape)
        return weight

    def penalty(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """What the gates of the groups that are counted here add to the loss."""
        here = [self._numbers[number] for number, counted in self._counted.items() if counted == path]
        opened = sum(tf.reduce_sum(nonzero_probability(number.value())) for number in here)
        return tf.cast(self._penalty * opened / self._number, tf.float32)

    def decided(self) -> list[Floats]:
        """The gates without noise, by group."""
        return [decided_gate(number.value()).numpy() for number in self._numbers]

    def fixed(self, shapes: Mapping[str, tuple[int, ...]]) -> Fixed:
        """The gates without noise, for weights of these shapes."""
        decided = self.decided()
        factors = {
            path: np.prod(
                [np.broadcast_to(along(m, decided[n], shapes[path]), shapes[path]) for n, m in read], axis=0
            ).astype(np.float32)
            for path, read in self._readers.items()
        }
        return Fixed(factors)

    def facts(self) -> dict[str, float]:
        """Which share of the gates is open without noise."""
        return {"kept_share": sum(int(np.count_nonzero(gate)) for gate in self.decided()) / self._number}


class Fixed:
    """Weights read as weight x factor."""

    def __init__(self, factors: Mapping[str, Floats]) -> None:
        """Take factors by path, each of its weight's shape."""
        self._factors = factors
        self.variables: Mapping[str, Sequence[keras.Variable]] = {path: () for path in factors}

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """The weight times its factor."""
        return weight * self._factors[path]

    def penalty(self, path: str, weight: tf.Tensor) -> None:
        """Factors add nothing to the loss."""
