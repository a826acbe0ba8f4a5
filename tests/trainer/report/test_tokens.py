from __future__ import annotations

import numpy as np
import pytest

from edge_runtime.model.article_text import text_of
from edge_runtime.model.tokens import SubwordEncoder, split_words
from trainer.report.tokens import hidden_units, matched_units, vocabulary_change
from trainer.run.model_files import load_student


@pytest.fixture(scope="module")
def students(finished):
    data = finished.data
    return [load_student(step.weights, data.texts.articles, data.text_topics) for step in finished.steps]


def test_pieces_are_told_as_kept_or_removed_by_importance(report, finished, students):
    found, before, after = report.vocabulary, students[0].pieces, students[-1].pieces
    assert (found.before, found.after) == (len(before), len(after))
    assert after == [piece for piece in before if piece in set(after)]
    assert {piece.text for piece in found.removed} <= set(before) - set(after)
    assert {piece.text for piece in found.kept} <= set(after)
    for pieces in (found.removed, found.kept):
        importances = [piece.importance for piece in pieces]
        assert importances == sorted(importances, reverse=True)


def test_a_removed_piece_is_read_as_pieces_that_are_left(report, students):
    words = [piece for piece in report.vocabulary.removed if not piece.text.startswith("##")]
    assert words and all(set(piece.read_as) <= set(students[-1].pieces) for piece in words)
    spelled = [piece for piece in words if "[UNK]" not in piece.read_as]
    assert all("".join(part.removeprefix("##") for part in piece.read_as) == piece.text for piece in spelled)


def test_the_share_of_unknown_words_is_counted_over_words(report, finished, students):
    texts = [text_of(finished.data.texts.articles[row]) for row in finished.data.text_rows]
    encoder = SubwordEncoder(students[-1].pieces)
    words = [word for text in texts for word in split_words(text)]
    unknown = sum(encoder.encode(word) == [0] for word in words)
    assert report.vocabulary.unknown_after == pytest.approx(unknown / len(words))
    assert report.vocabulary.unknown_before < report.vocabulary.unknown_after


def test_a_student_loses_nothing_against_itself(finished, students):
    rows = finished.data.text_rows
    same = vocabulary_change(students[0], students[0], rows)
    assert same.before == same.after and not same.removed and not same.weakest
    units = hidden_units(students[0], students[0], rows)
    assert all(unit.became == unit.number for unit in units)
    assert all(unit.correlation == pytest.approx(1, abs=1e-4) for unit in units)


def test_units_that_were_cut_are_told_as_gone(report, finished, students):
    assert [students[0].model.article_encoder.hidden, students[-1].model.article_encoder.hidden] == [12, 6]
    stayed = [unit for unit in report.units if unit.became is not None]
    assert len(report.units) == 12 and sorted(unit.became for unit in stayed) == list(range(6))


def test_units_are_found_again_after_a_cut_without_training(finished, students):
    # The recipe's first step cuts six of twelve units and trains nothing: those that stay are the same to the bit.
    units = hidden_units(students[0], students[1], finished.data.text_rows)
    stayed = {unit.number: unit.became for unit in units if unit.became is not None}
    assert [stayed[number] for number in sorted(stayed)] == list(range(6))
    assert all(unit.correlation == pytest.approx(1, abs=1e-4) for unit in units if unit.became is not None)


def test_a_unit_is_paired_with_the_one_that_acts_alike():
    first, second, silent = np.array([0, 1, 2, 3.0]), np.array([3, 0, 3, 0.0]), np.zeros(4)
    before = np.stack([first, second, silent], axis=1).astype(np.float32)
    after = np.stack([silent, 2 * second + 1, first], axis=1).astype(np.float32)
    found = matched_units(before, after)
    assert {number: became for number, (became, _) in found.items()} == {0: 2, 1: 1}
    assert all(correlation == pytest.approx(1) for _, correlation in found.values())


def test_a_student_without_a_hidden_layer_has_no_units(finished, students):
    plain = students[0].changed()
    plain.model.article_encoder.hidden = 0
    assert hidden_units(plain, students[-1], finished.data.text_rows) == ()
