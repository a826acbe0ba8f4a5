"""What L0 gates and variational dropout share: training decides which weights go, at a pace that lets it."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.compression.pace import speed_of
from trainer.errors import CompressionError
from trainer.models.overlay import TABLE, named_weights
from trainer.student_steps.step import fine_tuning
from trainer.training.distillation import steps_of
from trainer.training.student import Student
from trainer.training.student_data import StudentData


def check_layers(method: str, layers: Sequence[str], student: Student) -> None:
    """Refuse names of weights that distillation does not train: no loss would speak for them.

    Raises:
        CompressionError: With the names that there are.
    """
    known = [name for name in named_weights(student.model) if name.partition("/")[0] in (TABLE, "article")]
    unknown = [name for name in layers if name not in known]
    if unknown or not layers:
        wrong = f"there is no {unknown[0]} that distillation trains" if unknown else "no layer is named"
        raise CompressionError(f"{method}: {wrong}; layers can be {', '.join(known)}")


def pace_of(reach: float, data: StudentData, epochs: float) -> float:
    """The pace (see `Overlay`) at which a number moves by `reach` in a fine-tuning; see `speed_of`."""
    settings = fine_tuning(data, epochs)
    mean_rate = settings.learning_rate / 2  # it falls to about 0
    return speed_of(reach, mean_rate, steps_of(len(data.rows), settings))
