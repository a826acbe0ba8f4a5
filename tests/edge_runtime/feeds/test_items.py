"""Which item is which: by hand for each kind of evidence, and as a law over random histories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.feeds.items import Item, assign_items
from edge_runtime.feeds.parse import parse_feed
from edge_runtime.storage.items import StoredItem

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = "https://news.example/feed.xml"
DAY, HOUR = 86_400, 3_600
AT = 20_000 * DAY + 9 * HOUR  # a morning


class Feed:
    """What is remembered of one subscription."""

    def __init__(self, subscription: str = FEED) -> None:
        self._subscription = subscription
        self._known: dict[str, StoredItem] = {}

    def fetch(self, *items: Item) -> list[str]:
        """The ids of what a fetch brings; of an equal item that of the first."""
        found = assign_items(items, list(self._known.values()), self._subscription)
        self._known |= {one.article_id: StoredItem(one.marks, one.article_id, 0, 0) for one in found}
        return [one.article_id for one in found]


def page(number: int | str, **fields) -> Item:
    return Item(link=f"https://news.example/{number}", is_page=True, title=f"Title {number}", **fields)


def notice(guid: str, title: str, **fields) -> Item:
    """An item whose link is that of the site."""
    return Item(guid=guid, title=title, link="https://news.example", **fields)


SAME = {
    "link corrected, GUID stays": (page(1, guid="g"), replace(page(2, guid="g"), title="Title 1")),
    "all but the GUID changes": (
        page(1, guid="g", text="x", dated=AT),
        replace(page(2, guid="g", text="y", dated=AT + DAY), title="Z"),
    ),
    "title corrected, no GUID": (page(1), replace(page(1), title="Z")),
    "new GUID at each fetch, one date": (page(1, guid="a", dated=AT, text="x"), page(1, guid="b", dated=AT)),
    "new GUID at each fetch, no date": (page(1, guid="a", text="x"), page(1, guid="b", text="x")),
    "new GUID at each fetch, nothing but a title": (page(1, guid="a"), page(1, guid="b")),
    "GUID comes later": (page(1), page(1, guid="a")),
    "GUID goes away": (page(1, guid="a", dated=AT), page(1, dated=AT + DAY)),
    "another host, no GUID": (
        page(1, dated=AT),
        replace(page(1, dated=AT), link="https://cdn.example/1"),
    ),
    "a new token in the link, no GUID": (
        replace(page(1, dated=AT), link="https://news.example/1?t=abc"),
        replace(page(1, dated=AT), link="https://news.example/1?t=def"),
    ),
    "a new token in the link, neither GUID nor date": (
        replace(page(1, text="x"), link="https://news.example/1?t=abc"),
        replace(page(1, text="x"), link="https://news.example/1?t=def"),
    ),
    "a link comes later": (Item(title="T", dated=AT), replace(page(1, dated=AT), title="T")),
    "without link, later in the day": (
        Item(title="T", text="x", dated=AT),
        Item(title="T", text="y", dated=AT + HOUR),
    ),
    "a date comes later": (Item(title="T"), Item(title="T", dated=AT)),
    "a notice is renamed": (notice("a", "T"), notice("a", "U")),
}
OTHER = {
    "one fixed link, GUIDs differ": (page(1, guid="a", dated=AT), page(1, guid="b", dated=AT + DAY)),
    "one fixed link, GUIDs and texts differ": (page(1, guid="a", text="x"), page(1, guid="b", text="y")),
    "one fixed link and a text that says nothing": (
        page(1, guid="a", text="Comments", dated=AT),
        replace(page(1, guid="b", text="Comments", dated=AT + HOUR), title="Z"),
    ),
    "anchors of one page": (
        Item(link="https://news.example/log#1", is_page=True, title="1"),
        Item(link="https://news.example/log#2", is_page=True, title="2"),
    ),
    "the site's link": (notice("", "T"), notice("", "U")),
    "one title on two days": (Item(title="T", dated=AT), Item(title="T", dated=AT + DAY)),
    "one title and time, other pages and texts": (
        replace(page(1, dated=AT, text="x"), title="T"),
        replace(page(2, dated=AT, text="y"), title="T"),
    ),
    "one path and title, another text": (
        replace(page(1, text="x"), link="https://news.example/1?id=1"),
        replace(page(1, text="y"), link="https://news.example/1?id=2"),
    ),
    "only a text": (Item(text="x"), Item(text="y")),
}


@pytest.mark.parametrize("kind", SAME)
@pytest.mark.parametrize("has_neighbour", [True, False])
def test_it_stays_the_same_article(kind, has_neighbour):
    before, after = SAME[kind]
    others = [page(77, guid="n")] if has_neighbour else []
    feed = Feed()
    first = feed.fetch(before, *others)[0]
    assert feed.fetch(*others, after)[-1] == first
    assert feed.fetch(after) == [first]


@pytest.mark.parametrize("kind", OTHER)
def test_it_is_another_article_whether_the_first_one_stays_or_leaves(kind):
    first, second = OTHER[kind]
    leaves, stays = Feed(), Feed()
    assert leaves.fetch(first) != leaves.fetch(second)
    before = stays.fetch(first)
    assert stays.fetch(second, first)[1:] == before
    assert len({*stays.fetch(first, second)}) == 2


def test_a_neighbour_with_the_same_link_makes_no_new_article_when_it_comes_and_when_it_leaves():
    first, second = replace(page(1), title="Lock closed"), replace(page(1), title="Bridge height reduced")
    feed = Feed()
    name = feed.fetch(first)
    both = feed.fetch(second, first)
    assert both[1:] == name
    assert feed.fetch(second) == both[:1]
    assert feed.fetch(first, second) == both[::-1]


def test_one_page_in_two_feeds_is_one_article_and_a_guid_means_nothing_elsewhere():
    other = Feed("https://other.example/feed")
    assert Feed().fetch(page(1, guid="a")) == other.fetch(page(1, guid="b"))
    assert Feed().fetch(notice("a", "T")) != Feed("https://third.example/feed").fetch(notice("a", "T"))


def test_equal_items_are_one_whatever_their_guids_and_versions_with_one_guid_are_one():
    assert len(Feed().fetch(page(1, guid="a"), page(1, guid="b"))) == 1
    assert len(Feed().fetch(page(1, guid="a", text="new"), page(1, guid="a", text="old"))) == 1
    assert len(Feed().fetch(notice("a", "T"), notice("b", "T"))) == 2


def test_where_every_item_has_one_link_the_guid_decides_then_the_title_then_the_text():
    items = [
        page(1, guid="g1"),
        page(1, guid="g2", text="x"),
        replace(page(1, text="x"), title="B"),
        replace(page(1, text="x"), title="C"),
        replace(page(1, text="y"), title="C"),
    ]
    assert len(set(Feed().fetch(*items))) == 5
    assert set(Feed().fetch(*items)) == set(Feed().fetch(*items[::-1]))


def test_an_item_that_comes_twice_is_taken_once_with_a_warning():
    item = "<item><title>T</title><link>https://news.example/1</link><guid>1</guid></item>"
    feed = parse_feed(f"<rss><channel>{item}{item}</channel></rss>".encode(), FEED, NOW)
    assert len(feed.articles) == 1
    assert feed.warnings == ("1 items come twice: taken once",)


@dataclass
class True_:
    """An item as its author knows it; `kind` says what of it never changes."""

    number: int
    kind: str
    link: int
    title: int
    text: int
    day: int

    def item(self) -> Item:
        dated = AT + self.day * DAY + self.number * 60
        text = f"text {self.number}-{self.text}"
        match self.kind:
            case "guid":  # its link may be anyone's: a page of its own, that of all notices, or the site's
                links = [f"https://news.example/{self.number}-{self.link}", "https://news.example/notices", ""]
                link = links[self.link % 3]
                return Item(
                    f"guid {self.number}", link, is_page=bool(link), title=f"{self.title}", text=text, dated=dated
                )
            case "link":
                link = f"https://news.example/page/{self.number}"
                return Item("", link, is_page=True, title=f"{self.title}", text=text, dated=dated)
        return Item("", "https://news.example", title=f"Notice {self.number}", text=text, dated=AT)


SMALL = st.integers(0, 5)
TRUE = st.builds(True_, st.just(0), st.sampled_from(["guid", "link", "title"]), SMALL, SMALL, SMALL, SMALL)


@given(
    st.lists(TRUE, min_size=1, max_size=8),
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 7), max_size=8),
            st.lists(
                st.tuples(st.integers(0, 7), st.sampled_from(["link", "title", "text", "day"]), SMALL), max_size=4
            ),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_in_any_history_an_item_that_stays_itself_is_one_article_and_two_are_never_one(authors, history):
    authors = [replace(author, number=number) for number, author in enumerate(authors)]
    feed = Feed()
    names: dict[int, str] = {}
    for present, changes in history:
        for place, what, value in changes:
            setattr(authors[place % len(authors)], what, value)
        places = list(dict.fromkeys(place % len(authors) for place in present))
        found = feed.fetch(*(authors[place].item() for place in places))
        assert len(found) == len(places)
        for place, name in zip(places, found, strict=True):
            assert names.setdefault(place, name) == name
    assert len(set(names.values())) == len(names)


@given(st.lists(TRUE, max_size=8), st.randoms())
def test_the_order_of_the_items_changes_no_id(authors, random):
    items = [replace(author, number=number).item() for number, author in enumerate(authors)]
    shuffled = list(items)
    random.shuffle(shuffled)
    assert dict(zip(items, Feed().fetch(*items), strict=True)) == dict(
        zip(shuffled, Feed().fetch(*shuffled), strict=True)
    )
