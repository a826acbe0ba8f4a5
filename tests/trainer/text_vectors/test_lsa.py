"""Latent semantic analysis of the log's own articles."""

import warnings

import numpy as np
import pytest

from trainer.text_vectors.lsa import DIM, encode_texts

FERRY = "The river ferry runs again after the long winter"
TEXTS = [
    FERRY,
    "River ferry runs again after a long winter break",
    "Central bank raises its interest rate by a quarter point",
    "Striker scores three goals in the cup final",
] * 6
CHINESE = ["央行宣布下调存款准备金率", "央行宣布下调贷款利率", "国家队赢得世界杯预选赛", "新能源汽车销量创新高"] * 6


def cosine(a, b):
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


@pytest.mark.parametrize("texts", [TEXTS, CHINESE, TEXTS[:4], CHINESE[:4]])
def test_near_duplicates_are_closer_than_unrelated_texts(texts):
    vectors = encode_texts(texts, seed=0)
    assert cosine(vectors[0], vectors[1]) > 0.3 + max(cosine(vectors[0], vectors[2]), cosine(vectors[0], vectors[3]))


@pytest.mark.parametrize("pair", [("ニュースの時間", "ニュースを見る"), ("ข่าววันนี้", "ข่าวกีฬา")])
def test_scripts_without_spaces_are_compared_by_characters(pair):
    vectors = encode_texts([*pair, "unrelated words"], seed=0)
    assert cosine(vectors[0], vectors[1]) > 0.2 > abs(cosine(vectors[0], vectors[2]))


def test_case_accents_and_punctuation_do_not_count():
    vectors = encode_texts(["Café, open!", "CAFE OPEN", "A closed door"], seed=0)
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)


def test_the_order_of_words_counts():
    first, second, _ = encode_texts(["dog bites man", "man bites dog", "rain"], seed=0)
    # The same three words, but other pairs: 3 of 5 terms are shared, so the cosine lies between 0 and 1.
    assert 0.2 < cosine(first, second) < 0.9


def test_lengths_and_angles_are_those_of_the_tf_idf_while_all_directions_are_kept():
    # Rows of tf-idf have length 1, and texts without a common word stand at right angles.
    vectors = encode_texts(["ferry", "tram", "rain"], seed=0)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(3), atol=1e-6)


@pytest.mark.parametrize(
    "texts",
    [[], [""], ["", ""], ["!?"], ["tram"], ["tram"] * 3, [FERRY], [FERRY, "", "tram"], ["tram"] * 30, TEXTS],
    ids=[
        "none",
        "one empty",
        "two empty",
        "no word",
        "one word",
        "one word thrice",
        "one",
        "three",
        "one term",
        "many",
    ],
)
def test_any_corpus_gives_finite_vectors_of_one_width_and_no_warning(texts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        vectors = encode_texts(texts, seed=0)
    assert vectors.shape == (len(texts), DIM) and vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    has_word = [any(letter.isalnum() for letter in text) for text in texts]
    np.testing.assert_array_equal(vectors.any(axis=1), has_word)


def test_a_term_of_a_single_text_is_left_out_of_a_larger_corpus():
    vectors = encode_texts([*["tram line"] * 20, "zeppelin"], seed=0)
    assert not vectors[-1].any() and vectors[0].any()


def test_the_same_seed_gives_the_same_vectors():
    rng = np.random.default_rng(5)
    texts = [" ".join(f"word{number}" for number in rng.integers(300, size=12)) for _ in range(400)]
    np.testing.assert_array_equal(encode_texts(texts, seed=3), encode_texts(texts, seed=3))
    assert not np.array_equal(encode_texts(texts, seed=3), encode_texts(texts, seed=4))
