"""Proposals: whatever is drawn, it is a recipe that can be run."""

from __future__ import annotations

import itertools
import tomllib

import optuna
import pytest

from trainer.search import space
from trainer.search.methods import METHODS
from trainer.search.space import (
    MASKED_TABLES,
    describe,
    facts_of,
    final_shape,
    known_methods,
    possible_order,
    propose,
    starts,
    table_format,
)
from trainer.settings.recipes import recipe_names
from trainer.student_steps import recipe as recipes
from trainer.student_steps.compatibility import refusal
from trainer.student_steps.recipe import load_recipe, recipe_from, recipe_text


@pytest.fixture(scope="module")
def proposals():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    return [propose(study.ask()) for _ in range(300)]


def started(start):
    study = optuna.create_study()
    study.enqueue_trial(start)
    return propose(study.ask())


def test_every_proposal_is_a_recipe_that_reads_the_same_from_its_toml(proposals):
    for recipe in proposals:
        assert recipe_from(tomllib.loads(recipe_text(facts_of(recipe))), "again") == recipe


def test_every_proposal_ends_in_a_table_that_its_steps_allow(proposals):
    for recipe in proposals:
        methods = [step.method for step in recipe.steps]
        assert methods[-1] == "quantize" and len(set(methods)) == len(methods)
        shape, form = final_shape(recipe, recipe.student["vocabulary_size"]), table_format(recipe)
        form.check(shape.token_dim)  # parts divide the width that is left
        assert not shape.masked_table or recipe.steps[-1].table in MASKED_TABLES


def test_all_tables_encoders_poolings_and_known_methods_are_proposed(proposals):
    last = [recipe.steps[-1] for recipe in proposals]
    assert {step.table for step in last} == set(space.TABLES)
    assert {step.encoders for step in last} == {"int8", "dynamic", "float16", "float32"}
    assert {tuple(recipe.student.get("without", ())) for recipe in proposals} == {(), ("average",), ("interest",)}
    assert {step.method for recipe in proposals for step in recipe.steps} == {*known_methods(), "quantize"}


def test_a_cut_is_mended_by_the_last_step_that_trains_alone(proposals):
    for recipe in proposals:
        *earlier, rounding = recipe.steps
        last = rounding if rounding.table == "parts" else earlier.pop() if earlier else None
        assert all(step.epochs == 0 for step in earlier if METHODS[step.method].cuts)
        assert last is None or last.epochs > 0


def test_no_order_is_impossible_and_a_possible_one_is_left_as_it_is():
    for methods in itertools.permutations(METHODS, 3):
        order = possible_order(methods)
        pairs = list(itertools.combinations(order, 2))
        assert set(order) <= set(methods)
        assert not any(refusal(*pair) for pair in pairs)
        if not any(refusal(*pair) for pair in itertools.combinations(methods, 2)):
            assert order == list(methods)


def test_a_method_that_the_trainer_does_not_know_is_not_proposed(monkeypatch):
    monkeypatch.setitem(METHODS, "fold", METHODS["distill"])
    assert "fold" not in known_methods()
    monkeypatch.setitem(recipes.STEPS, "fold", recipes.STEPS["distill"])
    assert "fold" in known_methods()


def test_the_search_begins_with_recipes_that_are_known_to_be_good():
    (start,) = (start for name, start in zip(reversed(recipe_names()), starts(), strict=True) if name == "300KB")
    recipe, by_hand = started(start), load_recipe("300KB")
    assert (recipe.steps, recipe.student) == (by_hand.steps, by_hand.student)
    assert "prune-vocabulary 0.75, parts " in describe(recipe)
