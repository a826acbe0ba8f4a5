"""L0 regularisation: weights get random gates, and training pays for every gate that is not shut.

Louizos, Welling and Kingma, ICLR 2018; the gates are in `trainer.compression.hard_concrete`. The penalty is the
probability that they are not 0. Unlike pruning to a given sparsity, the loss itself decides how much stays, at a given
price.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.hard_concrete import REACH, START, decided_gate, nonzero_probability, sampled_gate
from trainer.data.progress import Bar
from trainer.errors import CompressionError
from trainer.models.overlay import TABLE, Values, named_weights
from trainer.settings.ranges import Choice, Epochs, Positive
from trainer.student_steps.learned_sparsity import check_layers, pace_of
from trainer.student_steps.prune_units import UNIT_AXES, keep_units
from trainer.student_steps.prune_vocabulary import keep_tokens
from trainer.student_steps.prune_weights import remove_weights
from trainer.student_steps.step import fine_tune
from trainer.training.student import Student
from trainer.training.student_data import StudentData

STRUCTURES = ("weights", "units", "rows")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SparsifyL0:
    """Train gates and weights together, remove what a shut gate belongs to, then fine-tune.

    With the structure "weights" every weight of `layers` has a gate, and zeros are kept by masks. "units" are those of
    the article encoder's hidden layer. "rows" are those of the token table, except [UNK]. What is shut is cut out, and
    titles are read with the tokens that are left.
    """

    method: ClassVar[str] = "l0"
    penalty: Positive = 0.5  # lambda, in the loss of distillation: what all weights cost if every gate is open
    structure: Annotated[str, Choice(STRUCTURES)] = "weights"
    layers: tuple[str, ...] = (TABLE, "article/projection", "article/hidden_in", "article/hidden_out")  # for "weights"
    epochs: Epochs = 8.0  # of gates and weights
    fine_tuning_epochs: Epochs = 4.0  # with the gates as they were decided

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student without what its gates shut off; masks that it came with are only extended."""
        self._check(student)
        trained = student.copy()
        gates = train_gates(trained, data, self.starts(student), self.penalty, self.epochs)
        decided = gates.decided()
        for name, values in decided.items():
            weight = named_weights(trained.model)[name]
            weight.assign(weight.numpy() * values)
        sparse = self._removed(trained, data, {name: values > 0 for name, values in decided.items()})
        found = {"expected_share": float(gates.expected_share()), "kept_share": gates.kept_share()}
        fine_tune(sparse, data, self.fine_tuning_epochs, self.method)
        return replace(sparse, notes={**sparse.notes, self.method: found})

    def starts(self, student: Student) -> dict[str, Floats]:
        """Where log alpha begins.

        Returns:
            By the name of a weight, an array of its shape, or (n, 1) for whole rows of it.
        """
        weights = named_weights(student.model)
        if self.structure == "units":
            return {"article/hidden_out": np.full((weights["article/hidden_out"].shape[0], 1), START, np.float32)}
        if self.structure == "rows":
            rows = np.full((len(student.pieces), 1), START, np.float32)
            rows[0] = np.inf  # [UNK]
            return {TABLE: rows}
        shapes = {name: weights[name].shape for name in self.layers}
        kept = {name: student.masks.get(name, np.ones(shape, bool)) for name, shape in shapes.items()}
        return {name: np.where(mask, START, -np.inf).astype(np.float32) for name, mask in kept.items()}

    def _check(self, student: Student) -> None:
        if self.structure not in STRUCTURES:
            raise CompressionError(f"{self.method}: structure is {self.structure!r}; choose {', '.join(STRUCTURES)}")
        if not self.penalty > 0:
            raise CompressionError(
                f"{self.method}: penalty is {self.penalty}; give more than 0, in the loss's own unit"
            )
        if self.epochs <= 0 or self.fine_tuning_epochs < 0:
            given = f"{self.epochs} and {self.fine_tuning_epochs}"
            raise CompressionError(
                f"{self.method}: epochs and fine_tuning_epochs are {given}; give above 0, and 0 or more"
            )
        if self.structure == "units" and not set(UNIT_AXES) <= set(named_weights(student.model)):
            raise CompressionError(
                f"{self.method}: the article encoder has no hidden units that can be cut; leave the step out, or put "
                "it before factorize-kernels"
            )
        if self.structure == "weights":
            check_layers(self.method, self.layers, student)

    def _removed(self, student: Student, data: StudentData, kept: Mapping[str, NDArray[np.bool_]]) -> Student:
        for name, mask in kept.items():
            if np.count_nonzero(mask) <= (self.structure == "rows"):  # [UNK] alone reads nothing
                raise CompressionError(f"{self.method}: penalty {self.penalty} left nothing of {name}; lower it")
        if self.structure == "units":
            return keep_units(student, np.flatnonzero(kept["article/hidden_out"]))
        if self.structure == "rows":
            return keep_tokens(student, np.flatnonzero(kept[TABLE]), data.articles)
        return remove_weights(student, kept)


class Gates:
    """Weights read as weight x gate, with new noise in every step."""

    def __init__(self, starts: Mapping[str, Floats], penalty: float, pace: float) -> None:
        """Begin with gates by the names of `named_weights`.

        Args:
            starts: log alpha, of shapes that spread over the weights'; an infinite one stays for good.
            penalty: Loss if all gates are open.
            pace: At which log alpha learns; see `Overlay`.
        """
        self._penalty = penalty
        self._number = sum(start.size for start in starts.values())
        # One gate of many has a gradient below Adam's epsilon; what is trained is log alpha / number of gates, whose
        # gradient is as many times larger.
        self._scaled = {name: tf.Variable(start / np.float32(self._number)) for name, start in starts.items()}
        self.variables: Sequence[tf.Variable] = list(self._scaled.values())
        self.pace = pace / self._number

    def log_alpha(self) -> Values:
        """Where the gates stand now, by the name of their weight."""
        return {name: scaled * self._number for name, scaled in self._scaled.items()}

    def values(self, weights: Values) -> Values:
        """The weights times their gates, with new noise at each call."""
        gated: Values = {}
        for name, log_alpha in self.log_alpha().items():
            noise = tf.random.uniform(log_alpha.shape, 1e-6, 1 - 1e-6)
            gated[name] = weights[name] * sampled_gate(log_alpha, noise)
        return gated

    def penalty(self) -> tf.Tensor:
        """What is added to the loss, a scalar: the penalty times the share of gates that is expected to be open."""
        return self._penalty * self.expected_share()

    def expected_share(self) -> tf.Tensor:
        """Expected L0 norm of the gates, divided by their number; a scalar."""
        opened = [tf.reduce_sum(nonzero_probability(log_alpha)) for log_alpha in self.log_alpha().values()]
        return tf.add_n(opened) / self._number

    def kept_share(self) -> float:
        """Share of gates that are open without noise."""
        return sum(int(np.count_nonzero(gate)) for gate in self.decided().values()) / self._number

    def decided(self) -> dict[str, Floats]:
        """The gates without noise, by weight; each array has the shape that `SparsifyL0.starts` gave it."""
        return {name: decided_gate(log_alpha).numpy() for name, log_alpha in self.log_alpha().items()}


def train_gates(
    student: Student, data: StudentData, starts: Mapping[str, Floats], penalty: float, epochs: float
) -> Gates:
    """Train a student's weights, in place, together with gates on some of them.

    Args:
        student: Its weights are those behind the gates afterwards.
        data: What to learn from; its bar is opened anew for each epoch, with the expected share in its title.
        starts: See `Gates`.
        penalty: See `Gates`.
        epochs: Over the titles.

    Raises:
        TrainingError: The loss is not finite.
    """
    gates = Gates(starts, penalty, pace_of(REACH, data, epochs))
    told = replace(data, bar=_told_by_epoch(data.bar, epochs, gates))
    fine_tune(student, told, epochs, SparsifyL0.method, [gates], clicks=False)
    return gates


def _told_by_epoch(bar: Bar, epochs: float, gates: Gates) -> Bar:
    """Bars that are opened anew for each epoch, since a title cannot change while its bar is open."""

    @contextlib.contextmanager
    def opened(title: str, steps: int) -> Iterator[Callable[[int], object]]:
        epoch = max(1, round(steps / epochs))
        with contextlib.ExitStack() as shown:

            def next_epoch(done: int) -> Callable[[int], object]:
                shown.close()
                share = float(gates.expected_share())
                return shown.enter_context(bar(f"{title}, {share:.1%} expected to stay", min(epoch, steps - done)))

            done, step = 0, next_epoch(0)

            def progress(count: int) -> None:
                nonlocal done, step
                step(count)
                done += count
                if done % epoch == 0 and done < steps:
                    step = next_epoch(done)

            yield progress

    return opened
