"""The feed, what it leaves out, and what it learns, on real SQLite files with the default bundle."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest
from pytest import approx

from edge_runtime import Reader, RuleEffect, RuleKind, Signal, UnknownEntryError, demo_articles
from edge_runtime.personal.feed_order import TOLD_LIFT
from edge_runtime.personal.selection import VarietySettings


def ids(scored) -> list[str]:
    return [item.article.article_id for item in scored]


@pytest.mark.parametrize(
    ("kind", "value"), [(RuleKind.TOPIC, "politics"), (RuleKind.WORD, "trump"), (RuleKind.SOURCE, "HuffPost")]
)
def test_a_mute_hides_says_why_is_counted_and_can_be_taken_back(full, now, kind, value):
    before = ids(full.feed(now))
    full.set_rule(kind, value, RuleEffect.MUTE, now)
    hidden = full.hidden(now)
    muted = {item.article.article_id for item in hidden if item.reason == f"muted {kind.value} “{value}”"}
    ((rule, count),) = full.rule_counts()
    assert (rule.value, count) == (value, len(muted))
    assert count > 0
    assert not muted & set(ids(full.feed(now)))
    # Nothing is lost: an article is in the feed or among the hidden, and always in the latest.
    assert set(ids(full.feed(now))) | {h.article.article_id for h in hidden} == {
        article.article_id for article in full.latest()
    }
    full.drop_rule(kind, value.upper())
    assert ids(full.feed(now)) == before


def test_a_word_is_muted_in_the_abstract_too(reader, make_article, now):
    reader.add([make_article("a", "Big match tonight", abstract="The Lakers play."), make_article("b", "Rain")], now)
    reader.set_rule(RuleKind.WORD, "lakers", RuleEffect.MUTE, now)
    assert ids(reader.feed(now)) == ["b"]
    assert reader.explain("a", now).hidden == "muted word “lakers”"


def test_following_lifts_and_says_so(reader, make_article, now):
    titles = ["Rain again", "Sun at last", "Wind tomorrow"]
    reader.add([make_article(str(i), title, source=f"Source {i}") for i, title in enumerate(titles)], now)
    reader.set_rule(RuleKind.SOURCE, "source 2", RuleEffect.FOLLOW, now)
    top = reader.feed(now)[0]
    assert top.article.source == "Source 2"
    assert top.reason == "You follow source 2"


def test_a_hidden_article_leaves_the_feed_and_a_like_brings_it_back(full, now):
    top = full.feed(now)[0].article.article_id
    full.record(top, Signal.HIDE, now)
    assert top not in ids(full.feed(now))
    assert "you hid it" in full.explain(top, now).hidden
    full.record(top, Signal.LIKE, now + timedelta(minutes=1))
    assert top in ids(full.feed(now))


def best_scores_below(feed) -> np.ndarray:
    return np.maximum.accumulate([one.score for one in feed][::-1])[::-1]


def test_without_variety_the_feed_is_best_first_and_with_it_nearly(full, now):
    full.record(full.feed(now)[0].article.article_id, Signal.LIKE, now)
    usual = full.feed(now)
    full.variety = 0.0
    plain = full.feed(now)
    assert [one.score for one in plain] == sorted((one.score for one in plain), reverse=True)
    assert sorted(ids(usual)) == sorted(ids(plain)) and ids(usual) != ids(plain)
    lifts = best_scores_below(usual) - [one.score for one in usual]
    assert 0 < lifts.max() <= VarietySettings().most_below


def test_what_variety_lifted_is_known(full, now):
    full.variety = 1.0
    maker = full._maker(now)
    order = maker.order(maker.parts(), 50)
    feed = full.feed(now, limit=50)
    lifts = best_scores_below(feed) - [one.score for one in feed]
    told = [place for place in order.places.tolist() if order.is_for_variety(place)]
    assert told and not order.is_for_variety(int(order.places[0]))
    # Within the first 50 the best one below may be farther below still.
    assert {ids(feed)[n] for n in np.flatnonzero(lifts >= TOLD_LIFT)} <= {maker.rows.article_ids[p] for p in told}


def test_variety_is_kept_ends_the_kept_list_and_goes_with_an_export(full, now):
    full.variety = 0.2
    document = full.export_profile()
    assert document["settings"]["variety"] == 0.2
    full.variety = 0.9
    full.import_profile(json.dumps(document).encode())
    assert full.variety == 0.2
    document["settings"]["variety"] = "much"
    full.import_profile(json.dumps(document).encode())
    assert full.variety == 0.5
    with pytest.raises(ValueError, match="give 0 to 1"):
        full.variety = 2.0


def test_latest_is_everything_newest_first_whatever_the_profile_says(full, now):
    full.set_rule(RuleKind.TOPIC, "politics", RuleEffect.MUTE, now)
    latest = full.latest()
    assert len(latest) == full.info()["articles"]
    published = [article.published for article in latest]
    assert published == sorted(published, reverse=True)


def assert_same(feed, other):
    """Sums that are kept up are rounded otherwise than those that are made anew."""
    assert [(one.article, one.reason) for one in feed] == [(one.article, one.reason) for one in other]
    assert [one.score for one in feed] == approx([one.score for one in other], abs=1e-5)


def test_undo_takes_back_the_latest_thing_and_only_that(full, now):
    before = full.feed(now)
    full.record(before[0].article.article_id, Signal.LIKE, now)
    after_one = full.feed(now)
    full.record(before[5].article.article_id, Signal.DISLIKE, now)
    full.undo()
    assert_same(full.feed(now), after_one)
    full.undo()
    assert_same(full.feed(now), before)
    with pytest.raises(UnknownEntryError):
        full.undo()


def test_reading_in_private_leaves_no_trace(full, now):
    before = full.feed(now)
    full.private = True
    full.record(before[0].article.article_id, Signal.OPEN, now)
    full.mark_shown(before[:10], now)
    full.search("Trump", now)
    full.private = False
    assert full.feed(now) == before
    assert full.profile().events == full.profile().searches == ()


def test_what_is_passed_over_sinks_after_a_while_and_opening_makes_up_for_it(full, now):
    shown = full.feed(now)[:10]
    full.mark_shown(shown, now)
    soon, later = now + timedelta(minutes=5), now + timedelta(hours=1)
    first = shown[0].article.article_id
    # A glance at the list and back must not shuffle it.
    assert full.explain(first, soon).scored.parts["passed"] == 0
    assert full.explain(first, later).scored.parts["passed"] < 0
    full.record(first, Signal.OPEN, later)
    assert full.explain(first, later).scored.parts["passed"] == 0


def test_learning_again_from_the_disk_gives_the_same_scores(tmp_path, now):
    with Reader.open(tmp_path) as reader:
        reader.add(demo_articles(now), now)
        for day in range(4):
            at = now + timedelta(hours=7 * day)
            feed = reader.feed(at, limit=10)
            reader.mark_shown(feed, at)
            for place in (day, 5):
                reader.record(feed[place].article.article_id, Signal.OPEN, at + timedelta(minutes=1))
        reader.search("climate", now)
        scores = {s.article.article_id: s.score for s in reader.feed(now + timedelta(hours=30))}
    with Reader.open(tmp_path) as reader:
        again = {s.article.article_id: s.score for s in reader.feed(now + timedelta(hours=30))}
    assert again.keys() == scores.keys()
    assert again == approx(scores, abs=1e-5)


def test_an_explanation_adds_up_and_names_the_words_that_mattered(reader, make_article, now):
    reader.add(
        [
            make_article("soup", "How to cook soup with beans"),
            make_article("stew", "How to cook stew with beans"),
            make_article("vote", "Senate votes on the budget"),
        ],
        now,
    )
    reader.record("soup", Signal.OPEN, now)
    explanation = reader.explain("stew", now)
    assert sum(explanation.scored.parts.values()) == approx(explanation.scored.score, abs=1e-6)
    effects = {word.word: word.effect for word in explanation.words}
    assert set(effects) == {"How", "to", "cook", "stew", "with", "beans"}
    assert [abs(word.effect) for word in explanation.words] == sorted(map(abs, effects.values()), reverse=True)
    assert max(effects["cook"], effects["beans"]) > max(0, effects["with"])


def test_a_search_finds_all_its_words_and_counts_as_a_weak_interest(reader, make_article, now):
    reader.add([make_article("a", "Solar panels get cheap"), make_article("b", "Solar eclipse tonight")], now)
    assert ids(reader.search("panels solar", now)) == ["a"]
    assert reader.profile().searches[0].query == "panels solar"
    assert reader.explain("a", now).similar_reads[0].is_search
    reader.forget_search(reader.profile().searches[0].number)
    assert reader.explain("a", now).similar_reads == ()


def test_saved_articles_are_listed_latest_first(full, now):
    names = ids(full.feed(now))[:2]
    for name in names:
        full.record(name, Signal.SAVE, now)
    assert [article.article_id for article in full.saved()] == names[::-1]


def test_the_same_story_is_shown_once(reader, make_article, now):
    url = "https://example.org/rain"
    reader.add(
        [make_article("a", "Rain again", url=url), make_article("b", "Rain, again!", url=url + "?utm_source=x")], now
    )
    (only,) = reader.feed(now)
    assert [article.article_id for article in only.same_story] == [{"a": "b", "b": "a"}[only.article.article_id]]
    (hidden,) = reader.hidden(now)
    assert hidden.reason.startswith("same story as “Rain")


def test_of_a_story_that_is_disliked_no_other_article_steps_in(reader, make_article, now):
    url = "https://example.org/rain"
    reader.add([make_article("a", "Rain again", url=url), make_article("b", "Rain, again!", url=url)], now)
    reader.add([make_article(f"n{n}", title) for n, title in enumerate(["Soup with beans", "Senate votes"])], now)
    reader.record("b", Signal.DISLIKE, now)
    assert ids(reader.feed(now))[-1] == "b"
    assert reader.hidden(now)[0].article.article_id == "a"


def test_a_topic_is_learned_also_where_feeds_call_it_otherwise_or_do_not_name_it(reader, make_article, now):
    reader.add(
        [
            make_article("named", "Lakers win again", category="Sport"),
            make_article("unnamed", "Senate Republicans and Democrats vote on Trump impeachment"),
            make_article("other", "Celtics lose again", category="sports"),
            make_article("third", "How to cook soup with beans", category="food"),
        ],
        now,
    )
    assert reader.explain("unnamed", now).topic == "politics"

    def topic_part(name: str) -> float:
        return reader.explain(name, now).scored.parts["topic"]

    before = topic_part("other") - topic_part("third")
    reader.record("named", Signal.OPEN, now)
    assert topic_part("other") - topic_part("third") > before
    reader.record("unnamed", Signal.OPEN, now)
    assert reader.profile().topic_shares == {"politics": 0.5, "sports": 0.5}


def test_an_explanation_says_what_the_article_is_about(reader, make_article, now):
    reader.add([make_article("a", "Volcano erupts near Reykjavik", category="World news")], now)
    explanation = reader.explain("a", now)
    assert (explanation.topic, explanation.topic_probability) == ("world news", 1.0)
    assert "volcano" in explanation.keywords


def test_articles_in_a_language_that_the_bundle_does_not_read_are_not_all_alike(reader, make_article, now):
    titles = ["Haushalt im Bundestag beschlossen", "Bayern gewinnt das Spiel", "Unwetter über der Nordsee"]
    reader.add([make_article(str(n), title, language="de") for n, title in enumerate(titles)], now)
    reader.add([make_article("en", "How to cook soup with beans")], now)
    reader.record("0", Signal.LIKE, now)
    for name in ("1", "2", "en"):
        parts = reader.explain(name, now).scored.parts
        assert parts["interest"] == parts["average"] == parts["session"] == 0
    reader.record("en", Signal.LIKE, now)
    assert reader.explain("1", now).scored.parts["average"] == 0


def test_whatever_the_reader_does_the_parts_of_every_explanation_add_up(full, now):
    rng = np.random.default_rng(11)
    names = [article.article_id for article in full.latest()]
    for step in range(40):
        at = now + timedelta(minutes=float(rng.uniform(0, 90 * step)))
        name = names[rng.integers(len(names))]
        match rng.integers(4):
            case 0:
                full.record(name, list(Signal)[rng.integers(len(Signal))], at, dwell_s=float(rng.uniform(0, 300)))
            case 1:
                full.mark_shown(full.feed(at, limit=10), at)
            case 2:
                full.set_rule(RuleKind.TOPIC, full.article(name).category, list(RuleEffect)[step % 2], at)
            case _:
                full.search(full.article(name).title.split()[0], at)
        explanation = full.explain(name, at)
        assert sum(explanation.scored.parts.values()) == approx(explanation.scored.score, abs=1e-6)
        assert sum(read.share for read in explanation.similar_reads) <= 1 + 1e-5


@pytest.mark.parametrize("signal", [Signal.LIKE, Signal.SAVE, Signal.SHARE])
def test_an_article_is_not_recommended_by_its_likeness_to_itself(full, now, signal):
    liked, other = [item.article.article_id for item in full.feed(now) if item.article.category == "politics"][:2]
    full.record(liked, signal, now)
    alone = full.explain(liked, now)
    assert alone.similar_reads == ()
    assert [alone.scored.parts[name] for name in ("interest", "average", "session", "co_clicks")] == [0, 0, 0, 0]
    full.record(other, Signal.OPEN, now)
    explanation = full.explain(liked, now)
    (past,) = explanation.similar_reads
    assert past.article.article_id == other and past.share == approx(1.0)
    assert sum(explanation.scored.parts.values()) == approx(explanation.scored.score, abs=1e-6)
    assert full.explain(other, now).scored.parts["interest"] != 0  # what it says of others stays


def buried(make_article, name: str, title: str, source: str = "Small"):
    return make_article(name, title, age_h=40, source=source, category="religion")


def test_what_is_followed_is_among_the_first_ten_once(full, make_article, now):
    full.pick_topics(["comedy", "entertainment", "politics"])
    for name, title in (("x", "Old mosses in a damp garden"), ("y", "Hawks and falcons over the field")):
        full.add([buried(make_article, name, title, source="Other")], now)
        full.record(name, Signal.DISLIKE, now)
    full.add([buried(make_article, "s", "Notes on moss"), buried(make_article, "w", "A kestrel", source="")], now)
    assert not {"s", "w"} & set(ids(full.feed(now, 20)))
    full.set_rule(RuleKind.SOURCE, "small", RuleEffect.FOLLOW, now)
    full.set_rule(RuleKind.WORD, "Kestrel", RuleEffect.FOLLOW, now)
    first = full.feed(now, 10)
    assert {"s", "w"} <= set(ids(first))
    assert ids(full.feed(now))[:10] == ids(first)
    order = (maker := full._maker(now)).order(maker.parts(), 10)
    lifted = [place for place in order.places.tolist() if order.is_for_follow(place)]
    assert lifted and lifted == order.places.tolist()[-len(lifted) :]
    assert not any(map(order.is_for_variety, lifted))
    # Once it was seen and passed on, it stands where its score puts it.
    full.mark_shown(first, now)
    assert {"s", "w"} <= set(ids(full.feed(now + timedelta(minutes=5), 10)))
    assert not {"s", "w"} & set(ids(full.feed(now + timedelta(hours=1), 10)))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda reader, now: reader.record("s", Signal.OPEN, now),
        lambda reader, now: reader.record("s", Signal.DISLIKE, now),
        lambda reader, now: reader.set_rule(RuleKind.WORD, "moss", RuleEffect.MUTE, now),
    ],
)
def test_what_is_read_disliked_or_muted_takes_no_place_of_a_follow(full, make_article, now, spoil):
    full.pick_topics(["comedy", "entertainment", "politics"])
    full.add([buried(make_article, "s", "Notes on moss")], now)
    full.set_rule(RuleKind.SOURCE, "Small", RuleEffect.FOLLOW, now)
    assert "s" in ids(full.feed(now, 10))
    spoil(full, now)
    assert "s" not in ids(full.feed(now, 10))


def test_a_followed_topic_counts_as_picked_until_it_is_followed_no_more(full, now):
    def scores():
        return {one.article.article_id: one.parts["topic"] for one in full.feed(now)}

    before = scores()
    full.pick_topics(["science and technology"])
    picked = scores()
    full.undo()
    full.set_rule(RuleKind.TOPIC, "tech", RuleEffect.FOLLOW, now)
    assert scores() == picked != before
    assert full.profile().picked_topics == ()
    full.set_rule(RuleKind.TOPIC, "science and technology", RuleEffect.MUTE, now)
    assert all(full.explain(name, now).scored.parts["topic"] == value for name, value in list(before.items())[:5])
    full.undo()
    assert scores() == picked
    full.drop_rule(RuleKind.TOPIC, "tech")
    assert scores() == before


def test_an_interest_in_own_words_lifts_what_is_like_it_and_goes_with_an_export(full, make_article, now):
    full.pick_topics(["comedy", "entertainment", "politics"])
    full.add([buried(make_article, "f", "Norway orders more electric ferries for its fjords", source="")], now)
    assert "f" not in ids(full.feed(now, 10))
    full.set_rule(RuleKind.TEXT, "Electric ferries in Norway", RuleEffect.FOLLOW, now)
    ((_, count),) = full.rule_counts()
    lifted = {one.article.article_id: one for one in full.feed(now) if one.parts["own_words"] > 0}
    assert len(lifted) == count and "f" in lifted and "f" in ids(full.feed(now, 10))
    assert lifted["f"].reason == "Like your interest “Electric ferries in Norway”"
    assert full.explain("f", now).scored.parts["own_words"] == lifted["f"].parts["own_words"]
    document = json.dumps(full.export_profile()).encode()
    full.drop_rule(RuleKind.TEXT, "electric ferries in norway")
    assert "f" not in ids(full.feed(now, 10))
    full.import_profile(document)
    assert "f" in ids(full.feed(now, 10))


def test_a_text_that_the_bundle_cannot_read_counts_by_its_words(full, make_article, now):
    assert full.reads_text("electric ferries") and not full.reads_text("挪威的电动渡轮")
    full.add([make_article("z", "挪威推出电动渡轮"), make_article("y", "挪威下雪")], now)
    full.set_rule(RuleKind.TEXT, "挪威的电动渡轮", RuleEffect.FOLLOW, now)
    assert [one.article.article_id for one in full.feed(now) if one.parts["own_words"] > 0] == ["z"]
    with pytest.raises(ValueError, match="not muted"):
        full.set_rule(RuleKind.TEXT, "ferries", RuleEffect.MUTE, now)


def test_the_new_item_of_a_source_that_writes_seldom_is_in_sight_once(full, make_article, now):
    full.pick_topics(["comedy", "entertainment", "politics"])
    blog = [
        make_article(f"b{n}", title, age_h=24 * days, source="Blog", category="religion")
        for n, (title, days) in enumerate([("On moss", 3), ("On fog", 17), ("On hedges", 40)])
    ]
    full.add([*blog, make_article("d", "On kestrels", age_h=72, source="New blog", category="religion")], now)
    first = full.feed(now, 10)
    (told,) = [one for one in first if one.article.article_id == "b0"]
    assert told.parts["rare"] > 1 and told.reason == "Blog writes seldom"
    assert {"b1", "b2", "d"}.isdisjoint(ids(first))
    order = (maker := full._maker(now)).order(maker.parts(), 10)
    assert not any(map(order.is_for_follow, order.places.tolist()))
    full.variety = 0.0
    scores = [one.score for one in full.feed(now, 10)]
    assert scores == sorted(scores, reverse=True)
    full.variety = 0.5
    full.mark_shown(first, now)
    later = now + timedelta(hours=1)
    assert "b0" not in ids(full.feed(later, 10))
    assert 0 < full.explain("b0", later).scored.parts["rare"] < told.parts["rare"] / 3
