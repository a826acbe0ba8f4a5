"""What votes say of the order, and which order is shown because of it: trials, verdicts, and the watch after them.

    trial      every list is drafted, until one of the bets is decided or `MOST_VOTES` are in
    proven     ranked; a pair is drafted in every second list, and votes against it are watched
    newest     newest first, nothing drafted; after 100, 200, 400 ... opens a new trial begins
    undecided  ranked, drafted as if proven, until a bet is decided after all

Each trial has a higher bar than the one before: of all trials of a life, 5 % say "better" by chance at most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum

from edge_runtime.worth.bets import share_interval, wealth_against_help, wealth_for

_BETTER, _WORSE, _NO_HELP = 40.0, 400.0, 20.0  # wealth at which a bet is decided in the first trial
LEAST_VOTES = 20  # before an order is said not to help
MOST_VOTES = 400  # of a trial
REST_OPENS = 100  # before the first new trial; each rest is twice as long
# The watch: a change of taste is found by votes against (CUSUM; Page, 1954), suspected by fewer opens.
_STEP = 0.2
_SUSPECTED, _CHANGED = math.log(4), math.log(100)
_SHORT, _LONG = 10, 60  # lists that two means of opens go back
_DROP = 0.55  # of the long mean; below it a new trial begins
_LISTS_BETWEEN_DROPS = 40
_LISTS_FOR_FEW_VOTES = 60
_OPENS_FOR_FEW_VOTES = 3  # of a list, on average: who opens little has few votes too, and only waits


class Stage(StrEnum):
    """Which order is shown, and how much of it is drafted."""

    TRIAL = "trial"
    PROVEN = "proven"
    NEWEST = "newest"
    UNDECIDED = "undecided"


class Why(StrEnum):
    """What brought a stage about."""

    BEGUN = "begun"
    BETTER = "better"  # the ranked order was
    WORSE = "worse"  # newest first was better
    NO_HELP = "no help"  # the ranked order does not help noticeably
    NO_ANSWER = "no answer"  # after as many votes as a trial has
    READS_ALL = "reads all"  # hardly any pair had one opened and one not
    CHANGED = "changed"  # votes went against an order that had been proven
    DROPPED = "dropped"  # fewer opens than usual
    RESTED = "rested"  # newest first was shown for long enough
    ASKED = "asked"
    MOVED = "moved"  # another bundle ranks, or the profile came from elsewhere


class Drafting(StrEnum):
    """How much of a list is drafted from both orders."""

    ALL = "all"
    PAIR = "pair"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Worth:
    """What is kept of all votes."""

    stage: Stage = Stage.TRIAL
    why: Why = Why.BEGUN
    trial: int = 1
    wins: int = 0  # votes of this trial for the ranked order; once proven they stay as they were
    losses: int = 0
    lists: int = 0  # closed in this stage
    opens: int = 0  # in this stage
    watch: float = 0.0
    recent_opens: float = 0.0  # of a list that the ranked order has a part in, mean over the last `_SHORT`
    usual_opens: float = 0.0  # over the last `_LONG`
    ranked_lists: int = 0  # that were closed in all stages
    last_drop: int = 0  # `ranked_lists` when they fell last
    rests: int = 0  # that are over or under way

    @property
    def votes(self) -> int:
        """Of this trial."""
        return self.wins + self.losses

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares of votes for the ranked order the true one surely lies."""
        return share_interval(self.wins, self.losses, self._bar(_BETTER))

    @property
    def is_ranked(self) -> bool:
        """Whether the ranked order is the one that is shown, or drafted from."""
        return self.stage is not Stage.NEWEST

    def drafting(self, number: int) -> Drafting:
        """How much of a list is drafted.

        Args:
            number: Of the list.
        """
        if self.stage is Stage.NEWEST:
            return Drafting.NOTHING
        if self.stage is Stage.TRIAL or self.watch >= _SUSPECTED:
            return Drafting.ALL
        return Drafting.PAIR if number % 2 else Drafting.NOTHING

    def voted(self, *, is_win: bool) -> Worth:
        """After a pair of which one article was opened: the ranked order's, or that of newest first."""
        if self.stage is Stage.NEWEST:
            return self
        watch = max(0.0, self.watch - _STEP if is_win else self.watch + _STEP)
        if self.stage is Stage.PROVEN:
            now = replace(self, watch=watch)
            return now._in(Stage.NEWEST, Why.CHANGED) if watch >= _CHANGED else now
        return replace(self, watch=watch, wins=self.wins + is_win, losses=self.losses + (not is_win))._judged()

    def closed(self, opens: int) -> Worth:
        """After a list that nothing can be opened from any more.

        Args:
            opens: How many articles were opened from it.
        """
        now = replace(self, lists=self.lists + 1, opens=self.opens + opens)
        if now.stage is Stage.NEWEST:
            is_over = now.opens >= REST_OPENS * 2 ** (now.rests - 1)
            return now.again(Why.RESTED) if is_over else now
        number = self.ranked_lists + 1
        now = replace(
            now,
            ranked_lists=number,
            recent_opens=_mean(self.recent_opens, opens, min(number, _SHORT)),
            usual_opens=_mean(self.usual_opens, opens, min(number, _LONG)),
        )
        opens_much = now.lists >= _LISTS_FOR_FEW_VOTES and now.opens >= _OPENS_FOR_FEW_VOTES * now.lists
        if now.stage is Stage.TRIAL and opens_much and now.votes < LEAST_VOTES:
            return now._in(Stage.NEWEST, Why.READS_ALL)
        is_fewer = number >= _LONG and now.recent_opens < _DROP * now.usual_opens
        if now.stage is Stage.PROVEN and is_fewer and number - now.last_drop >= _LISTS_BETWEEN_DROPS:
            return replace(now.again(Why.DROPPED), last_drop=number)
        return now

    def again(self, why: Why = Why.ASKED) -> Worth:
        """A new trial, with a higher bar."""
        return replace(self._in(Stage.TRIAL, why), trial=self.trial + 1, wins=0, losses=0)

    def _judged(self) -> Worth:
        """The stage that the votes of a trial lead to."""
        if wealth_for(self.wins, self.losses) >= self._bar(_BETTER):
            return self._in(Stage.PROVEN, Why.BETTER)
        if wealth_for(self.losses, self.wins) >= self._bar(_WORSE):
            return self._in(Stage.NEWEST, Why.WORSE)
        if self.votes >= LEAST_VOTES and wealth_against_help(self.wins, self.losses) >= math.log(_NO_HELP):
            return self._in(Stage.NEWEST, Why.NO_HELP)
        if self.stage is Stage.TRIAL and self.votes >= MOST_VOTES:
            stage = Stage.NEWEST if self.wins < self.losses else Stage.UNDECIDED
            return self._in(stage, Why.NO_ANSWER)
        return self

    def _bar(self, wealth: float) -> float:
        """The logarithm of the wealth at which a bet is decided. Over all trials k, the sum of 2 / (k (k + 1)) is 2."""
        return math.log(wealth * self.trial * (self.trial + 1) / 2)

    def _in(self, stage: Stage, why: Why) -> Worth:
        rests = self.rests + (stage is Stage.NEWEST)
        return replace(self, stage=stage, why=why, lists=0, opens=0, watch=0.0, rests=rests)


def _mean(before: float, value: float, count: int) -> float:
    """A mean that forgets: of the first values the plain one."""
    return before + (value - before) / count
