"""One call: the smallest file within a loss that is allowed.

It tries what fits the model, from cheap to dear, measures after each step and keeps what pays.

    convert     int8, int4: no training; the best of them is what all else must beat
    cut         channels in rounds, each from the last one kept, trained beside the original's outputs; where a cut is
                refused the same shape is trained longer, and at last from nothing as long
    factor      layers as two, where singular values allow it, with fewer and fewer of them
    4 bits      training on the grid of 4 bits, where rounding alone costs too much
    zeros       masks, if bytes are counted after gzip: in the file itself they would save none

A search picks the luckiest of its candidates. So a candidate is kept by the lower bound of its paired difference, and a
hold-out, rows that no decision has seen, is asked once, at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import keras

from trainer.compression.backend import check_backend
from trainer.compression.compressed import Compressed, Row, measured
from trainer.compression.conversion import as_inputs
from trainer.compression.cut import CutChannels
from trainer.compression.distillation import Distillation
from trainer.compression.files import begun, file_of
from trainer.compression.journal import Journal
from trainer.compression.low_rank import LowRank
from trainer.compression.metric import SEARCHED, Metric, difference, quality
from trainer.compression.progress import ProgressBar
from trainer.compression.prune import Prune
from trainer.compression.quantize_aware import QuantizeAware
from trainer.compression.rebuild import cloned, fresh_like
from trainer.compression.step import Candidate, Inputs, Task
from trainer.compression.tflite_file import TfliteFile
from trainer.compression.training import MISSED, Told, Train, Training
from trainer.compression.weights import Filter
from trainer.errors import CompressionError, ExportError, TrainingError
from trainer.intervals import Interval
from trainer.settings.seeds import Seeds

UNITS = ("file", "gzip")
SHARES = (0.7, 0.5, 0.35, 0.25, 0.18, 0.12, 0.08, 0.05)  # of the first width, one round of cuts each
ENERGIES = (0.9, 0.8, 0.7, 0.5)  # of the squared singular values, that factors keep
SPARSITIES = (0.5, 0.7, 0.8, 0.9)
# Of the model's own learning rate, for shapes that have to learn anew: at 1, nets of digits and headlines that were cut
# to a half ended 1 point lower (measured).
ANEW_RATE = 3.0
FEWEST_ROWS = 5  # that the allowed loss has to be, to be told from luck

KEPT, TOO_DEAR, NO_SMALLER = "kept", "loses too much", "is no smaller"


@dataclass(frozen=True, slots=True)
class Search:
    """How far a search goes, and what it may take."""

    max_bytes: int | None = None  # where to stop; None: as small as it gets
    minutes: float | None = None  # after which nothing new is begun
    unit: str = "file"  # what counts as bytes; one of `UNITS`
    epochs: int = 6  # rounds of training after each change
    layers: Filter = "*"  # paths of weights that may be cut, factored and pruned
    folder: str | Path | None = None  # where candidates are kept: a search that was interrupted goes on from there
    told: Told | None = None  # of each round; None: a progress bar


def squeeze(
    model: keras.Model,
    *,
    metric: Metric,
    train: Train | None = None,
    calibration: Inputs | None = None,
    max_loss: float = 0.01,
    holdout: Metric | None = None,
    search: Search | None = None,
    seed: int = 0,
) -> Compressed:
    """Make a model as small as a loss allows.

    Args:
        model: Any Keras 3 model, trained; it keeps its weights.
        metric: Told how a file predicts. It gives a number for each row, or one number; higher is better.
        train: Trains the model it is given for one round, such as an epoch; or arguments of `fit`. None: nothing is
            trained, and only the converter's own quantization is tried.
        calibration: 100 to 200 inputs, rows first; without them there are no int8 activations.
        max_loss: Of the metric, in its own unit.
        holdout: The metric on rows that `metric` does not see; asked once, about the file that won.
        search: How far it goes.
        seed: Of all chance, any whole number: the same seed gives the same file, on as many threads of TensorFlow.

    Raises:
        CompressionError: An argument is out of range.
        ConfigError: The folder belongs to another search, or cannot be written.
        ExportError: The calibration does not fit, or not even the float file computes what the model does.
    """
    check_backend()
    search, seed = search or Search(), Seeds(seed).plain
    if search.unit not in UNITS:
        raise CompressionError(f"squeeze: unit is {search.unit!r}; choose {' or '.join(UNITS)}")
    if not max_loss >= 0:
        raise CompressionError(f"squeeze: max_loss is {max_loss}; give 0 or more, in the metric's own unit")
    told = search.told or ProgressBar("squeeze")
    training = None if train is None else Training(train, seed, told, Distillation(model))
    inputs = None if calibration is None else as_inputs(model, calibration)
    work = _Work(Task(training, inputs, model, seed), metric, max_loss, search)
    work.convert()
    if training is None:
        work.skipped["training"] = "no way to train was given, so nothing but the kind of the file was tried"
    else:
        work.cut()
        work.factor()
        work.four_bits()
        if search.unit == "gzip":
            work.zeros()
    return work.result(holdout)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A candidate, and the smallest of its files that is good enough."""

    candidate: Candidate
    file: TfliteFile | None


@dataclass
class _Work:
    """The state of a search."""

    task: Task
    metric: Metric
    max_loss: float
    search: Search
    rows: list[Row] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A function has another address in each process.
        layers = getattr(self.search.layers, "__qualname__", self.search.layers)
        settings = f"{self.search.epochs} {layers} {self.search.unit} {self.max_loss} {self.task.seed}"
        self.journal = Journal(self.search.folder, self.task.original, settings)
        self.began = time.monotonic()
        self.base = begun(self.task.original)
        self.width = 1.0
        training = self.task.training
        self.anew = replace(self.task, training=training and replace(training, rate=ANEW_RATE))
        self.first = file_of(self.base, self.task.calibration)
        row, self.original = measured("original", self.base, self.first, self.metric, None, self.task.seed)
        self.rows.append(row)
        self.best: tuple[Candidate, TfliteFile] = (self.base, self.first)
        self._warn()

    def convert(self) -> None:
        """Only other numbers in the file."""
        # From a journal comes a copy; what is cut later must be the one whose files were measured.
        if made := self._attempt("convert", lambda: self.base):
            self.base = made.candidate

    def cut(self) -> None:
        """Cut channels in rounds; the first shape that is refused, trained from nothing too, ends it."""
        for number, share in enumerate(SHARES):
            step = CutChannels(share / self.width, epochs=self.search.epochs, layers=self.search.layers)
            cut = self._attempt(f"cut to {share:.0%}", partial(step, self.base, self.anew))
            if cut is None:
                return
            if not cut.file:
                long = self.search.epochs * (number + 2)
                cut = self._rescued(f"{share:.0%}", cut.candidate, long)
                if cut is None:
                    return
            self.base, self.width = cut.candidate, share

    def factor(self) -> None:
        """Put layers as two, of fewer and fewer singular values."""
        whole = self.base
        for energy in ENERGIES:
            step = LowRank(energy=energy, epochs=self.search.epochs, layers=self.search.layers)
            made = self._attempt(f"factors, {energy:.0%}", partial(step, whole, self.anew))
            if made is None or not made.file:
                return
            if made.file is self.best[1]:
                self.base = made.candidate

    def four_bits(self) -> None:
        """Train on the grid of 4 bits, unless rounding the same model to it was good enough."""
        candidate, file = self.best
        if candidate is not self.base or file.kind != "int4":
            step = QuantizeAware(4, epochs=self.search.epochs)
            self._attempt("4 bits, aware", partial(step, self.base, self.task))

    def zeros(self) -> None:
        """Prune more and more."""
        for sparsity in SPARSITIES:
            step = Prune(sparsity, epochs=self.search.epochs, layers=self.search.layers)
            made = self._attempt(f"{sparsity:.0%} zeros", partial(step, self.base, self.task))
            if made is None or not made.file:
                return

    def result(self, holdout: Metric | None) -> Compressed:
        """What was found; the hold-out is asked now."""
        candidate, file = self.best
        if self.task.training and self.task.training.missed:
            self.skipped["distillation"] = MISSED
        skipped = {**candidate.skipped, **self.skipped}
        candidate = replace(candidate, kind=file.kind, skipped=skipped)
        change: Interval | None = None
        if holdout is not None:
            asked = [quality(holdout, each.predict, "the hold-out") for each in (file, self.first)]
            change = difference(asked[0], asked[1], self.task.seed)
        return Compressed(candidate, file, self.rows, self.task.calibration, change)

    def _attempt(self, name: str, make: Callable[[], Candidate]) -> _Attempt | None:
        """Make a candidate and its files; None if there is none, or nothing more is to be tried."""
        if self._is_over():
            return None
        try:
            candidate = self.journal.remembered(name, make)
        except (CompressionError, TrainingError) as error:
            self.skipped[name] = str(error)
            return None
        good = [file for kind in self._kinds(candidate) if (file := self._measured(name, candidate, kind))]
        smallest = min(good, key=self._bytes, default=None)
        if smallest and self._bytes(smallest) < self._bytes(self.best[1]):
            self.best = (candidate, smallest)
        return _Attempt(candidate, smallest)

    def _measured(self, name: str, candidate: Candidate, kind: str) -> TfliteFile | None:
        """The file of a kind if it loses little enough; a row says so either way."""
        try:
            file = file_of(replace(candidate, kind=kind), self.task.calibration)
        except ExportError as error:
            self.skipped[f"{name}, {kind}"] = str(error)
            return None
        row, found = measured(name, candidate, file, self.metric, self.original, self.task.seed)
        good = difference(found, self.original, self.task.seed, SEARCHED).low >= -self.max_loss
        smaller = self._bytes(file) < self._bytes(self.best[1])
        self.rows.append(replace(row, verdict=KEPT if good and smaller else NO_SMALLER if good else TOO_DEAR))
        return file if good else None

    def _kinds(self, candidate: Candidate) -> list[str]:
        if candidate.kind != "float32":
            return [candidate.kind]
        return ["int8" if self.task.calibration is not None else "dynamic", "int4"]

    def _rescued(self, name: str, cut: Candidate, epochs: int) -> _Attempt | None:
        """A shape that was refused, if longer training makes it good: from its own weights, or from nothing."""
        for how, make in (("longer", self._longer), ("from nothing", self._fresh)):
            made = self._attempt(f"{name}, {how}", partial(make, cut, epochs))
            if made is None or made.file:
                return made
        return None

    def _longer(self, cut: Candidate, epochs: int) -> Candidate:
        model = cloned(cut.model)
        self.anew.trainer("squeeze").rounds(model, epochs, "longer", masks=cut.masks)
        return replace(cut, model=model)

    def _fresh(self, cut: Candidate, epochs: int) -> Candidate:
        keras.utils.set_random_seed(self.task.seed)
        model = fresh_like(cut.model)
        self.task.trainer("squeeze").rounds(model, epochs, "from nothing")
        return replace(cut, model=model)

    def _bytes(self, file: TfliteFile) -> int:
        return file.size_bytes if self.search.unit == "file" else file.gzip_bytes

    def _is_over(self) -> bool:
        if self.search.max_bytes and self._bytes(self.best[1]) <= self.search.max_bytes:
            return True
        late = self.search.minutes is not None and time.monotonic() - self.began > 60 * self.search.minutes
        if late:
            self.skipped["minutes"] = f"{self.search.minutes} minutes were over, so nothing more was tried"
        return late

    def _warn(self) -> None:
        """Say so where the metric cannot tell the allowed loss from luck."""
        rows = self.original.rows
        if rows is None:
            self.skipped["metric"] = "gives one number, so nothing says how much of a difference is luck; give rows"
        elif len(rows) * self.max_loss < FEWEST_ROWS:
            self.skipped["metric"] = (
                f"has {len(rows)} rows, of which max_loss {self.max_loss} is {len(rows) * self.max_loss:.1f}: too few "
                "to tell the loss from luck; give more rows, or allow more"
            )
