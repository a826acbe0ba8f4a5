from __future__ import annotations

import numpy as np
from pytest import approx

from edge_runtime.content.own_words import LEAST_COSINE, near_by_vector, near_by_words, words_of


def test_the_words_of_a_text_are_those_that_say_something():
    assert words_of("Electric ferries in Norway") == ("electric", "ferries", "norway")
    assert words_of("电动渡轮") == ("电动", "动渡", "渡轮")
    assert words_of("the of") == ("the", "of")  # better than nothing
    assert words_of("!") == ()


def test_more_than_half_of_the_words_count_as_their_share():
    places = {"electric": [0, 1, 2], "ferries": [0, 1], "norway": [0]}
    assert near_by_words([*places], places, 4).tolist() == approx([1, 2 / 3, 0, 0])
    assert near_by_words(["electric", "ferries"], places, 3).tolist() == [1, 1, 0]  # one of two is half
    assert near_by_words([], {}, 2).tolist() == [0, 0]


def test_a_cosine_counts_above_the_bound():
    middle = (1 + LEAST_COSINE) / 2
    assert near_by_vector(np.array([-1.0, LEAST_COSINE, middle, 1.0])).tolist() == approx([0, 0, 0.5, 1])
