"""Word counts: titles are counted once each, counts come back within a fifth, damage is refused."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest

from edge_runtime import BundleError, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.word_counts import count_titles, word_counts_from_bytes

PIECES = ["[UNK]", "##s", "cup", "final", "the"]


def test_a_piece_counts_once_in_a_title_and_comes_back_within_a_fifth():
    titles = ["the cup, the cup", "the cups", "the final"] + ["the"] * 997
    counts = count_titles(PIECES, titles)
    again = word_counts_from_bytes(counts.to_bytes(), len(PIECES))
    assert again.num_titles == 1000
    # cup in 2 titles, ##s and final in one, the in all; "," is unknown
    true = np.array([1, 1, 2, 1, 1000])
    assert (np.abs(np.log2((again.counts() + 1) / (true + 1))) <= 0.25 + 1e-9).all()
    assert again.to_bytes() == counts.to_bytes()


def test_what_is_rarer_than_a_title_in_5000_counts_as_that():
    counts = count_titles(PIECES, ["cup"] * 3 + ["the"] * 39_997).counts()
    assert counts[2] == counts[3] == pytest.approx(40_000 / 5_000, rel=0.2)


def test_no_title_is_refused():
    with pytest.raises(ValueError, match="give at least one"):
        count_titles(PIECES, [])


@pytest.mark.parametrize(
    "data",
    [
        b"\1\0",
        b"\1\0\0\0",
        b"\1\0\0\0" + zlib.compress(bytes(4)),
        b"\1\0\0\0" + zlib.compress(bytes(6)),
        b"\1\0\0\0" + zlib.compress(bytes(5)) + b"x",
        b"\1\0\0\0" + zlib.compress(bytes(5))[:-2],
        b"\0\0\0\0" + zlib.compress(bytes(5)),
        b"\1\0\0\0" + zlib.compress(bytes([65] * 5)),
    ],
)
def test_damaged_counts_are_refused(data):
    with pytest.raises((ValueError, zlib.error)):
        word_counts_from_bytes(data, 5)


def test_a_bundle_keeps_its_counts_and_those_of_another_vocabulary_are_refused_by_name(tmp_path):
    plain = read_bundle(DEFAULT_BUNDLE)
    counts = count_titles(plain.pieces, ["A cup final"])
    write_bundle(tmp_path / "with", replace(plain, word_counts=counts))
    assert read_bundle(tmp_path / "with").word_counts.to_bytes() == counts.to_bytes()
    write_bundle(tmp_path / "odd", replace(plain, word_counts=count_titles(PIECES, ["cup"])))
    with pytest.raises(BundleError, match="member word_counts does not fit"):
        read_bundle(tmp_path / "odd")
