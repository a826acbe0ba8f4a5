"""What `add` takes in: files of any kind, addresses, pages; and what becomes of those that are none."""

from __future__ import annotations

import gzip
import io
import sys

import pytest

from tests.edge_runtime.feeds.hostile_server import response, rss

OPML = """<opml version="2.0"><body><outline text="Science">
<outline type="rss" text="Example" xmlUrl="https://news.example/feed.xml"/>
<outline type="rss" text="Other" xmlUrl="https://other.example/feed.xml?key=secret"/></outline></body></opml>"""
PAGE = """<!doctype html><head><link rel="alternate" type="application/rss+xml" title="Main" href="/main.xml">
<link rel="alternate" type="application/atom+xml" title="Sport" href="/sport.xml"></head>"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch):
    """Standard input and error are a terminal, at which a reader types this."""

    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

    return give


def test_files_addresses_and_lists_are_told_apart(edge_news):
    articles, feeds = edge_news.folder / "articles.jsonl.gz", edge_news.folder / "list"
    articles.write_bytes(gzip.compress(b'{"article_id": "a", "title": "Rain"}\nbroken\n'))
    feeds.write_text(OPML)
    added = edge_news.json("add", "--no-fetch", str(articles), str(feeds), "feed://third.example/rss")
    assert (added["added"], added["skipped"], added["known"]) == (1, 1, 0)
    assert added["subscribed"] == [
        "https://news.example/feed.xml",
        "https://other.example/feed.xml?…",
        "https://third.example/rss",
    ]
    assert "articles.jsonl.gz:2" in added["warnings"][0]
    again = edge_news.text("add", "--no-fetch", str(articles), str(feeds)).splitlines()
    assert (again[0], again[-1]) == (
        "articles: 0 added, 0 updated, 2 skipped",
        "feeds: 0 new, 2 known before",
    )


def test_one_name_that_cannot_be_read_changes_nothing(edge_news):
    articles, binary = edge_news.folder / "articles.jsonl", edge_news.folder / "x.bin"
    articles.write_text('{"article_id": "a", "title": "Rain"}')
    binary.write_bytes(bytes(range(256)) * 8192)
    for bad in ("/nowhere/x.jsonl", "feed.xml", "lemonde", "ftp://news.example/feed", str(binary)):
        edge_news.json("add", str(articles), "https://news.example/feed.xml", bad, status=1)
    wrong_topic = edge_news.json("add", str(articles), "--topic", "foood", status=1)["error"]
    assert "did you mean 'food'" in wrong_topic
    assert edge_news.json("info")["articles"] == 0 and edge_news.json("feeds")["feeds"] == []
    assert "say what to add" in edge_news.refused("add")
    assert "--title is for one feed" in edge_news.refused("add", "a.example", "b.example", "--title", "x")


def test_a_file_is_what_it_holds(edge_news, monkeypatch):
    feed = edge_news.folder / "saved.html"
    feed.write_bytes(gzip.compress(rss("Rain", "Snow")))
    added = edge_news.json("add", str(feed), "--topic", "travel")
    assert (added["added"], added["feeds"]) == (2, [])
    article = edge_news.json("latest")["articles"][0]
    assert (article["source"], article["category"]) == ("Example News", "travel")
    document = (
        b'{"version": "https://jsonfeed.org/version/1.1",\n"title": "J", "items": [{"id": "1", "title": "Hail"}]}'
    )
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(document)))
    assert edge_news.json("add", "-")["added"] == 1
    for text, said in (
        ("", "is empty"),
        ("<html><p>x", "names no feed"),
        ('{"a": 1}', "neither a feed"),
        ("PK\0\1", "no text"),
    ):
        feed.write_text(text)
        assert said in edge_news.json("add", str(feed), status=1)["error"]


def test_many_warnings_are_cut_on_the_terminal_alone(edge_news):
    path = edge_news.folder / "broken.jsonl"
    path.write_text('{"article_id": "a", "title": "Rain"}\n' + "broken\n" * 30)
    edge_news.text("add", str(path))
    assert edge_news.err.count("warning:") == 11 and "and 20 more" in edge_news.err
    assert len(edge_news.json("add", str(path))["warnings"]) == 30


def test_a_feed_is_fetched_at_once(edge_news, server):
    server.answers["/a"] = response(body=rss("Rain", "Snow"))
    assert edge_news.text("add", server.url("/a"), "--allow-private") == "Example News: 2 articles\n"
    assert edge_news.text("add", server.url("/a"), "--allow-private") == "Example News: known before\n"
    assert server.asked() == ["/a"]
    assert edge_news.json("sync", "--allow-private")["feeds"][0]["status"] == "too early"


def test_what_does_not_answer_is_dropped_and_stops_no_other(edge_news, server):
    server.answers["/a"] = response(body=rss("Rain"))
    text = edge_news.text("add", server.url("/none"), server.url("/a"), "--allow-private", status=1)
    assert f"not subscribed: {server.url('/none')}: HTTP 404" in " ".join(text.split())
    assert text.endswith("feeds: 1 new, 0 known before, 1 not subscribed; 1 articles added\n")
    assert [feed["url"] for feed in edge_news.json("feeds")["feeds"]] == [server.url("/a")]
    assert "404" in edge_news.json("add", server.url("/none"), "--allow-private", status=1)["error"]


def test_the_feeds_of_a_list_stay_though_they_do_not_answer(edge_news, server):
    feeds = edge_news.folder / "feeds.opml"
    server.answers["/a"] = response(body=rss("Rain"))
    outlines = "".join(f'<outline type="rss" text="x" xmlUrl="{server.url(path)}"/>' for path in ("/a", "/none"))
    feeds.write_text(f"<opml><body>{outlines}</body></opml>")
    taken = edge_news.json("opml", "import", str(feeds), "--allow-private")
    assert [feed["status"] for feed in taken["feeds"]] == ["subscribed", "not fetched"]
    assert len(edge_news.json("feeds")["feeds"]) == 2


def test_a_private_address_is_kept_for_a_sync_that_may_ask_it(edge_news, server):
    server.answers["/a"] = response(body=rss("Rain"))
    assert edge_news.text("add", server.url("/a")) == "feeds: 1 new, 0 known before; 0 articles added\n"
    assert "`edge-news sync --allow-private` fetches it" in edge_news.err and server.requests == []
    assert edge_news.json("sync", "--allow-private")["added"] == 1


def test_without_a_terminal_the_first_feed_of_a_page_is_taken_and_the_others_are_named(edge_news, server):
    server.answers["/"] = response(body=PAGE.encode(), Content_Type="text/html")
    server.answers["/main.xml"] = server.answers["/sport.xml"] = response(body=rss("Rain"))
    text = edge_news.text("add", server.url("/"), "--allow-private")
    assert f"from {server.url('/main.xml')}" in text and f"{server.url('/sport.xml')}  Sport" in text
    assert [feed["url"] for feed in edge_news.json("feeds")["feeds"]] == [server.url("/main.xml")]


@pytest.mark.parametrize(("answer", "taken"), [("2\n", "/sport.xml"), ("\n", "/main.xml"), ("no\n", "")])
def test_on_a_terminal_the_reader_chooses(edge_news, server, typed, answer, taken):
    server.answers["/"] = response(body=PAGE.encode(), Content_Type="text/html")
    server.answers["/main.xml"] = server.answers["/sport.xml"] = response(body=rss("Rain"))
    typed(answer)
    edge_news.text("add", server.url("/"), "--allow-private", status=0 if taken else 1)
    assert "  2. Sport" in edge_news.err
    found = [feed["url"] for feed in edge_news.json("feeds")["feeds"]]
    assert found == ([server.url(taken)] if taken else [])


@pytest.mark.parametrize(("answer", "kept"), [("y\n", 1), ("", 0)])
def test_on_a_terminal_a_dead_feed_may_be_kept(edge_news, server, typed, answer, kept):
    typed(answer)
    edge_news.text("add", server.url("/none"), "--allow-private", status=1 - kept)
    assert "Keep it all the same?" in edge_news.err and len(edge_news.json("feeds")["feeds"]) == kept


def test_the_shelf_is_listed_and_added_by_number(edge_news):
    (feed,) = edge_news.json("suggest", "food")["feeds"]
    assert "Smitten Kitchen" in edge_news.text("suggest", "food & drink", "--language", "EN")
    assert {one["language"] for one in edge_news.json("suggest", "general", "--language", "fr-CA")["feeds"]} == {"fr"}
    assert "did you mean 'food'" in edge_news.json("suggest", "foods", status=1)["error"]
    assert "no feeds in" in edge_news.json("suggest", "--language", "tlh", status=1)["error"]
    edge_news.json("add", "--no-fetch", "--shelf", "2", str(feed["number"]))
    listed = edge_news.json("feeds")["feeds"]
    assert [(one["title"], one["topic"]) for one in listed] == [
        ("The Guardian, International", ""),
        ("Smitten Kitchen", "food"),
    ]
    assert "no feed 999 on the shelf" in edge_news.json("add", "--shelf", "999", status=1)["error"]
