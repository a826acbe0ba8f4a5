"""In which order a search tries what it has, and where it ends; candidates and their files are made up."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from trainer.compression.squeezing import Search, _Attempt, _Work


class Scripted(_Work):
    """A search whose candidates are good or not by their names."""

    def __init__(self, good):
        self.search, self.task, self.anew, self.good = Search(epochs=1), None, None, good
        self.base, self.width, self.best = "original", 1.0, ("original", "first")
        self.tried = []

    def _attempt(self, name, make):
        self.tried.append(name)
        file = name if name in self.good else None
        if file:
            self.best = (name, file)
        return _Attempt(name, file)


@pytest.mark.parametrize(
    ("good", "tried", "base"),
    [
        # Refused, and longer training does not help: neither does a fresh start, so the search goes no deeper.
        (["cut to 70%"], ["cut to 70%", "cut to 50%", "50%, longer", "50%, from nothing"], "cut to 70%"),
        # Longer training rescues 70 %, and the next round begins from it.
        (
            ["70%, longer"],
            ["cut to 70%", "70%, longer", "cut to 50%", "50%, longer", "50%, from nothing"],
            "70%, longer",
        ),
        # Where that does not help, a fresh start may.
        (
            ["70%, from nothing", "cut to 50%"],
            [
                *("cut to 70%", "70%, longer", "70%, from nothing", "cut to 50%"),
                *("cut to 35%", "35%, longer", "35%, from nothing"),
            ],
            "cut to 50%",
        ),
    ],
)
def test_a_cut_that_is_refused_is_trained_longer_and_then_from_nothing(good, tried, base):
    work = Scripted(good)
    work.cut()
    assert (work.tried, work.base) == (tried, base)


def test_factors_become_thinner_until_one_is_refused():
    work = Scripted(["factors, 90%", "factors, 80%"])
    work.factor()
    assert work.tried == ["factors, 90%", "factors, 80%", "factors, 70%"]
    assert work.base == "factors, 80%"


@pytest.mark.parametrize(("kept", "tried"), [(("base", "int4"), []), (("other", "int4"), ["4 bits, aware"])])
def test_training_on_four_bits_is_left_out_where_rounding_the_same_model_was_kept(kept, tried):
    work = Scripted([])
    work.base = "base"
    work.best = (kept[0], SimpleNamespace(kind=kept[1]))
    work.four_bits()
    assert work.tried == tried
