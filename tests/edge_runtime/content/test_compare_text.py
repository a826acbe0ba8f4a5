"""How texts are spelled for comparison."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge_runtime.content.compare_text import fold, fold_all, has_word


def is_looked_at(code: int) -> bool:
    """All characters but the unassigned ones and the many thousands of ideographs and Hangul syllables."""
    category = unicodedata.category(chr(code))
    return category not in ("Cn", "Co", "Cs") and (category != "Lo" or code < 0x3400 or 0xF900 <= code <= 0xFFFF)


ALIKE = [
    ("Café", "CAFE", "cafe\u0301"),
    ("Straße", "STRASSE", "strasse"),
    ("İstanbul", "ISTANBUL", "ıstanbul"),
    ("KIRMIZI", "kırmızı", "kirmizi"),
    ("ﬁnance", "FINANCE", "ｆｉｎａｎｃｅ"),
    ("Œuvre", "oeuvre", "ŒUVRE"),
    ("Łódź", "lodz", "LÓDŹ"),
    ("Ёлка", "елка", "е\u0308лка"),
    ("ὈΔΥΣΣΕΎΣ", "Οδυσσευς", "οδυσσεύς"),
    ("שָׁלוֹם", "שלום", "שלוֹם"),
    ("مُحَمَّد", "محمد", "محـمد"),
    ("L’Été", "l'ete", "L‘ÉTÉ"),
    ("COVID–19", "covid-19", "Covid‑19"),
    ("soft\u00adware", "software", "SOFTWARE"),
    ("ｶﾞ", "ガ", "カ\u3099"),
    ("각", "\u1100\u1161\u11a8", "각"),
    ("❤️", "❤", "❤"),
    ("iPhone™", "iphone", "IPHONE"),
    ("New\u00a0 York\n", "new york", " NEW YORK"),
]


@pytest.mark.parametrize("texts", ALIKE)
def test_spellings_of_one_text_fold_alike(texts):
    assert len({fold(text) for text in texts}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("か", "が"), ("มา", "ม้า"), ("की", "का"), ("한", "하"), ("a b", "ab"), ("東", "京")]
)
def test_marks_that_make_another_letter_stay(one, other):
    assert fold(one) != fold(other)


def test_every_character_folds_to_what_folds_to_itself_whatever_its_case_and_neighbours():
    wrong = []
    for code in filter(is_looked_at, range(sys.maxunicode + 1)):
        character = f"x{chr(code)}x"
        folded = fold(character)
        same = (folded, character.upper(), character.lower(), unicodedata.normalize("NFD", character))
        if any(fold(text) != folded for text in same) or fold(f"{character} é") != f"{folded} e":
            wrong.append(hex(code))
    assert wrong == []


@given(st.text(max_size=20))
def test_to_fold_twice_changes_nothing_and_only_blank_texts_become_empty(text):
    assert fold(fold(text)) == fold(text)
    assert bool(fold(text)) == bool(text.strip())


@given(
    st.lists(st.text(max_size=8), max_size=4),
    st.text(min_size=1, max_size=8),
    st.lists(st.text(max_size=8), max_size=4),
)
def test_a_word_that_stands_in_a_text_is_found_however_it_is_written(before, word, after):
    assume(fold(f"x{word}") not in ("x", fold(f"x {word}")))  # a word of nothing but optional marks is lost in a text
    text = fold(" ".join([*before, word, *after]))
    for spelled in (word, word.upper(), word.swapcase(), unicodedata.normalize("NFD", word)):
        assert has_word(text, fold(spelled))


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Trump speaks", "trump", True),
        ("Trump’s speech", "trump", True),
        ("A trumpet solo", "trump", False),
        ("Ace of trumps, trump", "trump", True),
        ("The World Cup final", "world cup", True),
        ("World-cup final", "cup", True),
        ("天气很好", "天气", True),  # no spaces around a Chinese word
        ("แมวน้ำ", "แมว", True),  # nor around a Thai one
        ("ม้าวิ่ง", "ม", False),  # but a mark belongs to its letter
        ("हिन्दी", "ह", False),
        ("서울에서", "서울", True),
        ("ＡＩ chips", "ai", True),  # full-width letters are letters
        ("AIが", "ai", True),
        ("Élysée palace", "elysee", True),
        ("Party 🎉🎉", "🎉", True),
        ("C++ wins", "c++", True),
        ("anything", "", False),
    ],
)
def test_a_word_is_found_as_a_whole(text, word, expected):
    assert has_word(fold(text), fold(word)) is expected


@given(st.lists(st.text(st.characters(), max_size=8), max_size=300))
def test_many_texts_fold_as_each_of_them_does(texts):
    assert list(fold_all(texts)) == list(map(fold, texts))


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["", "É"],
        ["Only ASCII`s", " and  spaces "],
        ["\u3099 begins with a voicing mark", "か", "\u3099", "\u1161", "\u0301", "한"],
        ["a\0b", "É\0", "\0"],
        ["\ud800 is half a character", "É"],
        ["".join(chr(code) for code in range(0x10000) if is_looked_at(code)), "É"],
        ["É", "Straße", "ASCII"] * 200,
    ],
)
def test_texts_that_meet_when_they_fold_together_do_not_change_each_other(texts):
    assert list(fold_all(texts)) == list(map(fold, texts))


@pytest.mark.parametrize("count", [64, 65, 500])
def test_a_text_of_many_different_characters_folds_as_each_of_them_does(count):
    # Mathematical letters: each is spelled otherwise, and none joins its neighbour
    text = "".join(map(chr, range(0x1D400, 0x1D400 + count)))
    assert fold(text) == "".join(map(fold, text)) != text
