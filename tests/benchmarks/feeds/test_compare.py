from __future__ import annotations

from types import SimpleNamespace

import pytest

from benchmarks.feeds import compare as module
from benchmarks.feeds.texts import text_of

FEED = (
    b"<rss><channel><title>Paper</title><link>https://a.example/</link><item><title>T &amp;amp; U</title>"
    b"<link>https://a.example/1</link><category>News</category><pubDate>2026-11-24</pubDate></item></channel></rss>"
)


def theirs(**entry: object) -> SimpleNamespace:
    whole = {"title": "T &amp; U", "link": "https://a.example/1", "tags": [{"term": "News"}]} | entry
    feed = {"title": "Paper", "link": "https://a.example"}
    return SimpleNamespace(feed=feed, entries=[whole], get=lambda _: "rss20")


def differing(monkeypatch: pytest.MonkeyPatch, **entry: object) -> list[str]:
    monkeypatch.setattr(module, "parse_theirs", lambda data, content_type: theirs(**entry))
    found = module.compare("f.xml", FEED, asks_expectation=False)
    assert found.compared["title"] == 1
    return [difference.field for difference in found.differences]


def test_what_both_say_is_no_difference(monkeypatch):
    assert differing(monkeypatch) == []
    assert differing(monkeypatch, published_parsed=(2026, 11, 24, 0, 0, 0, 1, 328, 0)) == []


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"title": "Other"}, "title"),
        ({"link": "https://a.example/2"}, "link"),
        ({"id": "7"}, "id"),
        ({"summary": "Text"}, "text"),
        ({"tags": [{"term": "Sport"}]}, "category"),
        ({"source": {"title": "Gazette"}}, "source"),
        ({"published_parsed": (2026, 11, 25, 0, 0, 0, 2, 329, 0)}, "date"),
    ],
)
def test_a_field_that_differs_is_named(monkeypatch, entry, field):
    assert differing(monkeypatch, **entry) == [field]


def test_hidden_elements_have_no_text():
    assert text_of("a <b>b</b>&amp;<script>c<p>d</script><iframe>e</iframe> f") == "ab&f"
