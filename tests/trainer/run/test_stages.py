"""A run in its folder: what it refuses before it begins."""

from __future__ import annotations

import dataclasses

import pytest

from trainer.cli.command_line import progress_bar
from trainer.errors import ConfigError
from trainer.run.stages import Run
from trainer.settings.config import RunSettings


def test_a_recipe_with_a_wrong_step_is_refused_before_anything_is_done(tmp_path):
    recipe = tmp_path / "wrong.toml"
    recipe.write_text('[[step]]\nmethod = "prune-vocabulry"\n')
    with pytest.raises(ConfigError, match=r"step 1: method is 'prune-vocabulry'"):
        Run(tmp_path / "run", dataclasses.replace(RunSettings(), recipe=str(recipe)), progress_bar)
    assert not (tmp_path / "run").exists()
