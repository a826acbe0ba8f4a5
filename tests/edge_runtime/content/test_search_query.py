"""Queries as they are read, and what they fit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.content.compare_text import fold
from edge_runtime.content.search_query import SearchQuery, searched_texts


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("Rain  again", ("rain", "again"), ()),
        ('"Trump Russia" -cricket', ("trump russia",), ("cricket",)),
        ('-"World  Cup" fußball', ("fussball",), ("world cup",)),
        ("“New World” x", ("new world", "x"), ()),
        ('12" vinyl', ('12"', "vinyl"), ()),  # a quote that nothing closes
        ('"a', ('"a',), ()),
        ('say"hi"', ('say"hi"',), ()),
        ("- covid-19 --x", ("-", "covid-19"), ("-x",)),
        ("−5", ("-5",), ()),  # no minus sign of the keyboard
        ("rain rain", ("rain",), ()),
        ('  "" " "', ('""',), ()),  # nothing is in the quotes
        ("", (), ()),
    ],
)
def test_words_phrases_and_what_must_not_be_there(text, wanted, unwanted):
    assert SearchQuery.parse(text) == SearchQuery(wanted, unwanted)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("北京", "据报道，北京市今天下雪"),
        ("電車", "東京の電車が止まった"),
        ("トヨタ", "ﾄﾖﾀの新車"),  # half width
        ("ทะเล", "แมวน้ำในทะเล"),
        ("น้ํา", "แมวน้ำ"),  # the vowel in two parts
        ("bahn", "Die Straßenbahn fährt"),
        ("STRASSE", "Straße"),
        ("محمد", "مُحَمَّد"),  # vowel signs
        ("احمد", "أَحْمَد"),  # alef with hamza
        ("أحمد", "احمد"),
        ("مسوول", "مسؤول"),
        ("مدرسه", "المدرسة"),  # ta marbuta
        ("مصطفي", "مصطفى"),  # ya without dots
        ("ایران", "إيران"),  # Persian ya, hamza under alef
        ("کتاب", "كتاب"),  # Persian kaf
        ("علـــي", "على"),  # stretched
        ("서울", "서울에서"),
    ],
)
def test_a_word_is_found_however_it_is_spelled_and_not_once_it_is_unwanted(query, text):
    (searched,) = searched_texts([("Le Café", text)])
    assert list(SearchQuery.parse(query).fitting([(7, searched)])) == [7]
    assert list(SearchQuery.parse(f"cafe {query}").fitting([(7, searched)])) == [7]
    assert list(SearchQuery.parse(f"cafe -{query}").fitting([(7, searched)])) == []


def test_a_phrase_reaches_over_no_end_of_a_field():
    texts = list(enumerate(searched_texts([("A", "New", "World"), ("New", "world", ""), ("", "", "new  World")])))
    assert list(SearchQuery.parse('"new world"').fitting(texts)) == [2]
    assert list(SearchQuery.parse("new world").fitting(texts)) == [0, 1, 2]


letters = st.text('abcàÀß İı東京北的アｱแมْمة -"\n\u0301', max_size=8)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(letters, min_size=3, max_size=3), max_size=5), letters)
def test_what_fits_is_what_a_look_at_each_field_finds(fields, text):
    query = SearchQuery.parse(text)

    def alike(of_one: str) -> str:
        return fold(of_one).replace("ة", "ه")

    expected = [
        number
        for number, of_one in enumerate(fields)
        if all(any(part in alike(field) for field in of_one) for part in query.wanted)
        and not any(part in alike(field) for part in query.unwanted for field in of_one)
    ]
    assert list(query.fitting(enumerate(searched_texts(fields)))) == expected
