"""The languages of a bundle come from the log, and what its maker names must not contradict it."""

from __future__ import annotations

from types import SimpleNamespace

import pyarrow as pa
import pytest

from edge_runtime import Article
from trainer.data.languages import languages_of
from trainer.data.translations import TRANSLATION_SCHEMA
from trainer.errors import LogError
from trainer.training.run_data import RunData


def log(*languages: str, translated: str = "", original: str = "en") -> SimpleNamespace:
    rows = [{"article": 0, "language": translated, "title": "雨", "abstract": ""}] if translated else []
    return SimpleNamespace(
        articles=[Article(str(n), "Rain", language=language) for n, language in enumerate(languages)],
        original_language=original,
        translations=pa.Table.from_pylist(rows, TRANSLATION_SCHEMA),
    )


@pytest.mark.parametrize(
    ("languages", "found"),
    [
        (["zh"] * 3, ("zh",)),
        (["zh-CN", "zh-TW", "zh"], ("zh",)),
        (["da", "da", "en"], ("da", "en")),
        (["", "", "da"], ("en", "da")),  # what names none is in the original language
        (["zh"] * 30 + ["en"], ("zh",)),  # one in 31 is no language of the log
        ([], ("en",)),
    ],
)
def test_languages_that_nobody_names_are_those_of_the_log(languages, found):
    assert languages_of(log(*languages), ()) == found
    assert RunData(log(*languages), ()).languages == found


def test_a_language_that_all_articles_contradict_is_refused_before_the_training():
    with pytest.raises(LogError, match=r"no article has text in 'en', .* the log has zh; name these, or none"):
        RunData(log("zh", "zh"), ("en",))
    with pytest.raises(LogError, match="no article has text in 'fr'"):
        languages_of(log("", "", translated="zh"), ("zh", "fr"))


def test_what_is_named_counts_where_the_log_does_not_contradict_it():
    assert languages_of(log("zh", "zh"), ("zh",)) == ("zh",)
    assert languages_of(log("", ""), ("da",)) == ("da",)  # the log says nothing
    assert languages_of(log("", "", translated="zh"), ("en", "zh")) == ("en", "zh")
    assert languages_of(log("pt-BR"), ("pt",)) == ("pt",)


def test_many_articles_in_a_language_that_is_not_named_are_a_warning():
    with pytest.warns(UserWarning, match="many articles are in zh"):
        assert languages_of(log("zh", "en"), ("en",)) == ("en",)
