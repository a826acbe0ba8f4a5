"""Recipes: what a file says is what is done, and what cannot be done is refused before anything is trained."""

from __future__ import annotations

import tomllib

import pytest

from trainer.errors import ConfigError
from trainer.settings.config import DistillationSettings
from trainer.settings.recipes import recipe_names
from trainer.student_steps.recipe import STEPS, load_recipe, recipe_from, recipe_text


def test_every_shipped_recipe_ends_in_its_rounded_form_and_grows_with_its_name():
    sizes = []
    for name in recipe_names():
        recipe = load_recipe(name)
        assert recipe.steps[-1].method == "quantize"
        start = recipe.start(DistillationSettings())
        sizes.append(start.vocabulary_size * start.token_dim)
    assert "300KB" in recipe_names()
    assert len(sizes) == len(recipe_names())


def test_the_text_of_a_recipe_is_read_as_the_same_recipe():
    recipe = load_recipe("300KB")
    again = recipe_from(tomllib.loads(recipe_text(recipe.facts())), "again")
    assert again == recipe


def test_a_step_keeps_the_defaults_that_its_file_does_not_name():
    (step,) = recipe_from({"step": [{"method": "prune-units", "keep": 0.5}]}, "here").steps
    assert step == STEPS["prune-units"](keep=0.5)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"step": [{"method": "shrink"}]}, r"here: step 1: method is 'shrink'; known are .*quantize"),
        ({"step": [{"method": "prune-units", "kept": 0.5}]}, "step 1 .prune-units.: there is no setting 'kept'"),
        ({"step": [{"method": "prune-units", "keep": "half"}]}, "keep is 'half', but should be of type float"),
        ({"steps": []}, "no table 'steps' in a recipe"),
        ({"step": {"method": "quantize"}}, r"written as \[\[step\]\]"),
        ({"student": {"tokens": 5}}, "no setting 'tokens'"),
        (
            {"step": [{"method": "quantize"}, {"method": "prune-units"}]},
            "prune-units after quantize: quantize is what the bundle holds.*put quantize last",
        ),
    ],
)
def test_what_no_recipe_can_be_is_refused_with_place_and_mend(raw, message):
    with pytest.raises(ConfigError, match=message):
        recipe_from(raw, "here")


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("[[step")
    with pytest.raises(ConfigError, match="cannot be read as a recipe"):
        load_recipe(str(path))
