from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edge_runtime.errors import FeedError
from edge_runtime.feeds.opml import Subscription, read_opml, write_opml
from edge_runtime.feeds.plain_text import clean_text


def opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="1.0"><head/><body>{body}</body></opml>'.encode()


def test_folders_are_topics_and_the_nearest_counts():
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
        Subscription("https://b.example/f", "B paper", "World news"),
        Subscription("https://c.example/f", "C", "News"),
        Subscription("https://d.example/f", "D", ""),
    ]


def test_what_cannot_be_subscribed_to_is_counted():
    found, warnings = read_opml(
        opml(
            '<outline text="A" xmlUrl="https://a.example/f"/><outline text="again" xmlUrl="https://a.example/f"/>'
            '<outline text="x" xmlUrl="javascript:x"/><outline text="y" xmlUrl="file:///etc/passwd"/>'
            '<outline text="feed" xmlUrl="feed://b.example/f"/><outline text="feed2" xmlUrl="feed:http://c.example/f"/>'
        )
    )
    assert [one.url for one in found] == ["https://a.example/f", "https://b.example/f", "http://c.example/f"]
    assert found[0].title == "A"
    assert warnings == [
        "2 outlines have no http(s) address: left out",
        "1 outlines repeat the address of another: the first counts",
    ]


def test_an_unescaped_ampersand_is_read_with_a_warning():
    found, (warning,) = read_opml(opml('<outline text="A & B" xmlUrl="https://a.example/f?a=1&b=2"/>'))
    assert found == [Subscription("https://a.example/f?a=1&b=2", "A & B")]
    assert "broken XML" in warning


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<rss/>",
        b"hello",
        b'<!DOCTYPE o [<!ENTITY a SYSTEM "b">]><opml><body/></opml>',
        b"<opml>" + b" " * 9_000_000,
    ],
)
def test_what_is_no_opml_is_refused(data):
    with pytest.raises(FeedError):
        read_opml(data)


CLEAN = st.text(st.characters(), max_size=20).map(clean_text)
SUBSCRIPTIONS = st.lists(
    st.builds(Subscription, st.integers(0, 99).map(lambda n: f"https://f.example/?n={n}&x='\"<é"), CLEAN, CLEAN),
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
    expected = [
        Subscription(one.url.replace('"', "%22").replace("<", "%3C"), one.title, one.topic) for one in subscriptions
    ]
    assert found == expected


def test_writing_what_was_read_changes_nothing():
    once = write_opml([Subscription("https://a.example/f", "A", "News"), Subscription("https://b.example/f")], "Mine")
    assert write_opml(read_opml(once)[0], "Mine") == once
