from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.feeds.html import MAX_HTML_CHARS, text_of_html
from edge_runtime.feeds.markup import split_markup
from edge_runtime.feeds.plain_text import clean_text, cut_at_word


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a</p><p>b <b>c</b>d</p>", "a b cd"),
        ("a<br/>b<br>c", "a b c"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<script>x('<p>')</script>y<style>p{}</style>", "y"),
        ("<SCRIPT>x</ScRiPt >y", "y"),
        ("<script>never closed", ""),
        ("<script/>closed", "closed"),
        ("<scripted>kept</scripted>", "kept"),
        ("a<!-- <p> b -->c", "ac"),
        ("a<!-- never closed", "a"),
        ("<![CDATA[a & 1 < 2]]> c", "a & 1 < 2 c"),
        ("<!DOCTYPE html><?php x ?>a", "a"),
        ('<p title="a > b">t</p>', "t"),
        ('<p title="it\'s">t</p>', "t"),
        ('<p class="a"">t</p>', "t"),
        ("1 < 2 > 1 <3", "1 < 2 > 1 <3"),
        ("AT&T &amp; Co &#8217;s &hellip;", "AT&T & Co ’s …"),
        ("a&nbsp;&nbsp;b\r\n\tc", "a b c"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;p&gt;a &amp;amp; b&lt;/p&gt;&lt;p&gt;c&lt;/p&gt;", "a & b c"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", ""),
        ("&lt;img src=x onerror=alert(1)&gt;t", "t"),
        ("1 &lt; 2", "1 < 2"),
        ("vector&lt;int&gt;", "vector<int>"),
        ("&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;<img src='https://t.example/pixel'/>", "a b"),
        ("How to close an &lt;iframe&gt; in &lt;div&gt;?", "How to close an <iframe> in <div>?"),
        ("&lt;script&gt; considered harmful", "<script> considered harmful"),
        ("<p>The <code>&lt;script&gt;</code> element &lt;b&gt;runs&lt;/b&gt;</p>", "The <script> element <b>runs</b>"),
        ("&#0;&#xD800;a&#x202E;b", "\ufffd\ufffdab"),
        ("<img src=x onerror=alert(1)//", ""),
        ("[ref=x]Kivy[/ref]", "[ref=x]Kivy[/ref]"),
    ],
)
def test_the_visible_text(html, text):
    assert text_of_html(html, 500) == text


@pytest.mark.parametrize(
    "unit",
    [
        "<a ",
        "<a b='",
        '<a b="',
        "<![",
        "<!--",
        "<?",
        "<div>",
        "</div>",
        "<script>",
        "&",
        "&lt;",
        "<",
        "<<a>",
        '="',
        '<a b="" \'',
        "\u0301",
    ],
)
def test_hostile_html_takes_linear_time(unit):
    hostile = unit * (2_000_000 // len(unit))
    start = time.process_time()
    for _ in split_markup(hostile[:200_000]):
        pass
    text_of_html(hostile, 500)
    assert time.process_time() - start < 5  # quadratic time would be minutes


def test_what_comes_after_the_cap_is_not_read():
    assert text_of_html("<i>" + " " * MAX_HTML_CHARS + "late", 500) == ""


@given(st.text(st.sampled_from("<>/!?-[]&;'\"= abpscript#x0123") | st.characters(), max_size=400))
def test_any_html_becomes_one_clean_line_within_the_cap(html):
    text = text_of_html(html, 50)
    assert len(text) <= 50
    assert text == clean_text(text)


@given(st.text(st.sampled_from("<>/!?-[]CDATA'\"= ab"), max_size=200))
def test_splitting_ends_and_invents_nothing(source):
    assert sum(len(piece) for _, piece in split_markup(source)) <= len(source)


def test_joiners_stay_where_they_spell_words():
    persian, family = "می\u200cخواهم", "👨\u200d👩\u200d👧"
    assert clean_text(persian) == persian
    assert clean_text(family) == family
    assert clean_text("pass\u200dword\u200c") == "password"


def test_controls_that_windows_1252_has_signs_for_are_these_signs_and_the_other_five_are_white_space():
    assert text_of_html("\x80\x91a\x92 \x96 b\x85\x9f", 500) == "€‘a’ – b…Ÿ"
    assert text_of_html("a\x81\x8d\x8f\x90&#157;b", 500) == "a b"


def test_piled_up_marks_are_cut():
    assert clean_text("a" + "\u0301" * 1000) == "a" + "\u0301" * 4


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(st.sampled_from("ab 中,"), max_size=60), st.integers(4, 40))
def test_cutting_keeps_the_start(text, max_chars):
    cut = cut_at_word(text, max_chars)
    assert len(cut) <= max_chars
    assert cut == text or text.startswith(cut.removesuffix("…"))
