from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.run.demo import demo_settings
from trainer.settings.config import RunSettings


@pytest.fixture(scope="session")
def small_settings() -> Callable[..., RunSettings]:
    """Settings of a run of seconds: the demo's, without ready-made text vectors, with sizes for the student."""

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
