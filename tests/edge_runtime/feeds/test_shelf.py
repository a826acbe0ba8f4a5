from __future__ import annotations

from edge_runtime import read_bundle
from edge_runtime.feeds.shelf import shelf
from edge_runtime.installation import DEFAULT_BUNDLE


def test_the_shelf_has_the_topics_of_the_default_bundle_and_each_feed_once():
    feeds = shelf()
    assert len(feeds) == len({feed.url for feed in feeds}) == 40
    assert {feed.topic for feed in feeds} - {""} <= {*read_bundle(DEFAULT_BUNDLE).manifest.topics}
    assert {feed.language for feed in feeds} == {"ar", "de", "en", "es", "fr", "it", "ja", "nl", "pt", "zh"}
    assert all(feed.url.startswith("https://") and feed.title for feed in feeds)
