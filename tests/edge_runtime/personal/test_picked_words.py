"""Which words the reader picks: what lists taught, in titles that were opened, and what the reader dropped of it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from edge_runtime import Reader, Signal, UnknownEntryError
from edge_runtime.content.function_words import is_taste
from edge_runtime.content.title_words import slot_of, word_slots
from edge_runtime.storage.article_schema import m011_forget_function_words

TITLES = [
    "Volcano erupts during storm season",
    "Volcano tourists during quiet summers",
    "Senate budget vote delayed",
    "Pipeline hearing on budget",
    "Harbour festival opens tonight",
]


@pytest.fixture
def taught(reader, make_article, now):
    """A reader who opened both articles about volcanoes, and no other, of a list of an hour ago."""
    reader.add([make_article(str(n), title, language="en", source="X") for n, title in enumerate(TITLES)], now)
    reader.mark_shown(reader.feed(now - timedelta(hours=1)), now - timedelta(hours=1))
    for name in ("0", "1"):
        reader.record(name, Signal.OPEN, now - timedelta(minutes=50))
    reader.add([make_article("new", "Volcano budget", age_h=0, language="en", source="X")], now)
    return reader


def words_part(reader: Reader, now) -> float:
    (scored,) = [one for one in reader.feed(now) if one.article.article_id == "new"]
    return scored.parts["words"]


def test_words_have_weights_and_counts_and_function_words_have_none(taught, now):
    found = {one.word: one for one in taught.words(now)}
    assert (found["volcano"].opened, found["volcano"].shown) == (2, 2) and found["volcano"].weight > 0
    assert (found["senate"].opened, found["senate"].shown) == (0, 1) and found["senate"].weight < 0
    assert "during" not in found
    assert max(found.values(), key=lambda one: one.weight).word == "volcano"


def test_a_dropped_word_weighs_nothing_until_it_is_kept_and_others_learn_in_its_place(taught, now):
    before = words_part(taught, now)
    assert taught.drop_word(" Volcano") == "volcano" and taught.dropped_words() == ("volcano",)
    assert words_part(taught, now) < before
    assert "volcano" not in {one.word for one in taught.words(now)}
    assert taught.keep_word("volcano") == "volcano"
    assert words_part(taught, now) == pytest.approx(before)
    with pytest.raises(UnknownEntryError, match="not dropped"):
        taught.keep_word("volcano")
    with pytest.raises(ValueError, match="give one word"):
        taught.drop_word("two words")


def test_dropped_words_are_exported_and_erased_and_survive_a_damaged_setting(taught, tmp_path):
    taught.drop_word("volcano")
    assert taught.export_profile()["settings"]["dropped_words"] == ["volcano"]
    with Reader.open(tmp_path / "data") as again:
        assert again.dropped_words() == ("volcano",)
    taught._profile.store.set_setting("dropped_words", {"not": "a list"})
    assert taught.dropped_words() == ()
    taught.drop_word("volcano")
    taught.erase()
    assert taught.dropped_words() == ()


def test_dropping_ends_the_list_that_is_kept(taught, now):
    taught.feed(now)
    taught.keep_first_screen("[]")
    assert taught._profile.store.first_screen()[0] == "[]"
    taught.drop_word("volcano")
    assert taught._profile.store.first_screen()[0] == ""


@pytest.mark.parametrize("word", ["during", "amid", "would", "two", "2018", "19", "s"])
def test_function_words_and_numerals_have_no_slot(word):
    assert not is_taste(word, "en") and not word_slots({word: 9.0}, "en").any()


def test_a_word_is_a_function_word_in_its_own_language_alone():
    assert is_taste("war", "en") and not is_taste("war", "de")
    assert not is_taste("trotz", "de") and not is_taste("pendant", "fr") and not is_taste("durante", "es")
    assert is_taste("war", "") and not is_taste("during", "") and not is_taste("during", "fi")
    assert is_taste("疫情", "zh") and is_taste("covid19", "en")


def test_a_reason_names_words_that_two_opened_titles_have(taught, now):
    maker = taught._maker(now)
    maker.parts()
    slots = maker.rows.words[maker.rows.places_of(["new"])[0]]
    assert maker.learned.picked_words(taught.article("new"), slots, 3) == ["volcano"]
    taught.drop_word("volcano")
    maker = taught._maker(now)
    maker.parts()
    assert maker.learned.picked_words(taught.article("new"), slots, 3) == []


def test_words_that_an_older_release_kept_of_function_words_are_dropped(tmp_path, reader, make_article, now):
    reader.add([make_article("a", "Volcano erupts during storm", language="en")], now)
    db = reader._cache._db
    volcano, during = slot_of("volcano"), slot_of("during")
    with db:
        kept = np.array([during, volcano, *[0] * 10], "<i2").tobytes()
        db.execute("UPDATE articles SET words = ?", (kept,))
        m011_forget_function_words(db)
    (words,) = db.execute("SELECT words FROM articles").fetchone()
    assert np.frombuffer(words, "<i2").tolist() == [volcano, *[0] * 11]
