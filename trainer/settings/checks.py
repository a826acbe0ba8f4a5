"""Settings that no training can have: refused before anything is read or computed, and before TensorFlow is loaded."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.errors import ConfigError
from trainer.settings.config import RunSettings, TeacherSettings
from trainer.settings.ranges import check_ranges

TERMS = {  # of the score, and the weights behind each
    "interest": ("interest",),
    "average": ("average",),
    "topic": ("topic_share", "topic_matrix", "topic_bias"),
    "prior": ("prior",),
    "freshness": ("freshness",),
}


def check_settings(settings: RunSettings) -> None:
    """Refuse numbers out of their range, and settings that do not go together.

    Raises:
        ConfigError: There is one.
    """
    check_ranges(settings, "settings")
    check_teacher(settings.teacher)
    check_terms(settings.teacher.without, "teacher: without")
    check_terms(settings.student.distillation.without, "student: distillation: without")


def check_teacher(chosen: TeacherSettings) -> None:
    """Refuse members whose mean would be no model, and a teacher that would need one.

    Raises:
        ConfigError: There are several with hidden layers, or scores of a teacher are to be learned.
    """
    if chosen.training.score_weight:
        raise ConfigError(
            f"teacher: training: score_weight is {chosen.training.score_weight}, but a teacher has no teacher whose "
            "scores could be learned; set it to 0"
        )
    if chosen.members > 1 and (chosen.hidden or chosen.user_hidden):
        raise ConfigError(
            "teacher: hidden layers start differently in each member, so that the mean of several is no model; "
            "set members = 1, or hidden and user_hidden = 0"
        )


def check_terms(without: Sequence[str], where: str) -> None:
    """Refuse to leave out what is no term of the score.

    Args:
        without: Names that should be among `TERMS`.
        where: For the error: the setting.

    Raises:
        ConfigError: One is not.
    """
    for term in without:
        if term not in TERMS:
            raise ConfigError(f"{where}: there is no term {term!r} in the score; known are {', '.join(TERMS)}")
