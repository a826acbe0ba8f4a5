"""Laws of the words that a reader picks."""

from __future__ import annotations

import numpy as np
from pytest import approx

from edge_runtime.content.title_words import LEAST_RARITY, WORDS_KEPT, word_slots
from edge_runtime.personal.word_head import MOST, PRIOR_VARIANCE, WordHead, different_words


def places(*words: str) -> np.ndarray:
    return word_slots(dict.fromkeys(words, LEAST_RARITY + 1))


def words(*given: str) -> tuple[int, ...]:
    (found,) = different_words(places(*given)[None])
    return found


def test_only_rare_words_have_places_and_the_rarest_come_first():
    found = word_slots({"the": 0.2, "volcano": 6.0, "erupts": 4.0})
    assert found.tolist() == [*word_slots({"volcano": 6.0})[:1], *word_slots({"erupts": 4.0})[:1], *[0] * 10]
    many = word_slots({f"word{n}": 3.0 + n for n in range(40)})
    assert (many > 0).all()
    assert len(many) == WORDS_KEPT


def test_one_example_by_hand():
    # log-odds 0: p = 0.5; precision 1 / 0.5 + 0.25 = 2.25; weight (1 - 0.5) / 2.25
    head = WordHead()
    head.learn([(words("volcano"), 0.0, True)])
    assert PRIOR_VARIANCE == 0.5
    assert head.scores(places("volcano")[None]) == approx([0.5 / 2.25])
    assert head.scores(places("senate")[None]) == approx([0.0])


def test_words_share_what_an_example_says_and_no_word_says_nothing():
    head = WordHead()
    head.learn([(words("volcano", "lava"), 0.0, True)])
    both, one = head.scores(np.stack([places("volcano", "lava"), places("lava")]))
    assert both == approx(2 * one)
    head.learn([(words(), 0.0, True)])
    assert head.scores(places()[None]) == approx([0.0])


def test_a_word_that_is_always_picked_rises_and_one_always_passed_over_falls():
    rng, head = np.random.default_rng(0), WordHead()
    for _ in range(300):
        picked = bool(rng.random() < 0.5)
        head.learn([(words("volcano" if picked else "senate"), -1.0, picked)])
    up, down = head.scores(np.stack([places("volcano"), places("senate")]))
    assert up > 1 > -0.3 > down


def test_a_copy_knows_the_same_and_learns_apart():
    head = WordHead()
    head.learn([(words("volcano"), -2.0, True)])
    copy, before = head.copy(), head.scores(places("volcano")[None])
    assert copy.scores(places("volcano")[None]) == before
    copy.learn([(words("volcano"), -2.0, True)])
    assert head.scores(places("volcano")[None]) == before < copy.scores(places("volcano")[None])


def test_the_surest_example_still_moves_a_word():
    # log-odds are cut at 6: p = 1 / (1 + e^-6), and 1 - p is 0.0025
    head = WordHead()
    head.learn([(words("volcano"), 1000.0, False)])
    p = 1 / (1 + np.exp(-6))
    assert head.scores(places("volcano")[None]) == approx([-p / (2 + p * (1 - p))])


def test_all_words_of_a_title_together_are_bounded():
    head, many = WordHead(), [f"word{n}" for n in range(WORDS_KEPT)]
    for _ in range(2):
        head.learn([((word,), -3.0, True) for word in words(*many)])
    assert head.scores(places(*many)[None]) == approx([MOST])
    assert head.scores(places(many[0])[None]) == approx([head.weight(words(many[0])[0])])
