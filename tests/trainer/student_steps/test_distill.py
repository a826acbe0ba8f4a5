"""Distillation as a step: each source teaches what it says, and nothing else."""

from __future__ import annotations

import contextlib
import dataclasses

import numpy as np
import pytest

from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.errors import CompressionError, ConfigError
from trainer.models.overlay import TABLE, weight_arrays
from trainer.student_steps.distill import Distill


@pytest.fixture
def told(small, eagerly):
    """What a step learns from at a size of some steps, and the titles and steps of its progress bars."""
    bars = []

    @contextlib.contextmanager
    def bar(title, steps):
        bars.append((title, steps))
        yield lambda count: None

    refit = dataclasses.replace(small.data.refit, list_steps=4)
    distillation = dataclasses.replace(small.data.distillation, min_steps=4)
    data = dataclasses.replace(small.data, bar=bar, refit=refit, rows=small.data.rows[:64], distillation=distillation)
    return data, bars


def test_features_teach_titles_alone(small, told):
    data, bars = told
    taught = Distill(source="features", epochs=1.0)(small.student, data)
    assert bars == [("distill: distillation", 2)]
    before, after = weight_arrays(small.student.model), weight_arrays(taught.model)
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert TABLE in changed and not any(name.startswith(("head/", "user/")) for name in changed)


def test_scores_teach_lists_and_clicks_in_the_number_that_is_asked_for(small, told):
    data, bars = told
    Distill(source="scores", lists=0.5, click_epochs=0.0)(small.student, data)
    assert bars == [("distill: lists", 2), ("distill: clicks", 0)]


def test_both_teach_titles_first(small, told):
    data, bars = told
    Distill(epochs=1.0, lists=0.0, click_epochs=0.0)(small.student, data)
    assert bars == [("distill: distillation", 2), ("distill: lists", 0), ("distill: clicks", 0)]


@pytest.mark.parametrize("settings", [{"score_weight": 1.5}, {"temperature": 0.0}])
def test_weight_and_temperature_of_the_scores_reach_the_loss(small, told, settings):
    with pytest.raises(ConfigError, match=r"score_weight is .* and temperature"):
        Distill(source="scores", lists=0.0, **settings)(small.student, told[0])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "clicks"}, "source is 'clicks'; choose features, scores, both"),
        ({"epochs": -1.0}, "epochs, click_epochs and lists are -1.0, 1.0 and 1.0; give 0 or more"),
        ({"lists": -0.5}, "epochs, click_epochs and lists are 4.0, 1.0 and -0.5; give 0 or more"),
    ],
)
def test_settings_that_teach_nothing_are_refused(settings, message):
    student = tiny_student([[1, 0]], [[0]], projection=[[1, 0], [0, 1]])
    with pytest.raises(CompressionError, match=f"distill: {message}"):
        Distill(**settings)(student, tiny_data([0]))
