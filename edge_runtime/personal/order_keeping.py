"""Which order the feed has, and what the profile keeps to judge it by: `worth` decides, the profile keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import FeedList, OrderChoice
from edge_runtime.worth.lists import Trial

_SETTING = "order"


def bundle_number(sha256: str) -> int:
    """A number that tells bundles apart, of their hash in hex."""
    return int(sha256[:8], 16)


def order_choice(store: ProfileStore) -> OrderChoice:
    """What orders the feed, as the reader set it."""
    kept = store.setting(_SETTING, None)
    return next((choice for choice in OrderChoice if choice == kept), OrderChoice.AUTO)


def set_order(store: ProfileStore, choice: OrderChoice, at: datetime) -> None:
    """Keep what orders the feed; "auto" begins a new trial where newest first was shown by itself."""
    store.set_setting(_SETTING, choice.value)
    now_s = int(at.timestamp())
    store.change_trial(lambda trial: trial.asked_again(now_s) if choice is OrderChoice.AUTO else trial.without_list())


def order_stage(store: ProfileStore, now: datetime, bundle: int) -> Trial | None:
    """The trial as it is at a time, if there is one; what is over is not written until the next list is shown."""
    trial = store.trial()
    return trial and trial.at(int(now.timestamp()), bundle)


def list_shown(store: ProfileStore, listed: FeedList | None, article_ids: Sequence[str], at: datetime) -> None:
    """Keep that a feed was put before the reader, from its top; opens of it count from now on.

    Args:
        store: The profile.
        listed: The first articles of the feed; nothing is kept without them, as of an order set by hand.
        article_ids: Ids of what was shown, in its order; of another part of the feed nothing is kept.
        at: When.
    """
    names = [one.article_id for one in listed.articles] if listed else []
    known = min(len(names), len(article_ids))
    if listed is None or not known or names[:known] != list(article_ids[:known]):
        return
    trial = store.trial()  # looked at first, as nothing is written for a list that is there already
    if trial and listed.number > trial.last_list and order_choice(store) is OrderChoice.AUTO:
        store.change_trial(lambda trial: trial.with_list(listed, int(at.timestamp())))


def is_shown_next(store: ProfileStore, listed: FeedList | None, now: datetime) -> bool:
    """Whether a list that was made a while ago is what would be shown now: the one of this sitting, or the next."""
    trial, now_s = store.trial(), int(now.timestamp())
    if listed is None or trial is None:
        return (listed is None and trial is None) or order_choice(store) is not OrderChoice.AUTO
    if listed.number == trial.last_list:
        return trial.pending is not None and trial.pending.is_kept and not trial.pending.is_over(now_s)
    return listed.number == trial.last_list + 1
