"""Knowledge distillation as a step: a student learns once more what its teacher knows.

From features it learns the teacher's vectors: every title of the training days teaches, clicked or not. From scores it
learns to rank lists as the teacher does (list-wise, at a temperature). The teacher may be an ensemble:
it is the mean of its members (`trainer.training.teacher`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from trainer.errors import CompressionError
from trainer.models.overlay import Masks
from trainer.settings.ranges import Amount, Choice, Epochs, Positive, Share
from trainer.student_steps.step import fine_tune
from trainer.training.student import Student
from trainer.training.student_data import StudentData
from trainer.training.teach import learn_scores

SOURCES = ("features", "scores", "both")


@dataclass(frozen=True, slots=True)
class Distill:
    """Learn from the teacher's vectors, its scores, or both."""

    method: ClassVar[str] = "distill"
    source: Annotated[str, Choice(SOURCES)] = "both"
    epochs: Epochs = 4.0  # over the titles
    click_epochs: Epochs = 1.0  # over the clicks, if scores are learned
    lists: Amount = 1.0  # of ranking lists that nobody was shown, before the clicks, in the run's own list steps
    score_weight: Share = 0.5  # of the teacher's scores beside the clicks themselves; 1 leaves the clicks out
    temperature: Positive = 1.0  # of the softmax over a list

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student after more training on the teacher's vectors, scores or both, as `source` says."""
        if self.source not in SOURCES:
            raise CompressionError(f"distill: source is {self.source!r}; choose {', '.join(SOURCES)}")
        if min(self.epochs, self.click_epochs, self.lists) < 0:
            given = f"{self.epochs}, {self.click_epochs} and {self.lists}"
            raise CompressionError(f"distill: epochs, click_epochs and lists are {given}; give 0 or more")
        taught = student.copy()
        if self.source != "scores":
            fine_tune(taught, data, self.epochs, self.method, clicks=False)
        if self.source != "features":
            settings = replace(
                data.refit,
                click_epochs=self.click_epochs,
                list_steps=round(data.refit.list_steps * self.lists),
                score_weight=self.score_weight,
                temperature=self.temperature,
            )
            overlays = [Masks(taught.masks)] if taught.masks else []
            learn_scores(taught, data, self.method, settings, data.rng(), overlays)
        return taught
