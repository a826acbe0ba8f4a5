from __future__ import annotations

import pytest

from edge_runtime import Article, Signal
from edge_runtime.personal.reading_languages import NUM_LOOKED_AT, languages_read

STORY = "Explosion Bremen Werft Nordhafen"


def read(*languages: str) -> list[Article]:
    return [Article(str(n), "", language=language) for n, language in enumerate(languages)]


def test_a_tenth_of_the_latest_and_two_at_least_tell_a_language():
    assert languages_read(read("en", "de-DE", "de_AT", "")) == {"de"}
    assert languages_read(read(*["en"] * 40, "de", "de")) == {"en"}
    assert languages_read(read(*["en"] * 18, "de", "de")) == {"en", "de"}
    assert languages_read(read(*["en"] * NUM_LOOKED_AT, *["fr"] * 100)) == {"en"}
    assert languages_read([]) == frozenset()


def test_a_story_stands_in_the_language_that_is_read(reader, make_article, now):
    reader.add([make_article(f"r{n}", f"Wetter {n}", language="de") for n in range(2)], now)
    told = [("en", "Gazette", 3), ("de", "Kurier", 5)]
    reader.add([make_article(code, STORY, age, source=source, language=code) for code, source, age in told], now)

    def shown() -> str:
        (one,) = [one.article.article_id for one in reader.feed(now) if one.article.title == STORY]
        return one

    before = shown()
    other = {"en": "de", "de": "en"}[before]
    reader.languages = [other]
    assert shown() == other
    reader.languages = [f"{before}-XX"]
    assert reader.languages == (before,) and shown() == before
    reader.languages = []
    assert shown() == before
    for n in range(2):
        reader.record(f"r{n}", Signal.OPEN, now)
    assert shown() == "de"


def test_languages_are_codes(reader):
    with pytest.raises(ValueError, match="no language 'german'"):
        reader.languages = ["German"]
    assert reader.languages == ()


def test_a_title_tells_the_language_that_a_feed_does_not_say(reader, make_article, now):
    reader.add(
        [
            make_article("en", "The minister said that he would not be there when the vote is taken"),
            make_article("de", "Der Minister sagte, dass er nicht dabei sein werde, wenn die Wahl ist"),
            make_article("fr", "Whatever it says", language="fr-CA"),
        ],
        now,
    )
    rows = reader._intake.rows()
    places = rows.places_of(["en", "de", "fr"])
    assert reader._intake.are_legible(rows, places, ["de"]).tolist() == [False, True, False]
    assert reader._intake.are_legible(rows, places, ["en", "fr"]).tolist() == [True, False, True]
    assert reader._cache.titles.languages() == {"en": "en", "de": "de", "fr": "fr"}
