"""Articles as no publisher should send them: the engine takes what it can, says what it left out, and goes on."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.soak.publishers import headline
from edge_runtime import Article, Popularity, Reader, RuleEffect, RuleKind, Signal

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ODD_TITLES = {
    "controls": "Rain\x00 in\x07 the\x1b[2J north\r\n\tagain\x85",
    "bidi": "Mayor \u202e2026 \u2066says\u2069 \u200fnothing\u200e",
    "emoji": "👩‍👩‍👧‍👦 🇳🇴 families march 🏳️‍🌈 in Oslo ❤️",
    "chinese": "北京今天下大雨，地铁停运",
    "japanese": "東京で桜が満開になりました",
    "arabic": "أمطار غزيرة في شمال البلاد",
    "marks": "Z" + "\u0301" * 500 + "algo",
    "only marks": "\u200b\u200d\ufeff",
    "astral": "𝕳𝖊𝖆𝖉𝖑𝖎𝖓𝖊 𠜎𠜱 \U0010ffff",
    "half a pair": "Storm \ud83c over the bay \udf00",
    "markup": "<script>alert(1)</script> & 'quotes' \"; DROP TABLE articles;--",
}


@pytest.fixture
def reader(tmp_path) -> Iterator[Reader]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # such as numpy's "mean of an empty slice"
        with Reader.open(tmp_path / "data") as opened:
            yield opened


def made_up(count: int, **fields: str) -> list[Article]:
    """Articles with different titles, an hour apart at most."""
    titles = [headline(f"story {n}")[0] for n in range(count)]
    return [
        Article(f"a{n}", title, published=NOW - timedelta(seconds=n % 3600), **fields) for n, title in enumerate(titles)
    ]


def test_an_id_given_twice_is_one_article_and_the_last_one_counts(reader):
    report = reader.add([Article("a", "Rain again"), Article("a", "Sun at last"), Article("a", "Sun at last")], NOW)
    assert (report.added, report.updated, report.skipped) == (1, 0, 2)
    assert [scored.article.title for scored in reader.feed(NOW)] == ["Sun at last"]


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (Article("", "A title"), "no id"),
        (Article("i" * 513, "A title"), "more than 512 characters"),
        (Article("a", "A title", url="https://a.example/" + "u" * 4000), "more than 4000"),
        (Article("a", ""), "neither title nor abstract"),
        (Article("a", " \n", "\t"), "neither title nor abstract"),
        (Article("a", "A title", popularity=Popularity(2**70, 1, NOW)), "counts of more than"),
    ],
)
def test_what_cannot_be_kept_is_left_out_with_a_warning_and_the_others_are_taken(reader, odd, why):
    report = reader.add([Article("good", "Rain again"), odd, Article("fine", "", "A text without a title")], NOW)
    assert (report.added, report.skipped) == (2, 1)
    (warning,) = report.warnings
    assert why in warning and len(warning) < 1000
    assert {article.article_id for article in reader.latest()} == {"good", "fine"}


def test_ten_thousand_articles_without_text_are_left_out_at_once(reader):
    # One comparison with each other would be 50 million.
    report = reader.add([Article(f"e{n}", "") for n in range(10_000)], NOW)
    assert report.skipped == len(report.warnings) == 10_000
    assert reader.feed(NOW) == []


@pytest.mark.parametrize("name", ODD_TITLES)
def test_an_odd_title_is_kept_ranked_explained_found_and_opened(reader, name):
    reader.add(
        [Article("odd", ODD_TITLES[name], "A plain text beside it"), Article("other", "Old bread wins a prize")], NOW
    )
    assert {scored.article.article_id for scored in reader.feed(NOW)} == {"odd", "other"}
    explanation = reader.explain("odd", NOW)
    assert explanation.scored.score == pytest.approx(sum(explanation.scored.parts.values()), abs=1e-6)
    reader.record("odd", Signal.OPEN, NOW)
    reader.search(reader.article("odd").title, NOW)
    assert [scored.article.article_id for scored in reader.search("plain beside", NOW)] == ["odd"]
    assert reader.profile().events[0].article.article_id == "odd"
    assert reader.add([Article("odd", ODD_TITLES[name], "A plain text beside it")], NOW).skipped == 1


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "word " * 20_000, " ".join(f"w{n}" for n in range(16_000)), "雨" * 100_000]
)
def test_a_title_of_100_000_characters_is_cut_and_costs_little(reader, text):
    reader.add([Article("long", text, text, text, text, language=text), Article("other", "Rain again")], NOW)
    long = reader.article("long")
    assert len(long.title) == 2_000 and len(long.abstract) == 10_000  # the bounds of `article_files`
    assert len(reader.feed(NOW)) == 2
    assert len(reader.explain("long", NOW).words) <= 1_000
    reader.record("long", Signal.LIKE, NOW)
    reader.search(text, NOW)
    reader.set_rule(RuleKind.WORD, text[:1000], RuleEffect.MUTE, NOW)
    assert reader.decide_pushes(NOW, UTC).verdicts["other"]


def test_dates_at_both_ends_of_the_calendar_stand_at_both_ends_of_the_list(reader):
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    articles = [
        Article("old", "Rain in the first year", published=first),
        Article("none", "Rain without a date"),
        Article("new", "Sun in the last year", published=last),
    ]
    reader.add(articles, NOW)
    assert [article.article_id for article in reader.latest()] == ["new", "none", "old"]
    scores = {scored.article.article_id: scored.parts["freshness"] for scored in reader.feed(NOW)}
    assert scores["old"] == 0 and scores["new"] == pytest.approx(scores["none"])  # the future is now
    assert set(reader.decide_pushes(NOW, UTC).verdicts) == {"old", "none", "new"}


def test_thousands_of_articles_of_one_topic_fill_the_feed_for_want_of_others(reader, rounds):
    count = rounds(1_000, 5_000)
    report = reader.add(made_up(count, category="food"), NOW)
    assert report.added == count
    feed = reader.feed(NOW, 50)
    assert len(feed) == 50 and {scored.article.category for scored in feed} == {"food"}
    reader.set_rule(RuleKind.TOPIC, "food", RuleEffect.MUTE, NOW)
    assert reader.feed(NOW) == [] and len(reader.hidden(NOW)) == count
    assert len(reader.decide_pushes(NOW, UTC).verdicts) == count


def test_any_number_of_articles_with_one_title_are_one_story(reader, rounds):
    count = rounds(300, 10_000)
    articles = [Article(f"s{n}", "Storm closes the coast road", url=f"https://a.example/{n}") for n in range(count)]
    for begin in range(0, count, 2_000):  # as from several feeds
        reader.add(articles[begin : begin + 2_000], NOW)
    (only,) = reader.feed(NOW)
    assert len(only.same_story) == count - 1
    assert len(reader.decide_pushes(NOW, UTC).send) <= 1


def test_an_empty_cache_with_a_full_profile_is_an_empty_feed(reader, tmp_path):
    reader.add(made_up(20, category="food", source="Kitchen Post"), NOW)
    for n, signal in enumerate([Signal.OPEN, Signal.LIKE, Signal.DISLIKE, Signal.HIDE, Signal.SHARE]):
        reader.record(f"a{n}", signal, NOW)
    reader.mark_shown(reader.feed(NOW), NOW)
    reader.search("bread", NOW)
    for kind, value in ((RuleKind.WORD, "bread"), (RuleKind.SOURCE, "Kitchen Post"), (RuleKind.TOPIC, "food")):
        reader.set_rule(kind, value, RuleEffect.FOLLOW, NOW)
    reader.close()
    (tmp_path / "data" / "cache.db").unlink()
    later = NOW + timedelta(hours=1)
    with Reader.open(tmp_path / "data") as again:
        assert again.feed(later) == again.latest() == again.hidden(later) == again.search("bread", later) == []
        assert dict(again.decide_pushes(later, UTC).verdicts) == {}
        assert len(again.profile().events) == 5
        again.undo()
        # The profile has its own copies of the texts: what is like them is nearer.
        again.add(
            [Article("soup", "Farmers try a new tomato soup"), Article("x", "Parliament votes on a treaty")], later
        )
        nearness = {scored.article.article_id: scored.parts["interest"] for scored in again.feed(later)}
        assert nearness["soup"] > nearness["x"] > 0


def test_interests_outlive_their_articles(reader):
    reader.add(made_up(12, category="food"), NOW)
    for n in range(12):
        reader.record(f"a{n}", Signal.OPEN, NOW)
    reader.mark_shown(reader.feed(NOW), NOW)
    before = reader.profile()
    assert len(reader._intake._cache.evict((), max_articles=0)) == 12
    reader._intake._rows = None
    assert reader.feed(NOW) == []
    reader.add([Article("soup", "Farmers try a new tomato soup"), Article("x", "Parliament votes on a treaty")], NOW)
    first, _ = reader.feed(NOW)
    assert first.article.article_id == "soup"
    assert {past.article.article_id for past in reader.explain("soup", NOW).similar_reads} == {
        f"a{n}" for n in range(12)
    }
    assert reader.profile() == before
