from __future__ import annotations

import numpy as np
import pytest

from edge_runtime import Article
from trainer.text_vectors import text_vectors


@pytest.fixture
def resume(tmp_path):
    """Kill the encoding of five texts at the fourth, go on, and check that only unfinished parts are done again."""

    def run(kind: str, words: list[str], computed: list[list[str]]) -> np.ndarray:
        articles = [Article(word, word) for word in words]

        def killed_at_four(done):
            told.append(done)
            if sum(told) == 4:
                raise KeyboardInterrupt

        told: list[int] = []
        with pytest.raises(KeyboardInterrupt):
            text_vectors(kind, articles, tmp_path, 0, killed_at_four)
        assert computed == [words[:2], words[2:4]]  # the second was not finished
        computed.clear()
        told = []
        resumed = text_vectors(kind, articles, tmp_path, 0, told.append)
        assert computed == [words[2:4], words[4:]] and sum(told) == 5
        assert [path.suffix for path in tmp_path.iterdir()] == [".vectors"]  # the parts are gone
        np.testing.assert_array_equal(resumed, text_vectors(kind, articles, tmp_path / "other", 0, told.append))
        return resumed

    return run
