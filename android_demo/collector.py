"""When Python looks for garbage in cycles: seldom, and not through what stays as long as the app."""

from __future__ import annotations

import gc

YOUNG = 10_000  # objects between two looks; Python's own 700 has it look 180 times until the feed is there
# Of three such looks the last is at all that came since the last such one, in a third of the time of Python's own ten.
# Every thirtieth of those is at everything.
SOON, SELDOM = 3, 30


def look_seldom() -> None:
    """For the start: what is loaded then stays."""
    gc.set_threshold(YOUNG, SOON, SELDOM)


def leave_out_what_stays() -> None:
    """What is there now is not looked through again, which took a whole frame or two."""
    gc.freeze()


def look_through_all() -> None:
    """The app has ended, and its process goes on."""
    gc.unfreeze()
