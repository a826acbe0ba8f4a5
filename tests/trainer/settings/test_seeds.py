"""Streams of chance: today's numbers for small seeds, and some numbers for every seed."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from trainer.settings.seeds import STREAMS, Seeds


def test_a_small_seed_keeps_its_numbers():
    assert Seeds(7).plain == 7
    # 7 * 1000 + 2 * 10 + 1
    assert Seeds(7).stream("teacher", 2).library == 7021
    assert Seeds(7).stream("distill").library == 7002
    assert Seeds(7).stream("compress", 4).library == 7043
    assert Seeds(7).stream("export").library == 7004
    # 7 * 100003 + 30
    assert Seeds(7).stream("search", 30).library == 700_051
    drawn = Seeds(7).stream("teacher", 2).rng().random(3)
    assert drawn.tolist() == np.random.default_rng([7, 1, 2]).random(3).tolist()


@pytest.mark.parametrize("seed", [20261129, 4_294_968, -1, -(10**30), 2**32, 2**64, 10**30])
def test_any_whole_number_is_a_seed(seed):
    streams = [Seeds(seed).stream(name, number) for name in STREAMS for number in range(20)]
    for stream in streams:
        keras.utils.set_random_seed(stream.library)
        stream.rng().random()
    np.random.RandomState(Seeds(seed).plain)
    assert len({stream.numbers for stream in streams}) == len(streams)
    assert len({stream.library for stream in streams}) == len(streams)


def test_seeds_that_do_not_fit_draw_differently():
    assert len({Seeds(seed).stream("distill").library for seed in (-1, 1, -2, 2**40, 2**41)}) == 5
    assert Seeds(-1).stream("distill").rng().random() != Seeds(1).stream("distill").rng().random()
