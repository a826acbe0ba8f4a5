"""Whether the order helps its reader, in sentences: the share of choices, never a multiple, as that would overstate."""

from __future__ import annotations

from edge_runtime.personal.order_worth import OrderWorth
from edge_runtime.types import OrderChoice
from edge_runtime.worth.lists import LEAST_OPENS
from edge_runtime.worth.trials import Stage, Why

EXPLAINED = (
    "Of some neighbours in your list, one comes from this order, one from newest first. A coin says which stands "
    "first; which one you open is your vote."
)
_BY_HAND = {
    OrderChoice.RANKED: "Ranked, as you set it: nothing is compared.",
    OrderChoice.NEWEST: "Newest first, as you set it: nothing is compared.",
}
_NOT_NEEDED = {
    Why.NO_HELP: "this order does not help you noticeably",
    Why.WORSE: "newest first is better for you",
    Why.NO_ANSWER: "newest first is no worse for you",
    Why.CHANGED: "what you open has changed, and this order does not help you any more",
}


def worth_line(worth: OrderWorth) -> str:
    """What is known by now; true however often one looks."""
    if worth.order is not OrderChoice.AUTO:
        return _BY_HAND[worth.order]
    match worth.stage:
        case None:
            return f"Nothing to compare yet: it begins when you have opened {LEAST_OPENS} articles from the feed."
        case Stage.TRIAL:
            return _of_trial(worth)
        case Stage.PROVEN:
            return f"This order helps you. {_choices(worth)}{_since(worth)}"
        case Stage.UNDECIDED:
            return f"No clear difference between this order and newest first. {_choices(worth)}{_since(worth)}"
        case Stage.NEWEST:
            return _of_newest(worth)


def explanation(worth: OrderWorth, *, is_private: bool = False) -> str:
    """How the two orders are compared; "" while they are not.

    Args:
        worth: What is known by now.
        is_private: Whether private mode is on.
    """
    if worth.order is not OrderChoice.AUTO or worth.stage in (None, Stage.NEWEST):
        return ""
    return "In private mode nothing is compared." if is_private else EXPLAINED


def news_line(worth: OrderWorth) -> str:
    """What to say before the first list of a new order; "" if there is nothing new."""
    if not worth.is_news:
        return ""
    return EXPLAINED if worth.stage is Stage.TRIAL else worth_line(worth)


def _of_trial(worth: OrderWorth) -> str:
    if worth.choices == 0:
        return "Too few choices yet: none; most readers need 25 to 90."
    return f"Too few choices yet: {worth.choices}, {worth.wins} of them for this order; most readers need 25 to 90."


def _of_newest(worth: OrderWorth) -> str:
    since = f"It has been newest first since {worth.since:%Y-%m-%d}" if worth.since else "It is newest first now"
    opens = "open" if worth.opens_left == 1 else "opens"
    again = f"{since} and tries again after {worth.opens_left} more {opens}."
    if worth.why is Why.READS_ALL:
        return f"You read nearly everything; the order makes no difference. {again}"
    choices = "choice" if worth.choices == 1 else "choices"
    took = f"You took this order's article in {worth.wins} of {worth.choices} {choices}"
    return f"{took}: {_NOT_NEEDED[worth.why]}. {again}"


def _choices(worth: OrderWorth) -> str:
    share = worth.wins / worth.choices if worth.choices else 0.0
    return (
        f"In {worth.choices} choices with both side by side you took this order's article {worth.wins} times "
        f"({share:.0%}, surely between {worth.low * 100:.0f} and {worth.high:.0%})."
    )


def _since(worth: OrderWorth) -> str:
    return f" It has been so since {worth.since:%Y-%m-%d}." if worth.since else ""
