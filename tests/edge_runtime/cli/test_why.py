from __future__ import annotations

import re

import pytest

from edge_runtime.cli.printing import Screen
from edge_runtime.cli.why import score_table


def test_why_shows_a_sum_past_reads_and_words(edge_news):
    edge_news.text("add", "--demo")
    edge_news.text("feed")
    edge_news.text("open", "1")
    edge_news.text("search", "travel", "--teach")
    text = edge_news.text("why", "1")  # the first that was found
    parts, _, rest = text.partition("--------\n")
    values = [float(value) for value in re.findall(r"^ +([+-]\d+\.\d\d)  \w", parts, re.MULTILINE)]
    score = float(re.match(r" +([+-]\d+\.\d\d)  score", rest).group(1))
    assert len(values) >= 4 and sum(values) == pytest.approx(score, abs=1e-9)
    assert "share of your past reads in its interest:" in rest and "the search “travel”" in rest
    assert "what the words of its title do to the score:" in rest
    assert max(map(len, text.splitlines())) <= 80


def test_the_json_has_every_part_read_and_word(stocked):
    stocked.text("open", "a0")
    why = stocked.json("why", "a1")
    assert sum(why["article"]["parts"].values()) == pytest.approx(why["article"]["score"], abs=1e-6)
    assert [read["article"]["article_id"] for read in why["similar_reads"]] == ["a0"]
    assert {word["word"] for word in why["words"]} == set(["Senate", "votes", "on", "the", "budget"])
    assert why["hidden"] == ""


def test_an_article_that_was_read_is_its_own_nearest(stocked):
    stocked.text("open", "a0")
    assert "  100%  the article itself\n" not in stocked.text("why", "a0")  # there is nothing beside it
    stocked.text("like", "a1")
    shares = re.findall(r"^ +(\d+)%  ", stocked.text("why", "a0"), re.MULTILINE)
    assert len(shares) == 2 and sum(map(int, shares)) == 100


def test_why_an_article_is_hidden(stocked):
    stocked.text("mute", "word", "senate")
    assert "The feed leaves it out: muted word “senate”" in stocked.text("why", "a1")
    assert stocked.json("why", "a1")["hidden"] == "muted word “senate”"


def test_a_part_of_another_engine_is_listed_by_its_name():
    lines = score_table(Screen(is_json=False, has_colours=False, width=80), {"mood": 1.0, "topic": 0.5}, 1.5)
    assert [line.rstrip() for line in lines[:2]] == [
        "   +1.00  mood",
        "   +0.50  topic         how much you read its topic",
    ]
