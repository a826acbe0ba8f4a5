"""Every page over a real reader, as a browser without script sees it."""

from __future__ import annotations

import gzip
import re

import pytest

from edge_runtime import Article, OrderChoice, Signal
from edge_runtime.web.feeds_out import feed_paths
from edge_runtime.web.router import NoSuchRoute
from edge_runtime.web.static_files import NAMES, address, static_files
from tests.edge_runtime.web.conftest import HOST

PAGES = (
    *("/", "/latest", "/latest?unread=1", "/saved", "/hidden", "/search", "/search?q=the&unread=1", "/you", "/rules"),
    *("/words", "/deeds", "/feeds", "/feeds/add", "/feeds/suggested", "/settings", "/keys", "/offline"),
)
HOSTILE = '</a></h2><script>alert(1)</script><img src="http://evil.test/x" onerror=alert(2)>'


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_in_both_languages(visitor, path):
    for language, says in (("en", 'lang="en"'), ("zh", 'lang="zh-Hans"')):
        visitor.cookies["look"] = f"dark.130.{language}.on"
        assert says in visitor.get(path)
        assert visitor.answer.status == 200
        assert re.findall(r"<h(\d)", visitor.text)[0] == "1"
        assert " style=" not in visitor.text and not re.search(r"<script(?! src=\"/static/)|\son\w+=", visitor.text)


@pytest.mark.parametrize("path", ["/", "/?page=2", "/latest", "/saved", "/feeds", "/you", "/rules", "/search?q=the"])
def test_a_page_waits_at_most_once_for_who_writes_to_a_database(visitor, desk, path):
    visitor.get(path)
    reader, begun = desk.reading.reader, []
    for db in (reader._cache._db, reader._profile.store._db, reader.feeds._db):
        db.set_trace_callback(lambda sql: begun.append(sql) if sql.startswith("BEGIN") else None)
    desk._kept = {}
    visitor.get(path)
    assert begun == ["BEGIN"] * len(begun) and 1 <= len(begun) <= 3


def test_the_first_page_is_small(visitor):
    page = visitor.get("/").encode()
    assert len(page) <= 16_384 and len(gzip.compress(page, 5)) <= 4_096
    assert len(visitor.stories()) == 30
    # Beside itself it asks for a style and a script; icons and manifest are for whoever installs it.
    assert len(re.findall(r'<(?:script src|link rel="stylesheet" href)', visitor.text)) == 2


def test_the_language_is_the_browsers_until_one_is_chosen(visitor):
    assert 'lang="zh-Hans"' in visitor.get("/", accept_language="fr,zh-CN;q=0.9,en;q=0.8")
    visitor.cookies["look"] = "light.100.en.off"
    assert 'lang="en"' in visitor.get("/", accept_language="zh")
    visitor.cookies["look"] = "<b>.9000.xx.maybe"
    assert 'class="system s100"' in visitor.get("/")


def test_pages_of_a_list_hold_every_story_once(visitor):
    first, older = visitor.get("/latest") and visitor.stories(), []
    while (more := visitor.links(r"/latest\?page=\d+")) and more[-1] > visitor.at:
        visitor.get(more[-1])
        older += visitor.stories()
    assert len(first) == 30 and len(older) == 30 and len({*first, *older}) == 60
    first = visitor.get("/latest") and visitor.stories()
    assert all(visitor.get(f"/latest?page={number}") and visitor.stories() == first for number in ("99999", "0", "x"))


def test_e_ink_has_short_pages(visitor):
    visitor.cookies["look"] = "eink.100.en.off"
    visitor.get("/")
    assert len(visitor.stories()) == 8 and 'rel="next"' in visitor.text


def test_a_title_opens_its_story_once(visitor, desk):
    reader = desk.reading.reader
    visitor.get("/")
    title, path = visitor.stories()[0], visitor.first()
    visitor.get(path + "?o=1")
    assert visitor.at == path and f'<h1 dir="auto">{title.replace(chr(39), "&#x27;")}' in visitor.text
    visitor.get(path)
    assert [event.signal for event in reader.profile().events] == [Signal.OPEN]


def test_a_link_of_another_site_opens_nothing(visitor, desk):
    visitor.get("/")
    path = visitor.first()
    for referer in ("http://evil.test/", "", f"http://{visitor.at}@evil.test/", "http://news.test.evil.test/"):
        visitor.ask("GET", path + "?o=1", referer=referer)
    assert desk.reading.reader.profile().events == ()


@pytest.mark.parametrize(
    ("deed", "says"),
    [("like", "unlike"), ("save", "unsave"), ("hide", "unhide"), ("less", "unless"), ("read", "unread")],
)
def test_a_deed_can_be_undone_where_it_was_done(visitor, desk, deed, says):
    visitor.get("/latest")
    path = visitor.first()
    page = visitor.post(path, do=deed)
    assert visitor.at == "/latest" and 'id="note"' in page
    assert f'value="{says}"' in visitor.get(path)
    visitor.post(path, do=deed)
    assert len(desk.reading.reader.profile().events) <= 1
    visitor.post(path, do=says)
    visitor.undo()
    assert f'value="{says}"' in visitor.get(path)


def test_a_late_undo_of_a_like_leaves_a_dislike(visitor):
    visitor.get("/latest")
    path = visitor.first()
    visitor.post(path, do="less")
    visitor.post(path, do="unlike")
    assert 'value="unless"' in visitor.get(path)


def test_a_script_gets_the_buttons_and_the_note_alone(visitor):
    visitor.get("/")
    answer = visitor.ask("POST", visitor.first(), {"do": "like", "row": "1"}, x_deed="")
    assert answer.status == 200 and answer.body.startswith(b"<form") and b'value="unlike"' in answer.body
    assert b'action="/undo"' in answer.body and not answer.cookies


def test_what_was_scrolled_past_is_read_and_can_be_unread(visitor, desk):
    reader, count = desk.reading.reader, len(desk.reading.reader.latest())
    visitor.get("/latest")
    (ids,) = re.findall(r'name="ids" value="([^"]+)"', visitor.text)
    assert "30 marked as read" in visitor.post("/read", ids=f"{ids} unknown %00")
    assert reader.unread_counts().total == count - 30
    assert f"({count}) Latest" in visitor.undo()


def test_the_feed_learns_what_was_shown_by_the_script_or_by_the_first_page_without_one(visitor, desk):
    shown = desk.reading.reader._profile.seen_ids
    visitor.get("/")
    assert len(shown()) == 0
    visitor.ask("POST", "/shown", {"ids": visitor.first().removeprefix("/a/")}, x_deed="")
    assert len(shown()) == 1
    visitor.cookies.clear()
    visitor.get("/")
    assert len(shown()) == 8


def test_why_adds_up_and_a_past_read_can_be_taken_away_and_back(visitor, desk, now):
    reading = desk.reading
    ids = [article.article_id for article in reading.reader.latest(12)]
    for article_id in ids[:6]:
        reading.record(article_id, Signal.OPEN, now)
    visitor.get(f"/a/{ids[6]}/why")
    *parts, total = (
        float(one.replace("−", "-"))
        for one in re.findall(
            r'class="number">(?:<small>.*?</small>)?([+−][\d.]+)', visitor.text.partition("</table>")[0]
        )
    )
    assert sum(parts) == pytest.approx(total, abs=0.006)
    reads = re.findall(r'name="read" value="([^"]+)"', visitor.text)
    assert reads
    page = visitor.post(f"/a/{ids[6]}/why", read=reads[0])
    assert f'value="{reads[0]}"' not in page and "was " in page
    assert f'value="{reads[0]}"' in visitor.undo()


def test_a_query_teaches_when_it_is_asked_and_not_when_it_is_looked_at(visitor, desk):
    page = visitor.post("/search", q="the ", unread="1")
    assert visitor.at == "/search?q=the&unread=1" and "stories" in page
    visitor.get("/search?q=travel")
    assert [one.query for one in desk.reading.reader.profile().searches] == ["the"]


def test_rules_are_added_and_lifted_and_come_back(visitor, desk):
    def rules():
        return [(rule.kind.value, rule.value, rule.effect.value) for rule in desk.reading.reader.profile().rules]

    visitor.post("/rules", kind="word", value="<b>", effect="mute")
    assert "&lt;b&gt;" in visitor.text and rules() == [("word", "<b>", "mute")]
    visitor.post("/rules", kind="word", value="<B>", effect="follow")
    visitor.undo()
    assert rules() == [("word", "<b>", "mute")]
    visitor.post("/rules/lift", rule="word:<b>")
    assert rules() == []
    visitor.undo()
    assert rules() == [("word", "<b>", "mute")]
    assert "Type a name first." in visitor.post("/rules", kind="nonsense", value="", effect="nonsense")


def test_topics_are_picked(visitor, desk):
    visitor.get("/rules")
    topic = re.findall(r'type="checkbox" name="topic" value="([^"]+)"', visitor.text)[3]
    visitor.post("/rules/topics", topic=topic)
    assert desk.reading.reader.profile().picked_topics == (topic,)
    visitor.undo()
    assert desk.reading.reader.profile().picked_topics == ()


def test_deeds_are_taken_out(visitor, desk, now):
    reading = desk.reading
    for article in reading.reader.latest(2):
        reading.record(article.article_id, Signal.LIKE, now)
    visitor.get("/deeds")
    numbers = re.findall(r'name="event" value="(\d+)"', visitor.text)
    visitor.post("/deeds", event=numbers[0])
    visitor.post("/deeds", event=numbers[0])
    assert len(reading.reader.profile().events) == 1
    for number in ("9" * 25, "9" * 5_000):  # more than a number of SQLite's, or of Python's from a text, may have
        visitor.post("/deeds", event=number, search=number)
    visitor.post("/deeds", do="undo")
    visitor.post("/deeds", do="undo")
    assert reading.reader.profile().events == ()


def test_a_word_can_count_for_nothing(visitor):
    visitor.get("/words")
    assert "ferries" in visitor.post("/words", drop="ferries")
    assert "Count for nothing" in visitor.text
    assert "Count for nothing" not in visitor.undo()


def test_a_feed_is_looked_at_added_changed_and_left(visitor, desk):
    store = desk.reading.reader.feeds
    assert "There is no site of this name." in visitor.post("/feeds/look", url="bad")
    page = visitor.post("/feeds/look", url="example.org")
    assert "Example &lt;b&gt;" in page and "One &amp; two" in page and not store.feeds()
    visitor.post("/feeds/subscribe", url="https://user:secret@example.org/feed", title="Mine")
    assert "secret" not in visitor.text
    (path,) = visitor.links(r"/feeds/[0-9a-f]{20}")
    visitor.post(path, title="Yours", folder="News / Europe")
    assert [(feed.title, feed.folder) for feed in store.feeds()] == [("Yours", "News/Europe")]
    before = store.feeds()
    assert "secret" not in visitor.get(path)
    visitor.post(path, do="leave")
    assert store.feeds() == []
    visitor.undo()
    assert store.feeds() == before
    assert "no web address" in visitor.post("/feeds/subscribe", url="javascript:alert(1)")
    assert visitor.get("/feeds/00000000000000000000") and visitor.answer.status == 404


def test_settings_are_kept_by_the_browser_and_the_order_by_the_device(visitor, desk):
    page = visitor.post("/settings", theme="eink", size="200", language="zh", seen="on", order="newest")
    assert 'lang="zh-Hans" class="eink s200 large"' in page and 'data-seen="1"' in page
    assert desk.reading.reader.order is OrderChoice.NEWEST
    visitor.post("/settings", theme="pink", size="1", order="none")
    assert visitor.cookies["look"] == "eink.200.zh.on"


def test_hostile_words_are_text(visitor, desk, now):
    ids = ("x/../y z?#", "h2")
    reader = desk.reading.reader
    reader.add(
        [Article(one, HOSTILE, HOSTILE, HOSTILE, HOSTILE, published=now, url="javascript:alert(3)") for one in ids], now
    )
    reader.feeds.subscribe("https://example.org/x", HOSTILE, HOSTILE, now, HOSTILE)
    desk.reading.save(ids[1], now, is_saved=True)
    desk.reading.hide(ids[0], now, is_hidden=True)
    visitor.get("/latest")
    path = visitor.first()
    for page in (
        "/",
        "/latest",
        "/saved",
        "/hidden",
        "/feeds",
        "/deeds",
        "/you",
        f"/search?q={HOSTILE}",
        path,
        path + "/why",
    ):
        text = visitor.get(page)
        assert visitor.answer.status == 200 and "<script>" not in text and "<img" not in text, page
        assert "javascript:" not in "".join(re.findall(r'href="[^"]*"', text)), page
    visitor.post("/a/x%2F..%2Fy%20z%3F%23", do="unhide")
    assert 'value="hide"' in visitor.get("/a/x%2F..%2Fy%20z%3F%23")


def test_a_story_that_is_gone_says_so(visitor):
    assert "not kept any more" in visitor.get("/a/none")
    assert visitor.answer.status == 404


def test_private_mode_says_that_nothing_is_kept(visitor, desk):
    desk.reading.reader.private = True
    visitor.get("/")
    assert "nothing is kept" in visitor.post(visitor.first(), do="like")
    assert desk.reading.reader.profile().events == ()


def test_a_form_leads_back_to_pages_of_ours_alone(visitor):
    visitor.get("/")
    path = visitor.first()
    for referer in ("http://evil.test/", "http://news.test//evil.test/", "http://news.test/\\evil.test"):
        answer = visitor.ask("POST", path, {"do": "like"}, referer=referer)
        assert answer.headers["Location"].startswith("/#a")


def test_a_note_is_told_once_and_not_to_a_worker(visitor):
    visitor.get("/latest")
    visitor.ask("POST", visitor.first(), {"do": "like"})
    assert "Undo</button>" not in visitor.get("/latest", sec_fetch_mode="cors")
    assert "Undo</button>" in visitor.get("/latest", sec_fetch_mode="navigate")
    assert "Undo</button>" not in visitor.get("/latest")
    assert "too long ago" in visitor.post("/undo", note="unknown")


def test_the_feeds_address_stands_in_the_settings_and_is_renewed_there(visitor, access, desk):
    assert "Make an address" in visitor.get("/settings") and "feed.atom" not in visitor.text

    def shown():
        return re.findall(rf"<code dir=\"ltr\">http://{HOST}(/feeds/[^<]+)</code>", visitor.text)

    assert "The feed has another address." in visitor.post("/settings/feed")
    old = shown()
    assert tuple(old) == feed_paths(access.feed_secret) and visitor.ask("GET", old[1]).status == 200
    visitor.post("/settings/feed")
    assert len(shown()) == 2 and not set(shown()) & set(old)
    with pytest.raises(NoSuchRoute):
        visitor.ask("GET", old[0])
    assert visitor.ask("GET", shown()[0]).status == 200
    assert "https://" in visitor.get("/settings", referer=f"https://{HOST}/you")
    desk.reading.reader.private, before = True, access.feed_secret
    assert "nothing is kept" in visitor.post("/settings/feed") and access.feed_secret == before


def test_files_are_for_ever_and_few(visitor):
    for name in NAMES:
        answer = visitor.ask("GET", address(name))
        assert answer.status == 200 and "immutable" in answer.headers["Cache-Control"] and not answer.is_private
    sent = [static_files()[name].answer.body for name in ("app.css", "app.js")]
    assert sum(map(len, sent)) <= 16_384 and sum(len(gzip.compress(one)) for one in sent) <= 5_888
    assert visitor.ask("GET", "/static/..%2Fpages%2Frules.py").status == 404
    assert address("app.js") in visitor.get("/sw.js") and '"standalone"' in visitor.get("/manifest.webmanifest")


@pytest.mark.parametrize("query", ["topic=nowhere", "q=the&source=nobody", "q=the&topic=x%00"])
def test_a_filter_that_names_nothing_is_not_found(visitor, query):
    visitor.get(f"/search?{query}")
    assert visitor.answer.status == 404


@pytest.mark.parametrize("typed", ["two words", "\u200b", "..."])
def test_what_is_no_single_word_is_asked_for_again(visitor, desk, typed):
    visitor.get("/words")
    for name in ("drop", "keep"):
        visitor.post("/words", **{name: typed})
        assert visitor.answer.status == 200 and "Type a name first." in visitor.text
    assert desk.reading.reader.dropped_words() == ()
