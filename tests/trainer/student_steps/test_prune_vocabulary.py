"""Cutting tokens: rows move up as they are, and titles are read with the pieces that are left."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pytest import approx

from edge_runtime.model.article_text import text_of
from edge_runtime.model.tokens import SubwordEncoder
from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.errors import CompressionError
from trainer.models.overlay import TABLE
from trainer.models.text_input import TokenTableInput, pad_tokens
from trainer.student_steps.prune_vocabulary import PruneVocabulary, prune_vocabulary, token_importance
from trainer.student_steps.prune_weights import PruneWeights
from trainer.training.student import tokenize


def test_importance_is_length_times_root_of_frequency():
    # 5 * 2, 1 * 3, and a token that no title has.
    found = token_importance(np.array([[3, 4], [0, 1], [6, 8]], np.float32), np.array([4, 9, 0]))
    assert found == approx([10, 3, 0])


def test_rows_of_kept_tokens_are_bit_for_bit_what_they_were(small):
    student = small.student
    smaller = prune_vocabulary(student, small.data.articles, small.data.rows, 500)
    before = dict(zip(student.pieces, student.model.text.table.numpy(), strict=True))
    assert len(smaller.pieces) == 500
    assert smaller.pieces[0] == student.pieces[0] == "[UNK]"
    for piece, row in zip(smaller.pieces, smaller.model.text.table.numpy(), strict=True):
        assert (row == before[piece]).all()


def test_titles_are_read_anew_with_the_pieces_that_are_left(small):
    student, articles = small.student, small.data.articles
    smaller = prune_vocabulary(student, articles, small.data.rows, 500)
    encoder = SubwordEncoder(smaller.pieces)
    ids = smaller.model.text.token_ids.numpy()
    assert ids.max() < 500
    for row in small.data.rows[:50]:
        assert ids[row][ids[row] >= 0].tolist() == encoder.encode(text_of(articles[row]))[: ids.shape[1]]


def test_a_removed_token_falls_back_to_shorter_pieces_or_is_unknown(small):
    articles = [dataclasses.replace(small.data.articles[0], title=title) for title in ("sunny", "sun", "penny")]
    pieces = ["[UNK]", "sun", "##ny", "sunny", "pen"]
    table = np.ones((5, 32), np.float32)
    table[3] = 0.1  # "sunny" moves its title the least
    text = TokenTableInput(table, pad_tokens(tokenize(pieces, articles)))
    assert text.token_ids.numpy().tolist() == [[3, -1], [1, -1], [4, 2]]
    student, rows = dataclasses.replace(small.student.changed(text=text), pieces=pieces), np.arange(3, dtype=np.int32)
    four = prune_vocabulary(student, articles, rows, 4)
    assert four.pieces == ["[UNK]", "sun", "##ny", "pen"]
    assert four.model.text.token_ids.numpy().tolist() == [[1, 2], [1, -1], [3, 2]]
    three = prune_vocabulary(four, articles, rows, 3)  # "pen" comes once, "sun" and "##ny" twice by now
    assert three.pieces == ["[UNK]", "sun", "##ny"]
    assert three.model.text.token_ids.numpy().tolist() == [[1, 2], [1, -1], [0, -1]]


@pytest.mark.parametrize(("keep", "left"), [(0.01, 2), (0.74, 4), (0.66, 3), (1.0, 5)])
def test_the_number_of_tokens_is_rounded_to_the_nearest_and_one_beside_unknown_stays(keep, left):
    # 0.74 x 5 = 3.7, 0.66 x 5 = 3.3
    student = tiny_student(np.ones((5, 2)), [[1, 2, 3, 4]], projection=np.eye(2))
    smaller = PruneVocabulary(keep=keep, epochs=0.0)(student, tiny_data([0]))
    assert len(smaller.pieces) == left and smaller.pieces[0] == "[UNK]"


def test_a_mask_keeps_the_rows_of_the_tokens_that_stay(small):
    masked = PruneWeights(sparsity=0.3, scope="layer", epochs=0.0)(small.student, small.data)
    smaller = prune_vocabulary(masked, small.data.articles, small.data.rows, 500)
    before = dict(zip(masked.pieces, masked.masks[TABLE], strict=True))
    assert all((mask == before[piece]).all() for piece, mask in zip(smaller.pieces, smaller.masks[TABLE], strict=True))
    assert (smaller.model.text.table.numpy()[~smaller.masks[TABLE]] == 0).all()
    assert set(smaller.masks) == set(masked.masks)


@pytest.mark.usefixtures("long")
def test_three_quarters_of_the_tokens_make_a_smaller_bundle_that_still_ranks(small, tmp_path):
    parent = small.student
    smaller = PruneVocabulary(keep=0.75)(parent, small.data)
    removed = len(parent.pieces) - len(smaller.pieces)
    assert removed == len(parent.pieces) - round(0.75 * len(parent.pieces))
    assert smaller.model.text.table.shape == (len(smaller.pieces), 32)
    # 32 numbers of 4 bytes a row, and what the list of pieces loses.
    gained = (
        small.export(parent, tmp_path / "parent").size_bytes - small.export(smaller, tmp_path / "smaller").size_bytes
    )
    assert gained > removed * 32 * 4
    assert small.ndcg(smaller) > small.ndcg(parent) - 0.03


@pytest.mark.parametrize("keep", [0.0, 1.5])
def test_a_share_that_is_none_is_refused(small, keep):
    with pytest.raises(CompressionError, match=f"prune-vocabulary: keep is {keep}; give more than 0 and at most 1"):
        PruneVocabulary(keep=keep)(small.student, small.data)


@pytest.mark.parametrize("keep", [1, 100_000])
def test_tokens_that_are_not_there_cannot_be_kept(small, keep):
    with pytest.raises(CompressionError, match=f"cannot keep {keep} of [0-9]+ tokens; choose 2 to"):
        prune_vocabulary(small.student, small.data.articles, small.data.rows, keep)
