"""What the stages of a run find out, as stages.json and run.json hold it."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.data.json_facts import FLAT, Json
from trainer.measure.compression import MeasuredStudent
from trainer.measure.quality import Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherFacts:
    """What the stage teacher writes down: the teacher's size and quality."""

    text_vectors: str
    members: int
    bytes: int  # of its weights; its text encoder apart
    quality: Quality = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFacts:
    """What the stage distill writes down: the dense student's size, and how near it is to its teacher."""

    tokens: int
    bytes: int  # of its weights
    cosine_to_teacher: float
    quality: Quality = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftStudent:
    """What a step of a recipe left."""

    cosine_to_teacher: float | None = None  # of the student before the first step it is not asked again
    measured: MeasuredStudent = field(metadata=FLAT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """A step of a recipe, or the student before the first one."""

    step: Json  # method and settings
    left: LeftStudent = field(metadata=FLAT)

    @property
    def method(self) -> str:
        """The step's name in a recipe; "student" before the first one."""
        return str(self.step["method"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CompressFacts:
    """What the stage compress writes down: the student after the last step, and after each."""

    recipe: str
    tokens: int
    hidden_units: int
    left: LeftStudent = field(metadata=FLAT)  # by the last step, its weights not told again
    steps: tuple[StepFacts, ...]


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What the stage export writes down: the bundle's size."""

    bytes: int
    gzip_bytes: int
    warm_articles: int  # that have a row of co-clicks
