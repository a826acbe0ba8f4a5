"""What is known of whether the order helps its reader, as facts; `pages.worth` has the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from edge_runtime.personal.order_keeping import order_choice, order_stage
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import OrderChoice
from edge_runtime.worth.trials import REST_OPENS, Stage, Why


@dataclass(frozen=True, slots=True)
class OrderWorth:
    """What is known of whether the ranked order helps this reader more than newest first.

    A choice is a pair of neighbours in a list, one from each order, of which the reader opened exactly one.
    """

    order: OrderChoice  # by hand, nothing is counted
    stage: Stage | None  # None before enough was opened from the feed
    why: Why = Why.BEGUN  # it came to this stage
    trial: int = 1  # number of the trial that the choices are of
    wins: int = 0  # choices for the ranked order
    choices: int = 0
    low: float = 0.0  # between which shares of wins the true one lies, in 95 % of lives, however often one looks
    high: float = 1.0
    since: datetime | None = None  # of the stage
    opens_left: int | None = None  # from the feed, until newest first gives way to a new trial
    is_news: bool = False  # no list was shown in this stage yet


def order_worth(store: ProfileStore, now: datetime, bundle: int) -> OrderWorth:
    """What is known by now."""
    choice, trial = order_choice(store), order_stage(store, now, bundle)
    if trial is None:
        return OrderWorth(choice, None)
    worth = trial.worth
    low, high = worth.interval
    rests_for = REST_OPENS * 2 ** max(worth.rests - 1, 0)
    return OrderWorth(
        order=choice,
        stage=worth.stage,
        why=worth.why,
        trial=worth.trial,
        wins=worth.wins,
        choices=worth.votes,
        low=low,
        high=high,
        since=datetime.fromtimestamp(trial.since_s, UTC) if trial.since_s else None,
        opens_left=max(rests_for - worth.opens, 1) if worth.stage is Stage.NEWEST else None,
        is_news=choice is OrderChoice.AUTO and trial.told is not worth.stage and not store.setting("private", False),
    )
