"""What a student reads when articles come in several languages."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from edge_runtime import Article
from trainer.data.dataset import ClickDataset, Impressions, Ragged
from trainer.data.texts import student_texts
from trainer.data.translations import TRANSLATION_SCHEMA
from trainer.errors import LogError


def impressions(candidates: list[int]) -> Impressions:
    return Impressions(
        ids=["i"],
        users=np.zeros(1, np.int32),
        times=np.zeros(1, np.int64),
        history=Ragged(np.zeros(0, np.int32), np.zeros(2, np.int64)),
        candidates=Ragged(np.array(candidates, np.int32), np.array([0, len(candidates)])),
        clicked=np.arange(len(candidates)) == 0,
    )


def dataset(*translations: tuple[int, str, str]) -> ClickDataset:
    """Three English articles, the last one first shown in dev; translations are (row, language, title)."""
    rows = [{"article": a, "language": b, "title": c, "abstract": ""} for a, b, c in translations]
    return ClickDataset(
        articles=[Article(f"a{n}", title) for n, title in enumerate(["Rain", "Snow", "Sun"])],
        train=impressions([0, 1]),
        dev=impressions([1, 2]),
        facts=SimpleNamespace(original_language="en"),
        translations=pa.Table.from_pylist(rows, TRANSLATION_SCHEMA),
    )


def titles(texts):
    return [article.title for article in texts.articles]


def test_without_translations_the_articles_are_read_as_they_are():
    texts = student_texts(dataset(), ["fr"])
    assert titles(texts) == ["Rain", "Snow", "Sun"]
    assert texts.origin.tolist() == [0, 1, 2]


def test_a_student_of_one_language_reads_only_it():
    data = dataset((0, "zh", "雨"), (2, "zh", "太阳"))
    texts = student_texts(data, ["zh"])
    assert titles(texts) == ["雨", "", "太阳"]
    assert texts.has_text().tolist() == [True, False, True]
    assert texts.training_rows(data).tolist() == [0]  # the sun first rises in dev


def test_further_languages_come_after_the_articles_and_name_their_origin():
    data = dataset((0, "zh", "雨"), (1, "zh", "雪"), (2, "zh", "太阳"))
    texts = student_texts(data, ["en", "zh"])
    assert titles(texts) == ["Rain", "Snow", "Sun", "雨", "雪", "太阳"]
    assert texts.origin.tolist() == [0, 1, 2, 0, 1, 2]
    assert texts.training_rows(data).tolist() == [0, 1, 3, 4]


def test_an_article_without_text_in_the_first_language_is_read_in_the_next():
    texts = student_texts(dataset((0, "zh", "雨")), ["zh", "en"])
    assert titles(texts) == ["雨", "Snow", "Sun", "Rain"]
    assert texts.origin.tolist() == [0, 1, 2, 0]


def test_a_language_that_no_article_has_is_an_error():
    with pytest.raises(LogError, match="no article has text in 'fr': give it with --translations fr=FILE"):
        student_texts(dataset((0, "zh", "雨")), ["zh", "fr"])
