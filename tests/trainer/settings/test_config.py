"""Settings: recipes by name, and what is refused."""

from __future__ import annotations

import pytest

from trainer.errors import ConfigError
from trainer.settings.config import DEFAULT_RECIPE, RunSettings, load_settings, with_recipe


def test_the_default_settings_are_those_of_the_default_recipe():
    assert with_recipe(RunSettings(), DEFAULT_RECIPE) == RunSettings()


def test_an_unknown_size_is_refused_with_the_choice():
    with pytest.raises(ConfigError, match=r"choose .*64KB.*300KB.*1MB"):
        with_recipe(RunSettings(), "2TB")


def test_a_file_sets_what_it_names_and_refuses_what_it_does_not_know(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('seed = 3\n[teacher]\nmembers = 1\nwithout = ["prior"]\n[student.refit]\nscore_weight = 0\n')
    settings = load_settings(path)
    assert (settings.seed, settings.teacher.members, settings.teacher.without) == (3, 1, ("prior",))
    assert settings.student.refit.score_weight == 0
    path.write_text("[teacher]\nmember = 1\n")
    with pytest.raises(ConfigError, match="no setting 'member'"):
        load_settings(path)
