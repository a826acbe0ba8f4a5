from __future__ import annotations

import numpy as np
import pytest

from edge_runtime import Article, read_bundle
from edge_runtime.model.tokens import SubwordEncoder, split_words
from trainer.data.dataset import Impressions, Ragged
from trainer.report.words import moved_apart, reader_words, usual_list, without, words_of


def test_a_word_that_moves_all_scores_alike_has_no_importance():
    assert moved_apart(np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])) == 0


def test_importance_is_the_root_mean_square_of_what_scores_move_apart():
    # Changes 0, 0 and -3; minus their mean -1 they are 1, 1 and -2: sqrt((1 + 1 + 4) / 3)
    assert moved_apart(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 6.0])) == pytest.approx(2**0.5)


def test_a_word_is_left_out_wherever_it_stands():
    article = Article("a", "Rain, rain and more Rain")
    assert words_of([article]) == ["rain", ",", "and", "more"]
    assert without(article, "rain").title == ", and more"
    assert without(article, "sun") is article


def test_titles_put_together_of_their_words_are_read_alike(finished):
    encoder = SubwordEncoder(read_bundle(finished.bundle).pieces)
    for article in finished.data.texts.articles[:500]:
        assert encoder.encode(" ".join(split_words(article.title))) == encoder.encode(article.title)


def test_the_reader_is_the_first_with_about_twenty_clicks_and_something_to_rank():
    lengths = [3, 20, 19, 20]
    shown = [[1, 0, 0, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0, 1, 0, 0, 0]]
    dev = Impressions(
        ids=list("abcd"),
        users=np.arange(4, dtype=np.int32),
        times=np.arange(4),
        history=Ragged(np.zeros(sum(lengths), np.int32), np.cumsum([0, *lengths])),
        candidates=Ragged(np.zeros(20, np.int32), np.arange(5) * 5),
        clicked=np.array(shown, bool).ravel(),
    )
    assert usual_list(dev) == 3  # the second list has no click, so there is nothing to rank in it


def test_two_equal_bundles_hear_the_same_words(finished):
    found = reader_words(finished.bundle, finished.bundle, finished.data.texts.articles, finished.dev)
    assert len(found.words) == found.shared == 10 and found.correlation == pytest.approx(1)
    assert all(word.before == word.after and word.position_before == word.position_after for word in found.words)
    assert [word.position_before for word in found.words] == list(range(1, 11))
    assert found.words[0].before == max(word.before for word in found.words) > 0


def test_a_word_of_the_best_title_gains_what_its_score_loses_without_it(report, finished):
    gained = [word.before for word in report.reader.title_words]
    assert gained == sorted(gained, reverse=True) and report.reader.shown >= 5
