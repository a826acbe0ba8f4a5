"""One line a story in a list: which article of each has it, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.storage.names import Groups, groups_of

Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]
Reads = Callable[[NDArray[np.intp]], Mask]  # places to whether the reader reads the language of each


@dataclass(frozen=True, slots=True)
class StoryLines:
    """Which candidates stand for their stories."""

    # (num_candidates,) the place of the one that has its story's line; its own, where it does
    line_of: NDArray[np.intp]
    stays: Mask  # (num_candidates,) whether each has a line
    scores: NDArray[np.float64]  # (num_candidates,) where each line stands; elsewhere the candidates' own
    members: NDArray[np.intp]  # those that share a story
    of_read_story: Mask  # (num_candidates,) has a line and is not read, though another of its story is


def one_of_each_story(
    scores: NDArray[np.float64],
    stories: Codes | Groups,
    is_known: Mask,
    is_read: Mask,
    may_stay: Mask | None = None,
    reads: Reads | None = None,
) -> StoryLines:
    """Leave one article of each story: the one that was judged, else the best by score.

    What was read hides nothing that was not. Where the story's one was read, the best of those that were not takes
    its line, but stands where the read one would: a story that is known does not climb. One in a language that the
    reader does not read gives its line and its place to the best that is in one, where there is one.

    Args:
        scores: (num_candidates,).
        stories: (num_candidates,) a number for each story, one of -1 is a story of its own; or the stories of several.
        is_known: (num_candidates,) whether each was read or judged.
        is_read: (num_candidates,) whether each was read.
        may_stay: (num_candidates,) which may have a line; all if not given.
        reads: Whether the reader reads the language of each of some candidates; of all if not given.
    """
    groups = stories if isinstance(stories, Groups) else groups_of(stories)
    stays = np.ones(len(scores), bool) if may_stay is None else may_stay.copy()
    line_scores, line_of = scores.copy(), np.arange(len(scores))
    of_read_story = np.zeros(len(scores), bool)
    members, group = groups.members, groups.group
    if not len(members):
        return StoryLines(line_of, stays, line_scores, members, of_read_story)
    of_members, read_members = scores[members], is_read[members]
    best = members[_best_of_each(groups, of_members, is_known[members])]
    lines = best
    # Where that one may not have the line, or was read, the stories' lines are chosen again.
    again = is_read[best] | ~stays[best]
    if again.any():
        others = members[_best_of_each(groups, of_members, stays[members], ~read_members)]
        lines = np.where(again, others, best)
        below = np.minimum(scores[best], scores[lines])
        line_scores[lines] = np.where(is_read[best], below, scores[lines])
    if reads is not None:
        legible = _legible(groups, lines, scores, stays & ~is_read & ~is_known, is_known, reads)
        line_scores[legible] = line_scores[lines]
        lines = legible
    line_of[members] = lines[group]
    stays[members] &= line_of[members] == members
    read_lines = lines[group[read_members]]
    of_read_story[read_lines[~is_read[read_lines]]] = True
    return StoryLines(line_of, stays, line_scores, members, of_read_story)


def _legible(
    groups: Groups, lines: NDArray[np.intp], scores: NDArray[np.float64], may_stand: Mask, is_known: Mask, reads: Reads
) -> NDArray[np.intp]:
    """(num_groups,) the lines, or in the place of one that the reader cannot read the best that they can."""
    is_foreign = ~is_known[lines] & ~reads(lines)
    if not is_foreign.any():
        return lines
    of_foreign = is_foreign[groups.group] & may_stand[groups.members]
    eligible = np.zeros(len(groups.members), bool)
    eligible[of_foreign] = reads(groups.members[of_foreign])
    found, chosen = np.flatnonzero(eligible), lines.copy()
    # The best of a group is written last; of equal ones the first.
    rising = found[np.lexsort((-found, scores[groups.members[found]]))]
    chosen[groups.group[rising]] = groups.members[rising]
    return chosen


def _best_of_each(groups: Groups, scores: NDArray[np.float64], *preferred: Mask) -> NDArray[np.intp]:
    """Where among the members the best of each group stands: one that is preferred, by the first mask above the others.

    Of equal ones the first is best.
    """
    firsts, group = groups.firsts, groups.group
    eligible = np.ones(len(group), bool)
    for mask in preferred:
        fits = eligible & mask
        eligible &= fits | ~np.logical_or.reduceat(fits, firsts)[group]
    own = np.where(eligible, scores, -np.inf)
    is_best = np.flatnonzero(eligible & (own == np.maximum.reduceat(own, firsts)[group]))
    return is_best[np.flatnonzero(np.diff(group[is_best], prepend=-1))]
