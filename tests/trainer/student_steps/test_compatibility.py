"""Every pair of steps: refused with its reason, or done at small size with all that the first step left in place."""

from __future__ import annotations

import dataclasses
import itertools
import random

import numpy as np
import pytest

from trainer.errors import CompressionError, ConfigError
from trainer.measure.compression import count_weights
from trainer.models.overlay import named_weights
from trainer.run.model_files import load_student, save_student
from trainer.student_steps.compatibility import MASKING, refusal
from trainer.student_steps.recipe import STEPS, recipe_from

# How each step trains in a graph is for its own tests.
pytestmark = pytest.mark.usefixtures("eagerly")

SMALL = {  # each step with the least training that it can do
    "prune-vocabulary": {"keep": 0.8, "epochs": 0.0},
    "prune-units": {"keep": 0.5, "epochs": 0.0},
    "prune-dimensions": {"keep": 0.75, "epochs": 0.0},
    "prune-weights": {"sparsity": 0.5, "epochs": 0.0},
    "factorize-table": {"rank": 24, "epochs": 0.0},
    "factorize-kernels": {"rank": 6, "epochs": 0.0},
    "l0": {"epochs": 0.1, "fine_tuning_epochs": 0.0},
    "variational": {"divergence": 0.05, "epochs": 0.1, "fine_tuning_epochs": 0.0},
    "distill": {"epochs": 0.1, "click_epochs": 0.1, "lists": 0.1},
    "quantize-aware": {"epochs": 0.1},
    "quantize": {"table": "int8", "encoders": "int8"},
}
# The factors of a kernel have names of their own; a step that names the kernel says which there are.
NAMED = {("factorize-kernels", method): {"layers": ("table",)} for method in MASKING}


def test_every_step_takes_part():
    assert set(SMALL) == set(STEPS)


@pytest.fixture(scope="module")
def tiny(small):
    settings = dataclasses.replace(small.data.distillation, min_steps=4)
    refit = dataclasses.replace(small.data.refit, click_epochs=0.1)
    return dataclasses.replace(small.data, rows=small.data.rows[:600], distillation=settings, refit=refit)


def some_vectors(student):
    return student.model.article_vectors(np.arange(64, dtype=np.int32)).numpy()


@pytest.fixture(scope="module")
def after_one(small, tiny):
    """The student after each step by itself, made when asked for."""
    made = {}

    def after(method):
        if method not in made:
            made[method] = STEPS[method](**SMALL[method])(small.student, tiny)
        return made[method]

    return after


def pairs():
    """All of them; what is not refused, and not among some drawn ones, belongs to the long tests."""
    every = list(itertools.product(SMALL, repeat=2))
    done = [pair for pair in every if not refusal(*pair)]
    drawn = random.Random(4).sample(done, 5)
    long = [pair for pair in done if pair not in drawn]
    return [pytest.param(*pair, marks=pytest.mark.long if pair in long else ()) for pair in every]


@pytest.mark.parametrize(("first", "second"), pairs())
def test_a_pair_composes_or_is_refused(first, second, tiny, after_one):
    if reason := refusal(first, second):
        steps = [{"method": first, **SMALL[first]}, {"method": second, **SMALL[second]}]
        with pytest.raises(ConfigError) as refused:
            recipe_from({"step": steps}, "pair")
        assert reason in str(refused.value) and "put" in reason
        return
    before = after_one(first)
    numbers = {name: weight.numpy().copy() for name, weight in named_weights(before.model).items()}
    student = STEPS[second](**SMALL[second] | NAMED.get((first, second), {}))(before, tiny)

    for name, weight in named_weights(before.model).items():
        assert np.array_equal(weight.numpy(), numbers[name]), f"{second} changed the student that it was given"
    for name, mask in before.masks.items():
        kept = named_weights(student.model)[name].numpy()
        assert kept.shape == mask.shape and not kept[~mask].any(), f"{second} brought pruned weights of {name} back"
    count = [sum(weight["parameters"] for weight in count_weights(one).values()) for one in (before, student)]
    assert count[1] <= count[0]
    assert np.isfinite(some_vectors(student)).all()


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("method", SMALL)
def test_what_a_step_left_is_the_same_after_a_file(method, small, tiny, after_one, tmp_path):
    student = after_one(method)
    save_student(tmp_path / "student.npz", student, small.run.data.topics)
    again = load_student(tmp_path / "student.npz", tiny.articles, small.run.data.text_topics)
    assert np.array_equal(some_vectors(again), some_vectors(student))
    assert again.masks.keys() == student.masks.keys() and again.notes == dict(student.notes)
    assert again.ranges == student.ranges


@pytest.mark.parametrize("method", MASKING)
def test_a_step_that_names_a_kernel_which_is_factored_says_what_there_is(method, tiny, after_one):
    with pytest.raises(CompressionError, match=r"no article/projection.*article/projection_in"):
        STEPS[method](**SMALL[method])(after_one("factorize-kernels"), tiny)
