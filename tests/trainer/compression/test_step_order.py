"""Rules of what cannot come after what."""

import pytest

from trainer.compression.step_order import Rule, StepOrder
from trainer.errors import ConfigError

ORDER = StepOrder(
    Rule(["end"], None, "{first} ends it; put {second} before", allowed=["check"]),
    Rule(["mask", "end"], ["cut"], "{second} moves what {first} names"),
)


def test_a_rule_is_about_its_own_methods_in_its_own_order():
    assert ORDER.refusal("mask", "cut") == "cut moves what mask names"
    assert ORDER.refusal("cut", "mask") is None
    assert ORDER.refusal("mask", "mask") is None


def test_a_rule_about_all_lets_through_what_it_allows_and_the_first_rule_gives_the_reason():
    assert ORDER.refusal("end", "check") is None
    assert ORDER.refusal("end", "end") == "end ends it; put end before"
    assert ORDER.refusal("end", "cut") == "end ends it; put cut before"


def test_an_impossible_pair_is_found_at_any_distance():
    with pytest.raises(ConfigError, match=r"^small\.toml: cut after mask: cut moves what mask names$"):
        ORDER.check(["cut", "mask", "check", "cut"], "small.toml")
    ORDER.check(["cut", "mask", "end", "check"], "small.toml")
