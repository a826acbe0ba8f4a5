"""Settings: sizes by name, and what is refused."""

from __future__ import annotations

import pytest

from trainer.config import SIZES, RunSettings, load_settings, with_size
from trainer.errors import ConfigError


def test_the_default_size_has_a_name():
    assert with_size(RunSettings(), "300KB") == RunSettings()


def test_sizes_grow_and_an_unknown_one_is_refused_with_the_choice():
    tables = [size.vocabulary_size * size.keep_tokens * size.token_dim for size in SIZES.values()]
    assert tables == sorted(tables)
    with pytest.raises(ConfigError, match="choose 50KB, 300KB, 1MB, 4MB"):
        with_size(RunSettings(), "2MB")


def test_a_file_sets_what_it_names_and_refuses_what_it_does_not_know(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('seed = 3\n[teacher]\nmembers = 1\nwithout = ["prior"]\n[student.refit]\nscore_weight = 0\n')
    settings = load_settings(path)
    assert (settings.seed, settings.teacher.members, settings.teacher.without) == (3, 1, ("prior",))
    assert settings.student.refit.score_weight == 0
    path.write_text("[teacher]\nmember = 1\n")
    with pytest.raises(ConfigError, match="no setting 'member'"):
        load_settings(path)
