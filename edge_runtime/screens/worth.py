"""Whether the ranked order helps this reader: one true sentence, and what orders the feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime import OrderChoice, worth_line
from edge_runtime.screens.reading import Reading

HALF = 0.5  # what chance would give


@dataclass(frozen=True, slots=True)
class WorthPage:
    """What is known by now."""

    sentence: str
    order: OrderChoice
    choices: int  # 0: there is no interval to draw
    share: float  # of choices for the ranked order, 0 to 1
    low: float  # the true share is surely between these
    high: float
    about: str  # the interval in words


def worth_page(session: Reading, now: datetime) -> WorthPage:
    """What the choices between two orders say."""
    tr, worth = session.tr, session.reader.worth(now)
    choices = worth.choices if worth.order is OrderChoice.AUTO else 0
    share = worth.wins / choices if choices else HALF
    return WorthPage(
        sentence=tr.sentence(worth_line(worth)),
        order=worth.order,
        choices=choices,
        share=share,
        low=worth.low,
        high=worth.high,
        about=tr(
            "You took this order's story in {share} of {choices} choices; surely between {low} and {high}. Chance "
            "alone gives 50%.",
            share=f"{share:.0%}",
            choices=choices,
            low=f"{worth.low:.0%}",
            high=f"{worth.high:.0%}",
        )
        if choices
        else "",
    )
