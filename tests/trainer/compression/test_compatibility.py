from itertools import product

import pytest

from trainer.compression.compatibility import AWARE, CUTTING, FACTORING, LAST, MASKING, check_order, refusal
from trainer.compression.recipe import STEPS
from trainer.errors import ConfigError

REST = ("distill",)


def test_every_method_is_of_one_kind():
    assert sorted((*MASKING, *CUTTING, *FACTORING, *AWARE, *LAST, *REST)) == sorted(STEPS)


def test_every_pair():
    refused = {(first, second) for first, second in product(STEPS, STEPS) if refusal(first, second)}
    moving = {(first, second) for first, second in product(MASKING, (*CUTTING, *FACTORING))}
    ending = {(first, second) for first, second in product((*AWARE, *LAST), STEPS)}
    assert refused == moving | ending | {("low-rank", "low-rank")}


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (
            "prune",
            "cut-channels",
            "the masks of prune name places that cut-channels would move or mix; put cut-channels b",
        ),
        ("low-rank", "low-rank", "the factors of low-rank fit the width"),
        (
            "quantize-aware",
            "quantize",
            "quantize-aware leaves numbers on the file's grid, and quantize would take them",
        ),
        (
            "quantize",
            "distill",
            "quantize is what the file holds, and distill would change it again; put quantize last",
        ),
    ],
)
def test_reasons(first, second, reason):
    assert refusal(first, second).startswith(reason)


def test_the_place_and_the_pair_are_named_even_apart():
    with pytest.raises(ConfigError, match=r"small.toml: cut-channels after prune: the masks"):
        check_order(["prune", "distill", "cut-channels"], "small.toml")
    check_order(["cut-channels", "low-rank", "distill", "prune", "variational", "l0", "quantize-aware"], "recipe")
