"""Whether the order helps its reader, in sentences: the share of choices, never a multiple, as that would overstate."""

from __future__ import annotations

from edge_runtime.personal.order_worth import OrderWorth
from edge_runtime.sentences import Sentence, msgid
from edge_runtime.types import OrderChoice
from edge_runtime.worth.lists import LEAST_OPENS
from edge_runtime.worth.trials import Stage, Why

EXPLAINED = msgid(
    "Of some neighbours in your list, one comes from this order, one from newest first. A coin says which stands "
    "first; which one you open is your vote."
)
_BY_HAND = {
    OrderChoice.RANKED: Sentence("Ranked, as you set it: nothing is compared."),
    OrderChoice.NEWEST: Sentence("Newest first, as you set it: nothing is compared."),
}
_NOT_NEEDED = {
    Why.NO_HELP: Sentence("this order does not help you noticeably"),
    Why.WORSE: Sentence("newest first is better for you"),
    Why.NO_ANSWER: Sentence("newest first is no worse for you"),
    Why.CHANGED: Sentence("what you open has changed, and this order does not help you any more"),
}


def worth_line(worth: OrderWorth) -> str:
    """What is known by now; true however often one looks."""
    if worth.order is not OrderChoice.AUTO:
        return _BY_HAND[worth.order]
    match worth.stage:
        case None:
            return Sentence(
                "Nothing to compare yet: it begins when you have opened {number} articles from the feed.",
                number=LEAST_OPENS,
            )
        case Stage.TRIAL:
            return _of_trial(worth)
        case Stage.PROVEN:
            return Sentence("This order helps you. {choices}{since}", choices=_choices(worth), since=_since(worth))
        case Stage.UNDECIDED:
            return Sentence(
                "No clear difference between this order and newest first. {choices}{since}",
                choices=_choices(worth),
                since=_since(worth),
            )
        case Stage.NEWEST:
            return _of_newest(worth)


def worth_explanation(worth: OrderWorth, *, is_private: bool = False) -> str:
    """How the two orders are compared; "" while they are not.

    Args:
        worth: What is known by now.
        is_private: Whether private mode is on.
    """
    if worth.order is not OrderChoice.AUTO or worth.stage in (None, Stage.NEWEST):
        return ""
    return Sentence("In private mode nothing is compared.") if is_private else EXPLAINED


def worth_news(worth: OrderWorth) -> str:
    """What to say before the first list of a new order; "" if there is nothing new."""
    if not worth.is_news:
        return ""
    return EXPLAINED if worth.stage is Stage.TRIAL else worth_line(worth)


def _of_trial(worth: OrderWorth) -> str:
    if worth.choices == 0:
        return Sentence("Too few choices yet: none; most readers need 25 to 90.")
    return Sentence(
        "Too few choices yet: {choices}, {wins} of them for this order; most readers need 25 to 90.",
        choices=worth.choices,
        wins=worth.wins,
    )


def _of_newest(worth: OrderWorth) -> str:
    again = _again(worth)
    if worth.why is Why.READS_ALL:
        return Sentence("You read nearly everything; the order makes no difference. {again}", again=again)
    if worth.choices == 1:
        took = Sentence("You took this order's article in {wins} of 1 choice", wins=worth.wins)
    else:
        took = Sentence(
            "You took this order's article in {wins} of {choices} choices", wins=worth.wins, choices=worth.choices
        )
    return Sentence("{took}: {why}. {again}", took=took, why=_NOT_NEEDED[worth.why], again=again)


def _again(worth: OrderWorth) -> str:
    """Since when it is newest first, and when that ends."""
    if worth.since:
        since = Sentence("It has been newest first since {date}", date=worth.since.date())
    else:
        since = Sentence("It is newest first now")
    if worth.opens_left == 1:
        return Sentence("{since} and tries again after 1 more open.", since=since)
    return Sentence("{since} and tries again after {number} more opens.", since=since, number=worth.opens_left)


def _choices(worth: OrderWorth) -> str:
    share = worth.wins / worth.choices if worth.choices else 0.0
    return Sentence(
        "In {choices} choices with both side by side you took this order's article {wins} times "
        "({share}, surely between {low} and {high}).",
        choices=worth.choices,
        wins=worth.wins,
        share=f"{share:.0%}",
        low=f"{worth.low * 100:.0f}",
        high=f"{worth.high:.0%}",
    )


def _since(worth: OrderWorth) -> str:
    return Sentence(" It has been so since {date}.", date=worth.since.date()) if worth.since else ""
