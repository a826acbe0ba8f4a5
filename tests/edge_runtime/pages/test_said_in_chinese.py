"""All that a reader with some past is told can be said in Chinese: nothing English is left but titles and names."""

import re
from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest

from edge_runtime import (
    OrderChoice,
    OrderWorth,
    RuleEffect,
    RuleKind,
    Sentence,
    Signal,
    Wording,
    demo_articles,
    digest_title,
    notifications,
    score_part,
    why_page,
    worth_explanation,
    worth_line,
)
from edge_runtime.worth.trials import Stage, Why

TR = Wording("zh")


def facts_of(text: str) -> Iterator[str]:
    for fact in text.facts.values() if isinstance(text, Sentence) else ():
        if isinstance(fact, Sentence):
            yield from facts_of(fact)
        else:
            yield str(fact)


def english_in(text: str) -> str:
    """What is left in English once the names in it are taken away."""
    said = TR.sentence(text)
    for fact in sorted(facts_of(text), key=len, reverse=True):
        said = said.replace(fact, "")
    return " ".join(re.findall("[A-Za-z]{2,}", said))


def test_the_feed_and_its_reasons(reader, now):
    articles = demo_articles(now)
    reader.add(articles, now)
    for article in articles[:30:3]:
        reader.record(article.article_id, Signal.OPEN, now - timedelta(hours=2))
    reader.record(articles[1].article_id, Signal.HIDE, now)
    reader.set_rule(RuleKind.TOPIC, "politics", RuleEffect.MUTE, now)
    reader.set_rule(RuleKind.TOPIC, "travel", RuleEffect.FOLLOW, now)
    feed = reader.feed(now)
    reasons = {one.reason for one in feed}
    assert len(reasons) > 5
    decision = reader.decide_pushes(now, UTC)
    texts = [*reasons, *(one.reason for one in reader.hidden(now)), *decision.verdicts.values()]
    for one in feed[:3]:
        page = why_page(reader.explain(one.article.article_id, now), now)
        texts += [page.reason, page.standing, page.hidden, page.likely_topic, *(part.meaning for part in page.parts)]
        texts += [score_part(part.name).label for part in page.parts]
    texts += [digest_title(3, 2120, now - timedelta(days=days), now) for days in range(9)]
    texts += [one.body for one in notifications(decision)]
    assert {text: left for text in texts if (left := english_in(text))} == {}


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("stage", [None, *Stage])
@pytest.mark.parametrize("order", OrderChoice)
def test_whether_the_order_helps(order, stage, why, now):
    for choices, since in ((0, None), (1, now), (40, now)):
        try:
            worth = OrderWorth(order, stage, why, choices=choices, wins=choices, since=since, opens_left=choices)
            said = worth_line(worth)
        except KeyError:  # a reason that this stage does not have
            continue
        assert english_in(said) == english_in(worth_explanation(worth)) == ""
