from __future__ import annotations

from datetime import UTC, datetime

from edge_runtime.feeds.tally import REQUESTS
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.storage.requests import HostRequests


def test_info_has_counts_and_the_size_of_every_file(stocked):
    info = stocked.json("info")
    assert (info["articles"], info["events"], info["feeds"], info["private"]) == (4, 0, 0, False)
    assert info["disk_bytes"]["cache.db"] == (stocked.data / "cache.db").stat().st_size > 0
    lines = stocked.text("info").splitlines()
    assert max(map(len, lines)) <= 80 and "articles          4" in lines


def test_a_bundle_is_installed_and_a_missing_one_is_refused(edge_news):
    assert edge_news.json("init", "--bundle", str(DEFAULT_BUNDLE))["bundle_bytes"] == DEFAULT_BUNDLE.stat().st_size
    assert (edge_news.data / "news.bundle").exists()
    assert "next: " in edge_news.text("init")
    assert "no such bundle" in edge_news.json("init", "--bundle", "/nowhere/x.bundle", status=1)["error"]


def test_about_prints_the_model_card(edge_news):
    card = edge_news.json("about")["card"]
    assert card and edge_news.text("about", "--bundle", str(DEFAULT_BUNDLE)).splitlines()[0] == card.splitlines()[0]


def test_requests_lists_every_host_that_was_asked(edge_news):
    REQUESTS.take()
    assert edge_news.json("requests") == {"hosts": []}
    REQUESTS.add([HostRequests("news.example", 12, 3400, 56_000, datetime(2026, 11, 20, 8, tzinfo=UTC))])
    (host,) = edge_news.json("requests")["hosts"]
    assert (host["host"], host["requests"], host["received_bytes"]) == ("news.example", 12, 56_000)
    lines = edge_news.text("requests").splitlines()
    assert lines[1].split() == ["12", "3,400", "56,000", "news.example"] and "2026-11-20" in lines[-1]
    edge_news.text("erase", "--yes")
    assert edge_news.text("requests") == "no host was asked yet\n"
