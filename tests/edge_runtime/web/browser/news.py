"""A reader with some weeks behind: stories in several scripts, a whole text, feeds in folders, rules, deeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge_runtime import Reader, RuleEffect, RuleKind, Signal, demo_articles, parse_feed
from edge_runtime.screens.reading import Reading

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = """<p>The council voted on Tuesday to run <a href="https://example.org/ferries">three electric ferries</a> from
next spring. They take twenty minutes, and <b>no more than the bus</b> costs.</p><h2>What it costs</h2>
<p>The city pays for the piers alone.</p><ul><li>Two piers in the old harbour<ul><li>one for freight</li></ul></li>
<li>A third below the bridge</li></ul><ol><li>Ask</li><li>Vote</li></ol><blockquote><p>We have waited nine years for
this.</p></blockquote><pre>north   08:10  08:40
south   08:25  08:55</pre><p>مرحبا بالعالم: هذا نص من اليمين إلى اليسار.</p>"""
FEED = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Harbour Post</title><link>https://example.org/</link><description>d</description>
<item><title>Electric ferries come to the harbour</title><link>https://example.org/1</link><guid>1</guid>
<pubDate>Tue, 24 Nov 2026 11:40:00 GMT</pubDate><description>The council voted.</description>
<content:encoded><![CDATA[{TEXT}]]></content:encoded></item>
<item><title>السفن الكهربائية تصل إلى الميناء القديم</title><link>https://example.org/2</link><guid>2</guid>
<pubDate>Tue, 24 Nov 2026 11:20:00 GMT</pubDate><description>صوت المجلس يوم الثلاثاء.</description></item>
<item><title>市议会决定明年春天开通三艘电动渡轮</title><link>https://example.org/3</link><guid>3</guid>
<pubDate>Tue, 24 Nov 2026 11:10:00 GMT</pubDate><description>渡轮二十分钟一班。</description></item>
</channel></rss>"""
FEED_URL = "https://example.org/feed"


def open_news(folder: Path) -> Reading:
    """Three weeks of reading in a new data directory."""
    reader = Reader.open(folder)
    reading = Reading(opened=reader)
    articles = demo_articles(NOW)
    old = [replace(one, published=one.published - timedelta(days=9)) for one in articles[:90] if one.published]
    reader.add([*old, *articles[90:]], NOW)
    fetched = NOW - timedelta(minutes=12)
    reader.feeds.subscribe_all(
        [
            (FEED_URL, "", "", ""),
            ("https://example.org/science.xml", "Science Weekly", "", "Knowledge"),
            ("https://example.org/gone.xml", "Old Gazette", "", "Knowledge"),
            ("https://example.org/zh.xml", "海港日报", "", "中文"),
        ],
        NOW - timedelta(days=20),
    )
    feeds = {feed.url: feed for feed in reader.feeds.feeds()}
    reader.add_feed(parse_feed(FEED.encode(), FEED_URL, NOW), FEED_URL, NOW)
    for url, feed in feeds.items():
        error = "example.org does not answer" if "gone" in url else ""
        after = replace(feed, last_ok=None if error else fetched, last_error=error, next_at=NOW + timedelta(hours=3))
        reader.feeds.record(url, replace(after, title=feed.title or "Harbour Post"))
    for place, one in enumerate(old[::6]):
        reading.record(one.article_id, Signal.OPEN, NOW - timedelta(days=15 - place))
    for one in old[3:12:4]:
        reading.record(one.article_id, Signal.LIKE, NOW - timedelta(days=4))
    reading.save(articles[-3].article_id, NOW, is_saved=True)
    reading.judge(articles[-5].article_id, "like", NOW)
    reading.hide(articles[-9].article_id, NOW, is_hidden=True)
    reader.set_rule(RuleKind.TOPIC, "travel", RuleEffect.FOLLOW, NOW - timedelta(days=3))
    reader.set_rule(RuleKind.TEXT, "electric ferries in Norway", RuleEffect.FOLLOW, NOW - timedelta(days=2))
    reader.set_rule(RuleKind.WORD, "celebrity", RuleEffect.MUTE, NOW - timedelta(days=1))
    return reading
