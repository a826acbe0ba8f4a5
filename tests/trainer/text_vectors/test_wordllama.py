"""WordLlama's table, read from the installed package."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from edge_runtime import Article
from trainer.errors import TextVectorsError
from trainer.text_vectors import text_vectors, wordllama

pytestmark = pytest.mark.skipif(find_spec("wordllama") is None, reason="needs the package wordllama")


def test_a_text_is_the_mean_of_its_tokens_and_nothing_is_zero(tmp_path):
    told = []
    texts = ["Tram", "Tram Tram", "", "Rain", "电车"]
    titles = [Article(str(number), text) for number, text in enumerate(texts)]
    tram, twice, nothing, rain, chinese = text_vectors("wordllama", titles, tmp_path, 0, told.append)
    assert tram.shape == (256,) and sum(told) == len(texts)
    np.testing.assert_allclose(twice, tram, atol=1e-6)  # the mean of twice the same
    assert not nothing.any() and rain.any() and chinese.any()
    assert "wordllama" not in sys.modules


def test_like_texts_are_closer_than_unlike():
    a, b, c = wordllama.encode_texts(["ferry on the river", "boat on a river", "interest rate"], lambda done: None)
    a, b, c = (vector / np.linalg.norm(vector) for vector in (a, b, c))
    assert a @ b > a @ c + 0.2


def test_a_package_without_its_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(wordllama, "package_folder", lambda kind: tmp_path)
    with pytest.raises(TextVectorsError, match=r"l2_supercat_256.safetensors: not a safetensors file .*again"):
        wordllama.encode_texts(["Tram"], lambda done: None)


def test_texts_beyond_one_batch_keep_their_rows():
    texts = ["Tram", "Rain", "Ferry", "Bank", "Goal"]
    whole = wordllama.encode_texts(texts, lambda done: None)
    told = []
    np.testing.assert_array_equal(wordllama.encode_texts(texts, told.append, batch_size=2), whole)
    assert told == [2, 2, 1]
