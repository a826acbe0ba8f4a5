"""Kept vectors: whole or not there, whoever else uses the folder, and not without bound."""

import os
import threading

import numpy as np
import pytest

from trainer.errors import TextVectorsError
from trainer.text_vectors import kept
from trainer.text_vectors.kept import keep_vectors, kept_vectors

VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "folder" / "lsa-0.vectors"
    keep_vectors(path, VECTORS)
    return path


def test_vectors_come_back_as_they_went_in(path):
    found = kept_vectors(path, 3)
    np.testing.assert_array_equal(found, VECTORS)
    assert found.dtype == np.float32 and os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("place", [0, 31, 32, 60, -1])
def test_a_file_with_one_changed_byte_does_not_count(path, place):
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert kept_vectors(path, 3) is None


@pytest.mark.parametrize("length", [0, 10, 32, 100, -1])
def test_a_file_that_is_cut_does_not_count(path, length):
    path.write_bytes(path.read_bytes()[:length])
    assert kept_vectors(path, 3) is None


def test_a_file_that_is_not_there_or_has_other_rows_does_not_count(path):
    assert kept_vectors(path.with_name("other.vectors"), 3) is None
    assert kept_vectors(path.parent, 3) is None
    assert kept_vectors(path, 4) is None


def test_what_was_used_longest_ago_makes_room_but_nothing_of_today(tmp_path, monkeypatch):
    size = 32 + 128 + VECTORS.nbytes  # digest, header of .npy, numbers
    monkeypatch.setattr(kept, "KEPT_BYTES", 3 * size)
    (tmp_path / "notes.txt").write_text("of somebody else" * 100)
    for second, name in enumerate("abc"):
        keep_vectors(tmp_path / f"{name}.vectors", VECTORS)
        os.utime(tmp_path / f"{name}.vectors", (second, second))
    kept_vectors(tmp_path / "a.vectors", 3)
    keep_vectors(tmp_path / "d.vectors", VECTORS)
    assert sorted(os.listdir(tmp_path)) == ["a.vectors", "c.vectors", "d.vectors", "notes.txt"]
    monkeypatch.setattr(kept, "KEPT_BYTES", 1)
    keep_vectors(tmp_path / "e.vectors", VECTORS)
    assert sorted(os.listdir(tmp_path)) == ["a.vectors", "d.vectors", "e.vectors", "notes.txt"]


def test_runs_that_write_and_read_the_same_at_once_see_it_whole(path):
    def write():
        for _ in range(30):
            keep_vectors(path, VECTORS)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        np.testing.assert_array_equal(kept_vectors(path, 3), VECTORS)
    assert os.listdir(path.parent) == [path.name]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TextVectorsError, match=r"file/a.vectors: cannot be written: .*choose another folder"):
        keep_vectors(tmp_path / "file" / "a.vectors", VECTORS)
