"""Facts of a run: what goes to JSON comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from trainer.data.json_facts import FLAT, from_json, to_json


@dataclass(frozen=True)
class Inner:
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Outer:
    name: str
    inner: Inner = field(metadata=FLAT)
    by_name: Mapping[str, Inner]
    listed: tuple[Inner, ...] = ()
    again: Outer | None = None


ONE = Outer(name="a", inner=Inner(0.5, 1.5), by_name={"x": Inner(1, 2)}, listed=(Inner(3, 4),))


def test_flat_names_stand_beside_the_others_and_what_is_none_is_left_out():
    assert to_json(ONE) == {
        "name": "a",
        "low": 0.5,
        "high": 1.5,
        "by_name": {"x": {"low": 1, "high": 2}},
        "listed": [{"low": 3, "high": 4}],
    }


def test_what_was_written_is_read_again():
    both = Outer(name="b", inner=Inner(0, 0), by_name={}, again=ONE)
    assert from_json(Outer, json.loads(json.dumps(to_json(both)))) == both


@pytest.mark.parametrize("changed", [{"more": 1}, {"low": None, "again": 3}, {"by_name": {"x": [1]}}])
def test_what_does_not_fit_is_refused(changed):
    with pytest.raises((TypeError, ValueError)):
        from_json(Outer, {**to_json(ONE), **changed})


def test_a_missing_name_is_refused():
    raw = to_json(ONE)
    del raw["high"]
    with pytest.raises(TypeError):
        from_json(Outer, raw)
