from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.trainer.conftest import small

if TYPE_CHECKING:
    from trainer.settings.config import RunSettings


__all__ = ["small"]


@pytest.fixture(scope="session")
def small_settings(slow: None) -> Callable[..., RunSettings]:
    """Settings of a run of seconds: the demo's, without ready-made text vectors, with sizes for the student."""
    from trainer.run.demo import demo_settings

    def make(log: Path, **sizes: int) -> RunSettings:
        settings = demo_settings(log, seed=1, text_vectors="lsa")
        training = dataclasses.replace(settings.teacher.training, history_steps=20, click_epochs=0.5)
        distillation = dataclasses.replace(settings.student.distillation, epochs=1, min_steps=60, **sizes)
        refit = dataclasses.replace(settings.student.refit, list_steps=10)
        return dataclasses.replace(
            settings,
            teacher=dataclasses.replace(settings.teacher, training=training),
            student=dataclasses.replace(settings.student, distillation=distillation, refit=refit),
        )

    return make
