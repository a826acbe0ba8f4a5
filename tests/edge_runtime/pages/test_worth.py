"""The sentences about the order: true, dated, and of the share of choices alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edge_runtime.pages.worth import EXPLAINED, worth_explanation, worth_line, worth_news
from edge_runtime.personal.order_worth import OrderWorth
from edge_runtime.types import OrderChoice
from edge_runtime.worth.trials import Stage, Why

DAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
AUTO = OrderChoice.AUTO


@pytest.mark.parametrize(
    ("worth", "line"),
    [
        (OrderWorth(AUTO, None), "Nothing to compare yet: it begins when you have opened 3 articles from the feed."),
        (OrderWorth(AUTO, Stage.TRIAL), "Too few choices yet: none; most readers need 25 to 90."),
        (
            OrderWorth(AUTO, Stage.PROVEN, Why.BETTER, 1, 45, 62, 0.54, 0.87, DAY),
            "This order helps you. In 62 choices with both side by side you took this order's article 45 times (73%, "
            "surely between 54 and 87%). It has been so since 2026-11-24.",
        ),
        (
            OrderWorth(AUTO, Stage.NEWEST, Why.NO_HELP, 1, 46, 100, since=DAY, opens_left=88),
            "You took this order's article in 46 of 100 choices: this order does not help you noticeably. It has been "
            "newest first since 2026-11-24 and tries again after 88 more opens.",
        ),
        (
            OrderWorth(AUTO, Stage.NEWEST, Why.READS_ALL, 1, 3, 5, opens_left=100),
            "You read nearly everything; the order makes no difference. It is newest first now and tries again after "
            "100 more opens.",
        ),
        (OrderWorth(OrderChoice.RANKED, Stage.TRIAL), "Ranked, as you set it: nothing is compared."),
    ],
)
def test_what_is_known_is_one_sentence_or_two(worth, line):
    assert worth_line(worth) == line


def test_every_way_to_newest_first_has_words():
    for why in (Why.WORSE, Why.NO_HELP, Why.NO_ANSWER, Why.CHANGED, Why.READS_ALL):
        assert "after 5 more opens." in worth_line(OrderWorth(AUTO, Stage.NEWEST, why, opens_left=5))
        assert "after 1 more open." in worth_line(OrderWorth(AUTO, Stage.NEWEST, why, opens_left=1))


def test_how_orders_are_compared_is_said_only_while_they_are():
    assert worth_explanation(OrderWorth(AUTO, Stage.TRIAL)) == EXPLAINED
    assert worth_explanation(OrderWorth(AUTO, Stage.TRIAL), is_private=True) == "In private mode nothing is compared."
    for worth in (OrderWorth(AUTO, None), OrderWorth(AUTO, Stage.NEWEST), OrderWorth(OrderChoice.RANKED, Stage.TRIAL)):
        assert worth_explanation(worth) == ""


def test_news_is_what_no_list_has_told():
    assert worth_news(OrderWorth(AUTO, Stage.TRIAL)) == ""
    assert worth_news(OrderWorth(AUTO, Stage.TRIAL, is_news=True)) == EXPLAINED
    assert "helps you" in worth_news(OrderWorth(AUTO, Stage.PROVEN, Why.BETTER, choices=10, wins=10, is_news=True))
