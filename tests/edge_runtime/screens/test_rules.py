"""Rules as the app lists and adds them."""

from edge_runtime import PickedWord, RuleEffect, RuleKind, Wording
from edge_runtime.screens.deeds import deeds_page, undo_last
from edge_runtime.screens.rules import add_rule, lift_rule, pick_topic, put_rule_back, rules_page
from edge_runtime.screens.words import page_of


def test_a_rule_says_what_it_is_about(session, now):
    before = {one.article.article_id for one in session.reader.hidden(now)}
    said = add_rule(session, now, RuleKind.WORD, "the", RuleEffect.MUTE)(session.tr)
    (row,) = rules_page(session, now).mutes
    muted = [one for one in session.reader.hidden(now) if "muted" in one.reason]
    number = len(muted)
    assert number > 1 and {one.article.article_id for one in muted} - before
    assert f"{number} stories here" in row.about and f"{number} stories here" in said
    lift_rule(session, row.rule)
    assert rules_page(session, now).mutes == ()
    put_rule_back(session, row.rule)
    assert rules_page(session, now).mutes == (row,)


def test_an_interest_in_another_language_is_warned_of_and_never_muted(session, now):
    wanted = "elektrische Fähren in Norwegen und ihre großen Akkus"
    said = add_rule(session, now, RuleKind.TEXT, wanted, RuleEffect.MUTE)(session.tr)
    (row,) = rules_page(session, now).follows
    assert row.words == wanted and "cannot read" in said and "cannot read" in row.about
    add_rule(session, now, RuleKind.TEXT, "electric ferries and their batteries", RuleEffect.FOLLOW)
    assert "cannot read" not in rules_page(session, now).follows[0].about


def test_nothing_typed_is_no_rule(session, now):
    for value in ("", "  ", "\u200b"):
        add_rule(session, now, RuleKind.WORD, value, RuleEffect.MUTE)
    assert rules_page(session, now).mutes == ()


def test_an_unknown_source_is_asked_about(session, now):
    assert "HuffPost" in add_rule(session, now, RuleKind.SOURCE, "Hufpost", RuleEffect.FOLLOW)(session.tr)


def test_topics_are_asked_for_one_by_one(session, now):
    pick_topic(session, "food", is_picked=True)
    pick_topic(session, "travel", is_picked=True)
    pick_topic(session, "food", is_picked=False)
    assert [topic.topic for topic in rules_page(session, now).topics if topic.is_picked] == ["travel"]


def test_each_deed_can_be_taken_out_and_the_last_one_back(session, past, now):
    page = deeds_page(session, now, depth=2)
    assert len(page.deeds) == 2 and page.more == "3 older" and page.depth == 22
    session.reader.forget_event(page.deeds[0].number)
    after = deeds_page(session, now)
    assert after.deeds[0].number == page.deeds[1].number and after.more == ""
    assert page.deeds[1].words in undo_last(session)(session.tr)
    assert len(deeds_page(session, now).deeds) == 3


def test_words_are_split_by_the_sign_of_their_weight():
    words = [PickedWord("rain", 2.0, 4, 5), PickedWord("sun", 0.5, 1, 2), PickedWord("golf", -1.0, 0, 9)]
    page = page_of(words, ["tax"], Wording())
    assert [(row.word, row.bar) for row in page.picked] == [("rain", 1.0), ("sun", 0.25)]
    assert [(row.word, row.bar, row.about) for row in page.passed] == [("golf", -0.5, "opened 0 of 9")]
    assert page.dropped == ("tax",)
