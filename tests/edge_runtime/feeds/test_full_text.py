"""HTML of articles as blocks of text: nothing visible is lost, links have numbers, and hostile HTML is bounded."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.feeds.full_text import MAX_CHARS, MAX_LINKS, Block, BlockKind, LinkSpan, read_full_text

BASE = "https://example.org/a/story"
WORD = st.text("abcdefgh雨", min_size=1, max_size=6)
INLINE = st.sampled_from(["em", "strong", "a", "span", "code"])
BLOCK = st.sampled_from(["p", "div", "ul", "ol", "li", "blockquote", "h2", "pre", "section", "dd"])
TREE = st.recursive(
    WORD.map(lambda word: f" {word} "),
    lambda inner: st.one_of(
        st.tuples(INLINE, st.lists(inner, max_size=3)).map(
            lambda one: f'<{one[0]} href="/{len(one[1])}">{"".join(one[1])}</{one[0]}>'
        ),
        st.tuples(BLOCK, st.lists(inner, max_size=4)).map(lambda one: f"<{one[0]}>{''.join(one[1])}</{one[0]}>"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]}<br/>{two[1]}<!-- no --><script>no()</script><hr>"),
    ),
    max_leaves=25,
)


def texts(html: str) -> list[str]:
    return [block.text for block in read_full_text(html, BASE).blocks]


def visible(html: str) -> list[str]:
    return re.sub(r"<script>.*?</script>|<[^>]*>", " ", html).split()


@given(TREE)
@settings(deadline=None)
def test_every_visible_word_stands_in_the_blocks_once_and_in_order(html):
    assert " ".join(texts(html)).split() == visible(html)


@given(TREE)
@settings(deadline=None)
def test_links_are_numbered_from_1_as_they_come_and_lead_somewhere(html):
    text = read_full_text(html, BASE)
    numbers = list(dict.fromkeys(span.number for block in text.blocks for span in block.links))
    assert numbers == list(range(1, len(text.links) + 1))
    assert all(link.startswith("https://example.org/") for link in text.links)
    for block in text.blocks:
        said = [block.text[span.start : span.end] for span in block.links]
        assert all(one and one == one.strip() for one in said)


@given(st.text(st.characters(blacklist_characters="<&", blacklist_categories=("C", "M", "Z")) | st.sampled_from(" \n")))
@settings(deadline=None)
def test_plain_text_comes_back_as_it_is(text):
    once = texts(text)
    assert texts("\n\n".join(once)) == once
    assert " ".join(once).split() == text.split()


@given(st.text(st.sampled_from("<>/!-&;\"'= \nab"), max_size=300) | st.text(max_size=300))
@settings(deadline=None)
def test_no_html_is_refused_and_no_block_is_empty_or_hides_something(html):
    for block in read_full_text(html, BASE).blocks:
        assert block.text.strip() and not set("\x1b\x07\x9b\u202e\r") & set(block.text)


def test_a_text_with_everything():
    text = read_full_text(
        """<h2>Soup</h2><p>Take <a href="leek.html">three  leeks</a>,<br>and water.</p>
        <ol start="3"><li>Cut<ul><li>the leeks</li></ul></li><li><p>Cook</p><p>Wait</p></li></ol>
        <blockquote><p>Good &amp; cheap, <a href="https://b.example/">says B</a></p></blockquote>
        <pre>  a\n\tb</pre><img src="x.png" alt="A bowl"><a href="#note">1</a>
        <table><tr><td>leek</td><td>3</td></tr></table><a href="javascript:x()">again</a>
        <a href="/a/leek.html">leek</a>
        """,
        BASE,
    )
    paragraph, heading, pre = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.PREFORMATTED
    assert text.blocks == (
        Block(heading, "Soup"),
        Block(paragraph, "Take three leeks,\nand water.", (LinkSpan(5, 16, 1),)),
        Block(paragraph, "Cut", label="3.", list_depth=1),
        Block(paragraph, "the leeks", label="•", list_depth=2),
        Block(paragraph, "Cook", label="4.", list_depth=1),
        Block(paragraph, "Wait", list_depth=1),
        Block(paragraph, "Good & cheap, says B", (LinkSpan(14, 20, 2),), quote_depth=1),
        Block(pre, "  a\n    b"),
        Block(paragraph, "[image: A bowl]1"),
        Block(paragraph, "leek | 3"),
        Block(paragraph, "again leek", (LinkSpan(6, 10, 1),)),
    )
    assert text.links == ("https://example.org/a/leek.html", "https://b.example/") and not text.is_cut


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("One.<br><br />Two.<br>Three.", ["One.", "Two.\nThree."]),
        ("One\ntwo.\n\n  Three.", ["One two.", "Three."]),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", ["One.", "Two."]),
        ("How to close an &lt;iframe&gt;", ["How to close an <iframe>"]),
        ("<p>Never <b>closed<p>at <a href='/x'>all", ["Never closed", "at all"]),
        ("<style>p {}</style><p>Seen<svg><title>no</title></svg></p><script>no()", ["Seen"]),
        ("<a href='/x'><div>A card</div></a><p>and more", ["A card", "and more"]),
        ("fish<em>ing</em> <b> rod </b>s", ["fishing rod s"]),
        ("<p>3 < 4 & 5 &gt; 4</p>", ["3 < 4 & 5 > 4"]),
        ("", []),
    ],
)
def test_html_as_feeds_have_it(html, expected):
    assert texts(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<p>word <a href='/x'>" * 100_000,
        "<a href='/x'>y</a>" * 110_000,
        "<ul><li>" * 250_000,
        "<blockquote>x" * 150_000,
        "<!--" * 500_000,
        "<a " * 600_000,
        "<a href='" * 200_000,
        "<" * 2_000_000,
        "<script>" * 250_000,
        "&lt;p&gt;" * 200_000,
        "\n \n" * 600_000,
        "<pre>" + " \t" * 1_000_000,
        "<img alt='x y'>" * 130_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_html_is_bounded(html):
    begun = time.process_time()
    text = read_full_text(html, BASE)
    assert time.process_time() - begun < 1.0
    assert text.is_cut
    assert text.num_chars <= 4 * MAX_CHARS and len(text.links) <= MAX_LINKS
    assert all(block.list_depth <= 6 and block.quote_depth <= 6 for block in text.blocks)
