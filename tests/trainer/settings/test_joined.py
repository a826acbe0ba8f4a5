"""Names joined by a mark that a path may hold too."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.settings.joined import is_there, parts_of
from trainer.text_vectors import kinds_of, resolve_source

BUNDLES = (".bundle", ".npy")


def test_paths_with_commas_blanks_and_letters_of_any_script_are_found(tmp_path):
    names = [tmp_path / "a, b" / "news.bundle", tmp_path / "新闻 ü" / "c,d.bundle", tmp_path / "plain.bundle"]
    for name in names:
        name.parent.mkdir(exist_ok=True)
        name.touch()
    text = ",".join(map(str, names))
    assert parts_of(text, ",", is_there, BUNDLES) == list(map(str, names))


def test_a_path_that_is_not_there_is_named_whole_up_to_its_ending():
    assert parts_of("/x/a, b/news.bundle,c.npy", ",", is_there, BUNDLES) == ["/x/a, b/news.bundle", "c.npy"]
    assert parts_of("one,two", ",", is_there, BUNDLES) == ["one", "two"]
    assert parts_of("", ",", is_there, BUNDLES) == [""]


@pytest.mark.parametrize("name", ["c++ vectors/v.npy", "a+b.npy", "lsa+usem3/v.npy", "ü, +.npy"])
def test_a_file_of_text_vectors_may_have_a_plus_in_its_path(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    np.save(path, np.zeros((2, 2), np.float32))
    for before, after in (("", ""), ("minilm+", ""), ("", "+lsa"), ("minilm+", "+lsa")):
        expected = [*(["minilm"] if before else []), str(path), *(["lsa"] if after else [])]
        assert kinds_of(f"{before}{path}{after}") == expected
        assert resolve_source(f"{before}{path}{after}") == f"{before}{path}{after}"


def test_a_missing_file_of_text_vectors_is_named_whole():
    assert kinds_of("lsa+/x/c++ vectors/v.npy+minilm") == ["lsa", "/x/c++ vectors/v.npy", "minilm"]
