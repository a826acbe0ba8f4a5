"""Articles and feeds in, with a real server on this machine."""

from __future__ import annotations

import errno
import json
import socket

from tests.edge_runtime.feeds.hostile_server import response, rss

OPML = """<opml version="2.0"><body><outline text="Science">
<outline type="rss" text="Example" xmlUrl="https://news.example/feed.xml"/>
<outline type="rss" text="Other" xmlUrl="https://other.example/feed.xml?key=secret"/></outline></body></opml>"""


def test_a_sync_brings_articles_in(edge_news, server):
    server.answers["/a"] = response(body=rss("Rain", "Snow"))
    server.answers["/b"] = response("500 Internal Server Error")
    edge_news.text("add", "--no-fetch", server.url("/a"), "--title", "Weather", "--topic", "science")
    edge_news.text("add", "--no-fetch", server.url("/b"))
    synced = edge_news.json("sync", "--allow-private")
    assert (synced["added"], synced["failed"]) == (2, 1)
    assert [(feed["title"], feed["status"]) for feed in synced["feeds"]] == [("Weather", "new"), ("", "failed")]
    article = edge_news.json("latest")["articles"][0]
    assert (article["source"], article["category"]) == ("Weather", "science and technology")
    text = edge_news.text("sync", "--allow-private")
    assert "0 articles added, 0 updated; feeds: 2 too early" in text
    assert edge_news.err == ""  # no bar without a terminal


def test_articles_of_an_aggregator_keep_their_source(edge_news, server):
    items = "<item><title>Rain - Gazette</title><source url='https://g.example'>Gazette</source></item>"
    feed = f"<rss><channel><title>Top stories</title>{items}<item><title>Snow</title></item></channel></rss>"
    server.answers["/a"] = response(body=feed.encode())
    edge_news.text("add", "--no-fetch", server.url("/a"), "--title", "Mine")
    edge_news.json("sync", "--allow-private")
    found = {article["title"]: article["source"] for article in edge_news.json("latest")["articles"]}
    assert found == {"Rain - Gazette": "Gazette", "Snow": "Mine"}


def test_a_sync_in_which_every_feed_fails_has_status_one(edge_news, server):
    edge_news.text("add", "--no-fetch", server.url("/none"))
    text = edge_news.text("sync", "--allow-private", status=1)
    assert "failed: " in text and "404" in text and "feeds: 1 failed" in text
    assert max(map(len, text.splitlines())) <= 80


def test_servers_of_the_own_network_need_a_word(edge_news, server):
    server.answers["/a"] = response(body=rss("Rain"))
    edge_news.text("add", "--no-fetch", server.url("/a"))
    error = edge_news.json("sync", status=1)["feeds"][0]["error"]
    assert error.endswith("not a public address; `edge-news sync --allow-private` fetches from your own network too")
    assert edge_news.json("feeds")["feeds"][0]["last_error"] == error
    assert server.requests == []
    assert edge_news.json("sync", "--allow-private")["added"] == 1  # nobody was asked, so nobody has to be spared


def test_without_feeds_a_sync_says_how_to_get_some(edge_news):
    assert "edge-news opml import FILE" in " ".join(edge_news.text("sync").split())
    assert edge_news.json("sync") == {"added": 0, "updated": 0, "failed": 0, "feeds": [], "accounts": []}


def test_feeds_are_listed_renamed_and_given_up(edge_news):
    edge_news.text("add", "--no-fetch", "https://user:canary@news.example/feed.xml?key=secret")
    edge_news.text("add", "--no-fetch", "https://other.example/feed.xml")
    assert edge_news.text("feeds").splitlines()[:2] == ["  1. https://news.example/feed.xml?…", "     never fetched"]
    (feed,) = edge_news.json("feeds", "1", "--title", "Example", "--topic", "science", "--folder", "News/EU")["feeds"]
    assert (feed["title"], feed["topic"], feed["number"]) == ("Example", "science and technology", 1)
    assert feed["folder"] == "News/EU"
    assert "did you mean 'food'" in edge_news.json("feeds", "1", "--topic", "foood", status=1)["error"]
    assert edge_news.text("feeds").splitlines()[:4] == [
        "  1. Example",
        "     https://news.example/feed.xml?… · News/EU · science and technology · never",
        "     fetched",
        "  2. https://other.example/feed.xml",
    ]
    assert "canary" not in edge_news.text("feeds") + str(edge_news.json("feeds"))
    assert edge_news.json("feeds", "1", "--title", "")["feeds"][0]["title"] == ""
    assert edge_news.json("unsubscribe", "https://other.example/feed.xml")["unsubscribed"].startswith("https://other")
    assert edge_news.json("unsubscribe", "https://news.example/feed.xml?…")["unsubscribed"].startswith("https://news")
    assert "no feed 1" in edge_news.json("unsubscribe", "1", status=1)["error"]
    assert "number" in edge_news.json("unsubscribe", "https://none.example/", status=1)["error"]
    assert "which feed" in edge_news.refused("feeds", "--title", "x")


def test_one_feed_is_shown_and_several_are_given_up_by_the_numbers_of_one_list(edge_news):
    edge_news.text("add", "--no-fetch", *(f"https://news.example/{name}" for name in "abc"))
    assert edge_news.text("feeds", "2") == "  2. https://news.example/b\n     never fetched\n"
    gone = edge_news.json("unsubscribe", "1", "2", "1")
    assert [feed["url"] for feed in gone["feeds"]] == ["https://news.example/a", "https://news.example/b"]
    edge_news.json("unsubscribe", "1", "2", status=1)
    assert [feed["url"] for feed in edge_news.json("feeds")["feeds"]] == ["https://news.example/c"]


def test_opml_comes_back_as_it_went_in(edge_news):
    feeds = edge_news.folder / "feeds.opml"
    feeds.write_text(OPML)
    assert len(edge_news.json("opml", "import", "--no-fetch", str(feeds))["subscribed"]) == 2
    written = edge_news.folder / "written.opml"
    assert edge_news.text("opml", "export", str(written)).endswith(f"2 feeds, {written.stat().st_size} bytes\n")
    assert edge_news.text("opml", "export") == written.read_text() == edge_news.json("opml", "export")["opml"]
    assert "key=secret" in written.read_text() and 'text="Science"' in written.read_text()
    edge_news.text("erase", "--everything", "--yes")
    assert len(edge_news.json("opml", "import", "--no-fetch", str(written))["subscribed"]) == 2
    assert "import or export" in edge_news.refused("opml")
    feeds.write_text(json.dumps({}))
    assert "not OPML" in edge_news.json("opml", "import", "--no-fetch", str(feeds), status=1)["error"]


def test_a_network_that_is_down_is_told_once_and_not_for_every_feed(edge_news, monkeypatch):
    def unreachable(self, address):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    edge_news.json("add", "--no-fetch", *(f"http://127.0.0.{number}:9/feed" for number in range(1, 6)))
    said = " ".join(edge_news.text("sync", "--allow-private", status=1).split())
    assert said.count("network seems to be down") == 1 and "typing mistake" not in said
    assert said.endswith("0 articles added, 0 updated; feeds: 5 offline")
    found = edge_news.json("sync", "--allow-private", status=1)
    assert found["failed"] == 0 and [feed["status"] for feed in found["feeds"]] == ["offline"] * 5
    assert all(feed["failures"] == 0 and feed["next_at"] is None for feed in edge_news.json("feeds")["feeds"])
