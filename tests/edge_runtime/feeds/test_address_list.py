"""Lists of addresses, a line each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edge_runtime.errors import ArticleFileError
from edge_runtime.feeds.opml import Subscription
from edge_runtime.feeds.read_file import read_file

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = """# my feeds

https://a.example/feed.xml
https://b.example/rss "Science" "~Letters from B" "!hidden"
feed://c.example/atom
https://A.example/feed.xml "again"
"query:Unread:unread = \\"yes\\""
https://
http://d.example/?a=1&b=2 unquoted's
"""


def test_a_list_of_addresses_is_a_list_of_feeds(tmp_path):
    path = tmp_path / "urls"
    path.write_text(LIST)
    found = read_file(path, NOW)
    assert found.subscriptions == [
        Subscription("https://a.example/feed.xml"),
        Subscription("https://b.example/rss", "Letters from B", "Science", "Science"),
        Subscription("https://c.example/atom"),
        Subscription("http://d.example/?a=1&b=2"),
    ]
    assert [warning.partition(": ")[0] for warning in found.warnings] == ["not subscribed"] * 2


@pytest.mark.parametrize("text", ["see https://a.example/feed", "# https://a.example/feed", "ftp://a.example/feed"])
def test_other_text_is_no_list(tmp_path, text):
    path = tmp_path / "notes.txt"
    path.write_text(text)
    with pytest.raises(ArticleFileError, match="neither a feed, a list of feeds"):
        read_file(path, NOW)
