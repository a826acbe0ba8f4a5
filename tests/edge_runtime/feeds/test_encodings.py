from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.feeds.encodings import decode_feed

GERMAN = "<rss>Köln – „Grüße“ €5</rss>"


def declared(encoding: str, text: str = GERMAN) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'


@pytest.mark.parametrize(
    ("says", "is_really", "content_type"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "cp1252", ""),
        ("iso-8859-1", "utf-8", ""),
        ("ISO-8859-1", "cp1252", ""),
        ("us-ascii", "cp1252", ""),
        ("utf-16", "utf-8", ""),
        ("utf-8", "cp1252", "text/xml; charset=utf-8"),
        ("nonsense", "utf-8", "text/xml; charset=iso-8859-1"),
        ("zip", "cp1252", ""),
        ("utf-8", "utf-16", ""),  # with its mark
        ("utf-8", "utf-32", ""),
        ("utf-16", "utf-16-le", ""),
        ("utf-16", "utf-16-be", ""),
        ("utf-32", "utf-32-le", ""),
        ("utf-32", "utf-32-be", ""),
        ("iso-8859-1", "utf-8-sig", ""),
        ("windows-1252", "utf-8", 'text/xml; charset="windows-1252"'),
    ],
)
def test_a_wrong_declaration_does_no_harm(says, is_really, content_type):
    text = declared(says)
    assert decode_feed(text.encode(is_really), content_type)[0] == text


@pytest.mark.parametrize(
    ("says", "codec", "words"),
    [
        ("Shift_JIS", "cp932", "日本の新聞"),
        ("EUC-JP", "euc_jp", "日本の新聞"),
        ("ISO-2022-JP", "iso2022_jp", "日本の新聞"),
        ("GB2312", "gb18030", "新华社消息"),
        ("Big5", "big5", "中央社新聞"),
        ("euc-kr", "cp949", "연합뉴스"),
        ("windows-1251", "cp1251", "Новости дня"),
        ("koi8-r", "koi8_r", "Новости дня"),
        ("iso-8859-2", "iso8859_2", "Příliš žluťoučký"),
        ("iso-8859-15", "iso8859_15", "œuvre à 5 €"),
        ("windows-1256", "cp1256", "الجزيرة"),
        ("x-euc-jp", "euc_jis_2004", "朝日新聞①㈱"),
        ("cp936", "gb18030", "新华社消息"),
        ("x-windows-1251", "cp1251", "Новости дня"),
        ("IBM866", "cp866", "Новости дня"),
        ("iso-8859-8-i", "iso8859_8", "חדשות היום"),
    ],
)
def test_a_true_declaration_or_header_is_believed(says, codec, words):
    assert decode_feed(declared(says, words).encode(codec))[0] == declared(says, words)
    assert decode_feed(f"<rss>{words}</rss>".encode(codec), f"text/xml; charset={says}")[0] == f"<rss>{words}</rss>"


@pytest.mark.parametrize(
    ("says", "codec", "words", "bad"),
    [
        ("gb2312", "gb18030", "新华社消息，新华网新闻中心", b"\x80 "),
        ("windows-1251", "cp1251", "Новости этого дня", b"\x98"),
        ("Shift_JIS", "cp932", "日本の新聞の一面です", b"\x81"),  # cut in a character
    ],
)
def test_one_bad_byte_does_not_garble_all_the_others(says, codec, words, bad):
    text, warnings = decode_feed(declared(says, words).encode(codec) + bad)
    assert text.startswith(declared(says, words)) and len(text) <= len(declared(says, words)) + 1
    assert len(warnings) == 1 and "1 places are not" in warnings[0]


def test_utf_8_cut_in_a_character_is_utf_8_whatever_is_declared():
    text, warnings = decode_feed(declared("iso-8859-1", "Köln, Grüße, 日本").encode() + b"\xe3\x81")
    assert "Köln, Grüße, 日本" in text and warnings


def test_a_declaration_is_found_behind_a_complaint():
    feed = declared("windows-1251", "Новости дня")
    assert decode_feed(b"<b>Warning</b>: no such file\n" + feed.encode("cp1251"))[0].endswith(feed)


def test_without_declaration_utf_8_then_windows_1252():
    assert decode_feed(GERMAN.encode())[0] == GERMAN
    assert decode_feed(GERMAN.encode("cp1252"))[0] == GERMAN


def test_a_few_bytes_of_windows_1252_in_utf_8_are_read_with_a_warning():
    text, warnings = decode_feed("<rss>Köln, Grüße, ".encode() + "é’".encode("cp1252") + b"</rss>")
    assert text == "<rss>Köln, Grüße, é’</rss>"
    assert warnings == ("1 places are not UTF-8: read as windows-1252",)


def test_text_encoded_twice_is_decoded_twice():
    twice = (
        GERMAN.encode()
        .decode("latin-1")
        .translate({n: bytes([n]).decode("cp1252", "ignore") or chr(n) for n in range(128, 160)})
    )
    text, warnings = decode_feed(twice.encode())
    assert text == GERMAN
    assert warnings == ("text was encoded twice: decoded twice",)


def test_one_garbled_word_among_good_ones_is_left_alone():
    text = "<rss>Köln and KÃ¶ln</rss>"
    assert decode_feed(text.encode()) == (text, ())


def test_no_codec_but_those_of_text_is_used():
    for name in ("rot13", "hex", "unicode_escape", "utf-7", "idna", "undefined"):
        assert codecs.lookup(name)
        text = declared(name, "<rss>+AGE- \\u0041 é</rss>")
        assert decode_feed(text.encode("cp1252"), f"x; charset={name}")[0] == text


@given(st.binary(max_size=300), st.sampled_from(["", "x; charset=utf-8", "x; charset=shift_jis", "x; charset=\ud800"]))
def test_any_bytes_are_some_text(data, content_type):
    decode_feed(data, content_type)[0].encode("utf-8", "surrogatepass")
    for start in (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"<\0", b"\0<", b'<?xml encoding="euc-jp"?>'):
        decode_feed(start + data, content_type)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_utf_8_with_a_mark_comes_back(text):
    plain = text.encode().decode()
    found, warnings = decode_feed(codecs.BOM_UTF8 + plain.encode())
    assert found == plain or "text was encoded twice: decoded twice" in warnings
