from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edge_runtime import Reader, RuleEffect, RuleKind


def test_muting_counts_hides_and_is_taken_back(stocked):
    muted = stocked.json("mute", "word", "The", "Budget")
    assert muted["articles"] == 1 and muted["rule"]["value"] == "The Budget"
    assert "1 cached article is about it; `edge-news unmute word soup` undoes it" in " ".join(
        stocked.text("mute", "word", "soup").split()
    )
    assert [(rule["value"], rule["articles"]) for rule in stocked.json("mute")["rules"]] == [
        ("soup", 1),
        ("The Budget", 1),
    ]
    assert stocked.text("mute").splitlines()[1:] == ["     1  word    soup", "     1  word    The Budget"]
    assert {article["article_id"] for article in stocked.json("hidden")["articles"]} == {"a1", "a2"}
    assert stocked.json("unmute", "word", "the budget")["dropped"]["value"] == "The Budget"
    assert [article["article_id"] for article in stocked.json("hidden")["articles"]] == ["a2"]


def test_following_lifts_and_lists_apart_from_mutes(stocked):
    stocked.text("mute", "word", "soup")
    assert stocked.json("follow", "source", "example")["articles"] == 4
    assert [rule["kind"] for rule in stocked.json("follow")["rules"]] == ["source"]
    assert stocked.json("feed")["articles"][0]["parts"]["followed"] > 0
    stocked.text("unfollow", "source", "EXAMPLE")
    assert stocked.text("follow") == "nothing is followed\n"


def test_unmuting_does_not_unfollow(stocked):
    stocked.text("follow", "word", "soup")
    assert "`edge-news unfollow` undoes it" in stocked.json("unmute", "word", "soup", status=1)["error"]
    assert len(stocked.json("follow")["rules"]) == 1
    assert "no rule" in stocked.json("unmute", "word", "nothing", status=1)["error"]


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060\u00ad", "\u200d \ufeff", "\u202e"])
def test_a_rule_of_invisible_characters_alone_is_refused_as_an_empty_one(edge_news, unseen):
    for command in ("mute", "follow"):
        for kind in ("word", "topic", "source"):
            assert f"say which {kind}" in edge_news.refused(command, kind, unseen)
    with Reader.open(edge_news.folder / "data") as reader, pytest.raises(ValueError, match="needs a name"):
        reader.set_rule(RuleKind.WORD, unseen, RuleEffect.MUTE, datetime(2026, 11, 24, tzinfo=UTC))
    assert edge_news.json("mute")["rules"] == []


def test_half_a_rule_is_a_wrong_call(edge_news):
    assert "say which text" in edge_news.refused("follow", "text", "!!")
    assert "not both" in edge_news.refused("languages", "en", "--none")
    assert "say which topic" in edge_news.refused("mute", "topic")
    assert "invalid choice" in edge_news.refused("mute", "colour", "red")
    assert "required" in edge_news.refused("unmute", "word")


def test_variety_is_said_set_and_refused(stocked):
    assert stocked.json("variety") == {"variety": 0.5}
    assert stocked.text("variety", "0") == "variety is 0: the feed is best first but for what you follow\n"
    assert stocked.json("variety") == {"variety": 0.0}
    assert "from 0 to 1" in stocked.refused("variety", "2")


def test_topics_have_many_names_in_rules_and_filters_and_a_mistyped_one_is_guessed(stocked):
    assert stocked.json("follow", "topic", "美食")["rule"]["value"] == "food"
    assert (
        stocked.json("feed", "--topic", "政治")["articles"] == stocked.json("feed", "--topic", "politics")["articles"]
    )
    refused = stocked.json("unmute", "topic", "cooking", status=1)
    assert "the topic 'food' is not muted, on the contrary" in refused["error"]
    assert stocked.json("unfollow", "topic", "recipes")["dropped"]["value"] == "food"
    assert stocked.json("mute", "topic", "polotics")["near"] == ["politics"]
    assert "did you mean “politics”?" in " ".join(stocked.text("mute", "topic", "polotics").split())
    assert stocked.json("mute", "source", "Exmaple")["near"] == ["Example"]


def test_a_text_is_followed_listed_and_undone_and_one_the_model_cannot_read_falls_back_to_its_words(stocked):
    followed = stocked.json("follow", "text", "Soup", "for", "cold", "days")
    assert followed["articles"] == 1 and followed["is_legible"]
    assert "1  text    Soup for cold days" in stocked.text("follow")
    (first, *_) = stocked.json("feed")["articles"]
    assert first["title"] == "Soup for cold days" and first["reason"] == "Like your interest “Soup for cold days”"
    assert first["parts"]["own_words"] > 0
    assert "near to an interest in your own words" in stocked.text("why", "a2")
    assert stocked.json("undo")["undone"]["rule"]["kind"] == "text"
    said = stocked.text("follow", "text", "挪威的电动渡轮")
    assert "this model cannot read it, so its words alone count" in " ".join(said.split())
    assert stocked.json("unfollow", "text", "挪威的电动渡轮")["dropped"]["kind"] == "text"
    assert "invalid choice: 'text'" in stocked.refused("mute", "text", "soup")


def test_languages_are_said_set_and_refused(stocked):
    assert stocked.text("languages") == "what you open tells which languages you read\n"
    assert stocked.json("languages", "en", "DE") == {"languages": ["en", "de"]}
    assert stocked.text("languages") == "you read en, de\n"
    assert "give codes such as en or zh" in stocked.refused("languages", "German")
    assert stocked.json("languages", "--none") == {"languages": []}
