"""Ranges of settings: every number of a configuration or a recipe is refused by its name before anything is read."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import fields, is_dataclass
from typing import get_type_hints

import pytest

from trainer.compression.recipe import STEPS as MODEL_STEPS
from trainer.errors import ConfigError
from trainer.settings.config import CoClickSettings, RunSettings, TrainingSettings, load_settings
from trainer.settings.ranges import Range, check_ranges
from trainer.student_steps.recipe import STEPS, recipe_from


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[teacher.training]\nbatch = 0", "c.toml: teacher: training: batch is 0; give 1 or more"),
        ("[teacher.training]\nhistory_negatives = -1", "training: history_negatives is -1; give 1 or more"),
        ("[teacher.training]\nclick_epochs = inf", "click_epochs is inf; give 0 or more, and at most 100,000"),
        ("[teacher.training]\nclick_epochs = nan", "click_epochs is nan; give 0 or more"),
        ("[teacher.training]\nhistory_length = 0", "history_length is 0; give 1 or more"),
        ("[teacher.training]\nclick_negatives = 0", "click_negatives is 0; give 1 or more"),
        ("[teacher.training]\ndropout = 1.0", "dropout is 1.0; give 0 or more, and less than 1"),
        ("[teacher]\ndim = 0", "c.toml: teacher: dim is 0; give 1 or more"),
        ("[teacher]\nmembers = 0", "members is 0; give 1 or more"),
        ("[student.refit]\nscore_weight = 1.5", "student: refit: score_weight is 1.5; give 0 or more, and at most 1"),
        ("[student.refit]\ntemperature = 0", "temperature is 0.0; give more than 0"),
        (f"[student.refit]\nclick_rate = {'9' * 400}", "click_rate is inf; give"),
        ("[student.distillation]\ntoken_dim = -3", "student: distillation: token_dim is -3; give 1 or more"),
        ("[data]\ndev_share = 1", "data: dev_share is 1.0; give more than 0, and less than 1"),
        ("[data]\nmax_bad_share = -0.1", "data: max_bad_share is -0.1; give 0 or more, and at most 1"),
    ],
)
def test_a_number_out_of_range_is_refused_with_file_and_name(tmp_path, text, message):
    (tmp_path / "c.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=message):
        load_settings(tmp_path / "c.toml")


@pytest.mark.parametrize(
    ("method", "name", "value"),
    [
        ("prune-vocabulary", "epochs", -1.0),
        ("prune-vocabulary", "keep", 0.0),
        ("prune-units", "epochs", -5.0),
        ("prune-weights", "epochs", math.inf),
        ("prune-weights", "sparsity", 1.01),
        ("factorize-table", "energy", math.nan),
        ("distill", "temperature", 0.0),
        ("quantize", "lists", math.inf),
        ("l0", "fine_tuning_epochs", math.nan),
        ("variational", "threshold", math.inf),
    ],
)
def test_a_step_out_of_range_is_refused_with_its_place(method, name, value):
    with pytest.raises(ConfigError, match=rf"r\.toml: step 1 \({method}\): {name} is {value}; give "):
        recipe_from({"step": [{"method": method, name: value}]}, "r.toml")


@pytest.mark.parametrize(
    ("method", "name", "choices"),
    [
        ("quantize", "table", "float32, .*int8.*, parts"),
        ("quantize", "encoders", "int8, dynamic, float16, float32"),
        ("quantize-aware", "table", "int8, int4, int3, int2"),
        ("distill", "source", "features, scores, both"),
        ("l0", "structure", "weights, units, rows"),
        ("prune-weights", "importance", "magnitude, taylor, movement"),
        ("prune-weights", "scope", "global, layer"),
    ],
)
def test_a_text_that_is_no_choice_is_refused_before_the_training(method, name, choices):
    with pytest.raises(ConfigError, match=rf"r\.toml: step 1 \({method}\): {name} is 'all'; give one of {choices}"):
        recipe_from({"step": [{"method": method, name: "all"}]}, "r.toml")


def test_the_students_sizes_in_a_recipe_are_checked_too():
    with pytest.raises(ConfigError, match=r"r\.toml: student: hidden is -1; give 0 or more"):
        recipe_from({"student": {"hidden": -1}}, "r.toml")


def numbers_without_a_range(settings: object) -> list[str]:
    hints, found = get_type_hints(type(settings), include_extras=True), []
    for each in fields(settings):  # type: ignore[arg-type]
        value = getattr(settings, each.name)
        if is_dataclass(value):
            found += numbers_without_a_range(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            limits = [one for one in getattr(hints[each.name], "__metadata__", ()) if isinstance(one, Range)]
            found += [] if limits else [f"{type(settings).__name__}.{each.name}"]
    return found


def test_no_number_of_a_setting_or_a_step_is_without_a_range():
    steps = [step() for step in (*STEPS.values(), *MODEL_STEPS.values())]
    found = [name for settings in (RunSettings(), *steps) for name in numbers_without_a_range(settings)]
    # Any seed is one, and co-clicks check themselves.
    own = [f"CoClickSettings.{each.name}" for each in fields(CoClickSettings) if each.name != "method"]
    assert set(found) - set(own) == {"RunSettings.seed"}


def test_settings_made_in_python_are_checked_by_the_same_ranges():
    settings = RunSettings()
    check_ranges(settings, "settings")
    broken = dataclasses.replace(settings.student, refit=TrainingSettings(list_batch=0))
    with pytest.raises(ConfigError, match="settings: student: refit: list_batch is 0; give 1 or more"):
        check_ranges(dataclasses.replace(settings, student=broken), "settings")


def test_a_range_says_what_may_be_given():
    assert str(Range(0, 1, open_least=True)) == "more than 0, and at most 1"
    assert Range(0, 1, open_least=True).holds(1) and not Range(0, 1, open_least=True).holds(0)
    assert not Range(0, 1, open_most=True).holds(1) and not Range(-math.inf, math.inf).holds(math.nan)


def test_a_file_of_windows_begins_with_a_byte_order_mark(tmp_path):
    (tmp_path / "c.toml").write_bytes(b"\xef\xbb\xbf[teacher]\r\nmembers = 2\r\n")
    assert load_settings(tmp_path / "c.toml").teacher.members == 2
