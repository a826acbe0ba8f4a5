"""A table and its pieces from elsewhere: what does not belong together is refused, and told in full."""

from __future__ import annotations

import re

import numpy as np
import pytest

from trainer.errors import ExportError
from trainer.export.token_files import read_token_files, read_topics


@pytest.fixture
def files(tmp_path):
    """A table of 3 rows and its pieces."""
    table, pieces = tmp_path / "table.npy", tmp_path / "pieces.txt"
    np.save(table, np.arange(6, dtype=np.float64).reshape(3, 2))
    pieces.write_text("[UNK]\nrain\n##y\n", "utf-8")
    return table, pieces


def test_both_come_back_as_they_were_written(files):
    rows, pieces = read_token_files(*files)
    assert rows.dtype == np.float32
    assert rows.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert pieces == ["[UNK]", "rain", "##y"]


def test_a_table_and_pieces_of_different_lengths_are_told_with_both_numbers(files):
    table, pieces = files
    pieces.write_text("[UNK]\nrain\n", "utf-8")
    with pytest.raises(ExportError, match=f"{re.escape(str(table))} has 3 rows and .*pieces.txt has 2 pieces.*belong"):
        read_token_files(table, pieces)


@pytest.mark.parametrize(
    ("text", "told"),
    [("rain\n[UNK]\n##y\n", r"\[UNK\] is not at the head"), ("[UNK]\nrain\nrain\n", "'rain', comes a second time")],
)
def test_a_list_that_is_no_vocabulary_is_told_with_its_file(files, text, told):
    files[1].write_text(text, "utf-8")
    with pytest.raises(ExportError, match=rf"pieces\.txt: .*{told}"):
        read_token_files(*files)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (np.zeros(3, np.float32), r"float32 of shape \(3,\)"),
        (np.zeros((3, 2), np.int8), r"int8 of shape \(3, 2\)"),
        (np.array([[0, 0], [np.nan, 0], [0, 0]], np.float32), "row 1 is not finite"),
    ],
)
def test_an_array_that_is_no_table_is_told_with_its_shape(files, values, told):
    np.save(files[0], values)
    with pytest.raises(ExportError, match=rf"table\.npy: .*{told}"):
        read_token_files(*files)


def test_a_file_that_is_no_array_is_told(files):
    files[0].write_bytes(b"PK not quite")
    with pytest.raises(ExportError, match=r"table\.npy: cannot be read as a table.*numpy\.save"):
        read_token_files(*files)


def test_topics_are_named_for_every_column_but_the_first(tmp_path):
    path = tmp_path / "topics.txt"
    path.write_text("Sports\n food \n", "utf-8")
    assert read_topics(path, 3) == ("", "sports", "food")
    with pytest.raises(ExportError, match=r"has 2 topics, but the encoder takes 5 columns.*4 others"):
        read_topics(path, 5)
    path.write_text("food\nFood\n", "utf-8")
    with pytest.raises(ExportError, match="comes twice"):
        read_topics(path, 3)
