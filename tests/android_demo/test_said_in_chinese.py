"""The app speaks Chinese throughout: nothing that it says itself is left in English."""

import re
from datetime import timedelta

import pytest

from android_demo.core import remedies
from android_demo.core.pages import about, notifying
from android_demo.core.settings import Settings, save_settings
from android_demo.core.wording import wording_of
from android_demo.ui.screens import TABS
from edge_runtime import EdgeError, Remedy, RuleEffect, RuleKind, Sentence, Signal
from edge_runtime.screens import feed_words
from edge_runtime.screens.add_feed import Look

# Names, and what stands for itself.
NAMES = re.compile(
    r"\b(?:HuffPost|Edge News|edge-news|Apache|Android|Kivy|numpy|OPML|JSON|RSS|AUC|nDCG|int8|float|NOTICE|BBC|OFL|"
    r"News Aggregator|Upworthy|English|Français|Deutsch|Español|Português|Italiano|Nederlands)\b",
    re.ASCII,  # a name may stand between Chinese characters
)
ADDRESS = r"(?:~|\S*/|https?://)\S*|[\w-]+(?:\.[\w-]+)+(?:/\S*)?"  # paths and hosts
LATIN = r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9-]{2,}"
SAID = ("text", "words", "about", "heading", "hint_text", "note", "empty", "title", "message")
# What shows words out of titles, and texts that are kept as they were written.
OF_TITLES = {"words", "Why", "StorySheet"}
AS_WRITTEN = {"licence", "FeedSheet"}  # a feed of the driver's is an English one


def texts_of(widget):
    """All that is said within a widget, by what says it."""
    for one in widget.walk(restrict=True):
        found = [getattr(one, name, "") for name in SAID]
        found += [one.name] if type(one).__name__ == "IconButton" else []
        found += [getattr(row, name, "") for row in getattr(one, "rows", ()) for name in ("meta", "reason", "unfold")]
        yield from {text for text in found if isinstance(text, str) and text}


def english_in(text, titles, words):
    """What is English in a text and stands in no title and no list of names."""
    text = " ".join(re.sub("“[^”]*”", "", text).split())  # a title in a sentence may be cut
    for title in titles:
        text = text.replace(title, "")
    found = re.findall(LATIN, NAMES.sub("", re.sub(ADDRESS, "", text)))
    return [word for word in found if word.lower() not in words]


@pytest.fixture
def chinese(start, tmp_path):
    """The app in Chinese, of a reader with likes, rules and a feed that fails."""
    (tmp_path / "data").mkdir()
    save_settings(tmp_path / "data", Settings(language="zh", is_started=True))
    driver = start()
    now, shown = driver.app.now(), [card.article_id for card in driver.cards()]

    def live(session):
        for article_id, signal in zip(shown, (Signal.LIKE, Signal.OPEN, Signal.SAVE, Signal.HIDE), strict=False):
            session.record(article_id, signal, now)
        session.reader.set_rule(RuleKind.TOPIC, "sports", RuleEffect.MUTE, now)
        session.reader.set_rule(RuleKind.TEXT, "太阳能", RuleEffect.FOLLOW, now)
        session.reader.feeds.subscribe("https://news.example/feed", "示例", "science and technology", now)
        session.reader.pick_topics(["food"])

    driver.app.commands.do(live)
    driver.rest()
    return driver


@pytest.mark.slow
def test_no_screen_and_no_sheet_says_anything_in_english(chinese):
    driver, found = chinese, []
    articles = []
    driver.app.commands.do(lambda session: session.reader.latest(), articles.extend)
    driver.rest()
    written = {" ".join(text.split()) for one in articles for text in (one.title, one.abstract)} - {""}
    titles = sorted(written, key=len, reverse=True)
    title_words = {word.lower() for one in articles for word in re.findall(LATIN, f"{one.title} {one.abstract}")}
    for name in driver.tour():
        if name == "lab":
            driver.app.navigation.screen("lab").again(ranks=True, compares=True)
            driver.rest()
        sheet = driver.app.sheet if driver.app.sheet is not None and driver.app.sheet.parent is not None else None
        if name in AS_WRITTEN:
            continue
        words = title_words if name in OF_TITLES else set()
        for text in texts_of(sheet or driver.app.shell):
            if left := english_in(text, titles, words):
                found.append(f"{name}: {text!r}: {left}")
    assert not found, "\n".join(sorted(set(found)))


def test_another_language_is_spoken_at_once(chinese):
    driver = chinese
    feed, shell = driver.app.navigation.screen("feed"), driver.app.shell
    driver.go("settings")
    driver.app.set(language="en")
    driver.rest()
    assert shell._tabs["feed"].text == "For you" and feed.note.startswith("These are samples")
    driver.app.set(language="zh")
    driver.go("feed")
    assert shell._tabs["feed"].text == "推荐" and feed.note.startswith("这些是示例文章")
    assert feed.ids.cards.rows and all("ago" not in row.meta for row in feed.ids.cards.rows)
    assert not re.search(LATIN, "".join(re.sub("“.*?”|HuffPost", "", row.reason) for row in feed.ids.cards.rows))


def test_what_is_on_the_screen_already_follows_the_language(chinese):
    driver = chinese
    app, shell, article_id = driver.app, driver.app.shell, driver.cards()[-1].article_id
    app.commands.judge(article_id, "like", driver.card(article_id).marks)
    driver.rest()
    banner, undo = shell.ids.banner, shell.ids.undo
    app._failed(EdgeError(Sentence("it failed"), Remedy.FREE_SPACE), lambda: None)
    app.commands.profile.add_rule(RuleKind.WORD, "", RuleEffect.MUTE)  # waits behind the one before
    driver.rest()
    message, opml, adding = driver.go("message"), driver.go("opml"), driver.go("add_feed")
    opml.read_text("nothing of the kind")
    adding.show(Look(trouble="这里没有订阅源"))
    driver.rest()
    assert opml.trouble and adding.trouble

    def said():
        shown = [undo.text, undo.action, banner.text, banner.action]
        return [*shown, message.heading, message.message, banner._waiting[0][0](app.tr)]

    before = said()
    assert all(before) and not any(re.search(LATIN, text) for text in before)
    app.set(language="en")
    driver.rest()
    assert said() == [
        *("More like this", "Undo", remedies.SENTENCES[Remedy.FREE_SPACE], "Try again"),
        *("Reading the news", "Your device ranks the stories by itself."),
        "Type a name first.",
    ]
    assert not opml.trouble and not adding.trouble  # of a moment that is over


def test_what_stands_in_tables_is_translated():
    tr = wording_of("zh")
    said = [*remedies.SENTENCES.values(), *remedies.WORDS.values(), remedies.UNKNOWN]
    said += [words for _, words in (*remedies._FACTS, *feed_words._TROUBLES)]
    said += [words for words, _ in about.LICENCES.values()] + [words for *_, words in TABS]
    said += [words for _, words in (*notifying.THRESHOLDS, *notifying.QUIET, *notifying.DIGESTS)]
    left = [words for words in said if re.search("[a-z]", words) and tr(words) == words]
    assert not left


def test_topics_and_ages_are_said_in_chinese(now):
    tr = wording_of("zh")
    assert [tr.topic(name) for name in ("us_news", "WORLD NEWS", "Science and technology", "iOS")] == [
        "美国",
        "国际",
        "科技",
        "iOS",
    ]
    assert tr.age(now - timedelta(hours=2), now) == "2 小时前"
    assert feed_words.next_in_words(now + timedelta(minutes=5), now, tr) == "5 分钟后重试。"
