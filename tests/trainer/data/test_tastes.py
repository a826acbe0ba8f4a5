"""Fine tastes: groups within a category, by what titles mean."""

import numpy as np

from edge_runtime import Article
from trainer.data.tastes import fine_tastes


def test_a_category_falls_into_groups_of_like_vectors_and_a_small_one_stays_whole():
    articles = [
        Article(f"a{n}", "A title", category="sports" if n < 8 else "food" if n < 10 else "") for n in range(14)
    ]
    vectors = np.zeros((14, 2), np.float32)
    vectors[:4], vectors[4:8] = [1, 0.1], [0.1, 3]  # two directions, of two lengths
    vectors[8:] = [1, 1]
    tastes = fine_tastes(articles, vectors, size=4, seed=1)
    assert set(tastes) == {article.article_id for article in articles}
    first, second = ({tastes[f"a{n}"] for n in rows} for rows in (range(4), range(4, 8)))
    assert len(first) == len(second) == 1 and first != second
    assert all(name.startswith("sports ") for name in first | second)
    assert tastes["a8"] == tastes["a9"] == "food 0"
    assert tastes["a10"].isdecimal()  # no category
    assert fine_tastes(articles, vectors, size=4, seed=1) == tastes
