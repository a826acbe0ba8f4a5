"""A prepared log with its teacher, trained for seconds on simulated readers: where a search begins."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trainer.search.front import Point

if TYPE_CHECKING:
    from trainer.run.stages import Run
    from trainer.settings.config import RunSettings


@dataclass(frozen=True)
class Begun:
    """A run up to its teacher."""

    run: Run

    @property
    def settings(self) -> RunSettings:
        """Of the run: a few steps of everything."""
        return self.run.settings

    def copy(self, out: Path) -> Path:
        """Another folder with the same run."""
        return Path(shutil.copytree(self.run.out, out))


@pytest.fixture(scope="session")
def begun(made_once) -> Begun:
    with made_once("search-start") as folder:
        return start_of_a_search(folder)


def start_of_a_search(folder: Path) -> Begun:
    """Prepare and train it; what the folder has already is only read."""
    from trainer.cli.command_line import progress_bar
    from trainer.data.corpus import load_corpus
    from trainer.data.simulate import SimulatorSettings, simulate_to
    from trainer.run.demo import demo_settings
    from trainer.run.stages import Run

    log = folder / "log"
    if not log.exists():
        simulate_to(log, SimulatorSettings(readers=50, seed=3), load_corpus()[:1200])
    settings = demo_settings(log, seed=1, text_vectors="lsa")
    training = dataclasses.replace(settings.teacher.training, history_steps=20, click_epochs=0.5)
    distillation = dataclasses.replace(settings.student.distillation, epochs=0.0, min_steps=40)
    refit = dataclasses.replace(settings.student.refit, click_epochs=0.2, list_steps=0)
    settings = dataclasses.replace(
        settings,
        teacher=dataclasses.replace(settings.teacher, members=1, training=training),
        student=dataclasses.replace(settings.student, distillation=distillation, refit=refit),
    )
    run = Run(folder / "run", settings, progress_bar)
    run.prepare()
    run.teacher()
    return Begun(run)


@pytest.fixture
def make_point() -> Callable[..., Point]:
    def make(trial: int, size: int, ndcg: float, seed: int = 0, share: float = 0.25, encode_us: float = 10.0) -> Point:
        interval = {"mean": ndcg, "low": ndcg - 0.01, "high": ndcg + 0.01}
        name = f"trial-{trial}" + (f"-full-{seed}" if share == 1 else "")
        return Point(
            name, f"{name}.bundle", size, size, encode_us, 900.0, None, interval, interval, {}, seed, trial, share
        )

    return make
