from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge_runtime.errors import FeedError
from edge_runtime.feeds.opml import Subscription, read_opml, write_opml
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.storage.feeds import folder_path


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="1.0"><head/><body>{body}</body></opml>'.encode()


def test_folders_lie_in_one_another_and_the_nearest_is_the_topic():
    found, warnings = read_opml(
        opml(
            '<outline text="A" xmlUrl="https://a.example/f"/>'
            '<outline text="News"><outline text="World" title="World news"><outline type="rss" text="B" '
            'title="B paper" xmlUrl="https://b.example/f"/></outline><outline text="C" xmlUrl="https://c.example/f"/>'
            '</outline><outline text="D" xmlurl="https://d.example/f"/>'
        )
    )
    assert warnings == []
    assert found == [
        Subscription("https://a.example/f", "A", ""),
        Subscription("https://b.example/f", "B paper", "World news", "News/World news"),
        Subscription("https://c.example/f", "C", "News", "News"),
        Subscription("https://d.example/f", "D", ""),
    ]


def test_what_cannot_be_subscribed_to_is_counted():
    found, warnings = read_opml(
        opml(
            '<outline text="A" xmlUrl="https://a.example/f"/><outline text="again" xmlUrl="https://a.example/f"/>'
            '<outline text="x" xmlUrl="javascript:x"/><outline text="y" xmlUrl="file:///etc/passwd"/>'
            '<outline text="dots" xmlUrl="http://a..b/"/><outline text="again" xmlUrl="HTTPS://a.example:443/f"/>'
            '<outline text="z" type="rss" htmlUrl="https://z.example/"/>'
            '<outline text="page" type="link" url="https://z.example/"/>'
            '<outline text="feed" xmlUrl="feed://b.example/f"/><outline text="feed2" xmlUrl="feed:http://c.example/f"/>'
        )
    )
    assert [one.url for one in found] == ["https://a.example/f", "https://b.example/f", "http://c.example/f"]
    assert found[0].title == "A"
    assert warnings == [
        "4 outlines have no http(s) address: left out",
        "1 outlines are links to pages or to other lists: left out",
        "2 outlines repeat the address of another: the first counts",
    ]


def test_an_unescaped_ampersand_is_read_with_a_warning():
    found, (warning,) = read_opml(opml('<outline text="A & B" xmlUrl="https://a.example/f?a=1&b=2"/>'))
    assert found == [Subscription("https://a.example/f?a=1&b=2", "A & B")]
    assert "broken XML" in warning


@pytest.mark.parametrize(
    "category, topic",
    [
        ("/Boston/Weather,/Harvard/Berkman", "Weather"),
        ("Technology", "Technology"),
        (" , /Arts &amp;amp; Crafts/ ,x", "Arts & Crafts"),
        ("/", ""),
        ("", ""),
    ],
)
def test_the_last_name_of_the_first_category_is_the_topic_of_what_lies_in_no_folder(category, topic):
    outline = f'<outline text="A" category="{category}" xmlUrl="https://a.example/f"/>'
    (found,), _ = read_opml(opml(outline))
    assert (found.topic, found.folder) == (topic, "")
    (found,), _ = read_opml(opml(f'<outline text="News">{outline}</outline>'))
    assert (found.topic, found.folder) == ("News", "News")


def test_names_that_were_escaped_twice_are_read_once_more():
    found, _ = read_opml(
        opml(
            '<outline text="Q&amp;amp;A"><outline text="It&amp;apos;s nice &amp;amp; warm" xmlUrl="https://a.example/f"/>'
            '<outline text="x" title="Caf&amp;#233; &amp;lt;3" xmlUrl="https://b.example/f"/></outline>'
        )
    )
    assert found == [
        Subscription("https://a.example/f", "It's nice & warm", "Q&A", "Q&A"),
        Subscription("https://b.example/f", "Café <3", "Q&A", "Q&A"),
    ]


def test_a_slash_in_the_name_of_a_folder_makes_no_second_folder():
    data = opml('<outline text="TV/Radio"><outline text="A" xmlUrl="https://a.example/f"/></outline>')
    found, _ = read_opml(data)
    assert found == [Subscription("https://a.example/f", "A", "TV/Radio", "TV／Radio")]
    assert b'<outline text="TV/Radio">\n<outline type' in write_opml(found, "Mine")


def test_what_is_no_folder_lends_no_name():
    found, warnings = read_opml(
        opml(
            # A list whose outlines are not closed: what follows lies in the link, in the feed, in a nameless outline.
            '<outline text="News" type="rss"><outline text="Site" type="link" url="https://s.example/">'
            '<outline text="A" xmlUrl="https://a.example/f"><outline text="B" xmlUrl="https://b.example/f"/>'
            '</outline></outline><outline><outline text="C" xmlUrl="https://c.example/f"/></outline></outline>'
        )
    )
    assert [(one.title, one.folder) for one in found] == [("A", "News"), ("B", "News"), ("C", "News")]
    assert warnings == ["1 outlines are links to pages or to other lists: left out"]


def test_a_feed_in_two_folders_lies_in_the_first():
    line = '<outline text="A" xmlUrl="https://a.example/f"/>'
    found, _ = read_opml(opml(f'<outline text="X">{line}</outline><outline text="Y">{line}</outline>'))
    assert [one.folder for one in found] == ["X"]


@pytest.mark.parametrize("link", ["feed://a.example/f", "FEED:https://a.example/f", "feed:a.example/f"])
def test_feed_addresses_are_web_addresses(link):
    (found,), _ = read_opml(opml(f'<outline text="A" xmlUrl=" {link} "/>'))
    assert found.url == "https://a.example/f"


@pytest.mark.parametrize(
    "data, said",
    [
        (b"", "there is nothing in it"),
        (b"<rss><channel/></rss>", "but a feed, which is subscribed to by its address"),
        (b"<!doctype html><p>Log in", "but a web page"),
        (b"<html><body>Log in<br></body></html>", "but a web page"),
        (b"<outline", "broken XML"),
        (b"hello", "not OPML"),
        (b'<!DOCTYPE o [<!ENTITY a SYSTEM "b">]><opml><body/></opml>', "declares entities"),
        (b"<opml>" + b" " * 9_000_000, "split the file"),
    ],
)
def test_what_is_no_opml_is_refused_and_named(data, said):
    with pytest.raises(FeedError, match=said):
        read_opml(data)


def test_of_a_list_that_is_cut_off_the_beginning_is_taken_with_a_warning():
    found, (warning,) = read_opml(opml('<outline text="A" xmlUrl="https://a.example/f"/>')[:-10])
    assert [one.title for one in found] == ["A"] and "cut off in the middle" in warning


MARKS = st.sampled_from(["&amp;", "&lt;b&gt;", "&#39;", "<", '"', "/", "／", ",", " "])
CLEAN = st.lists(st.text(st.characters(), max_size=8) | MARKS, max_size=4).map("".join).map(clean_text)
FOLDERS = st.lists(CLEAN.map(lambda name: name.replace("/", "／")) | st.sampled_from("ab"), max_size=4)
SUBSCRIPTIONS = st.lists(
    st.builds(
        Subscription,
        st.integers(0, 99).map(lambda n: f"https://f.example/?n={n}&lt;='\"<é"),
        CLEAN,
        CLEAN | st.sampled_from("ab"),
        FOLDERS.map("/".join).map(folder_path),
    ),
    max_size=12,
    unique_by=lambda one: one.url,
)


@given(SUBSCRIPTIONS, st.text(max_size=20))
def test_what_is_written_is_read_back(subscriptions, title):
    found, warnings = read_opml(write_opml(subscriptions, title))
    # Text such as "Â¡" looks as if it had been encoded twice; then it is taken for that, and said.
    assume(not any("encoded twice" in warning for warning in warnings))
    assert warnings == []
    # Characters that an address may not hold come back escaped.
    expected = [replace(one, url=one.url.replace('"', "%22").replace("<", "%3C")) for one in subscriptions]
    assert found == expected


def test_writing_what_was_read_changes_nothing():
    once = write_opml(
        [
            Subscription("https://a.example/f", "A", "News", "News"),
            Subscription("https://b.example/f", "B", "science", "News/Europe"),
            Subscription("https://c.example/f", "C", "", "News/Europe"),
            Subscription("https://d.example/f", "", "sport"),
        ],
        "Mine",
    )
    assert once.decode().splitlines()[3:-2] == [
        "<body>",
        '<outline text="News">',
        '<outline type="rss" text="A" title="A" xmlUrl="https://a.example/f"/>',
        '<outline text="Europe">',
        '<outline type="rss" text="B" title="B" xmlUrl="https://b.example/f" edge:topic="science"/>',
        '<outline type="rss" text="C" title="C" xmlUrl="https://c.example/f" edge:topic=""/>',
        "</outline>",
        "</outline>",
        '<outline type="rss" text="https://d.example/f" title="" xmlUrl="https://d.example/f" category="/sport"/>',
    ]
    assert write_opml(read_opml(once)[0], "Mine") == once
