"""The feed's order: what is left out and why, one article a story, then a mixed list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_runtime.errors import Notice
from edge_runtime.personal.seats import seated
from edge_runtime.personal.selection import WINDOW, VarietySettings, arrange
from edge_runtime.personal.story_lines import Reads, StoryLines, one_of_each_story
from edge_runtime.sentences import Sentence, msgid
from edge_runtime.storage.cached_rows import CachedRows

_SAME_STORY = msgid("same story as “{title}”")
_SAME_STORY_KNOWN = msgid("same story as “{title}”, which you read or judged")
TOLD_LIFT = 0.1  # score; below it two articles are as good as each other


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the reader wants of the order, beside what scores say."""

    muted: Mapping[int, Notice] = field(default_factory=dict)  # places that are left out, with the reason
    # Of each followed source or word, the places of what is new about it.
    follows: Sequence[NDArray[np.intp]] = ()
    rare: NDArray[np.intp] | None = None  # places of what is new of sources that write seldom
    # (num_articles,) which of them the feed may show; all if not given. Stories are those of the whole cache.
    listed: NDArray[np.bool_] | None = None
    reads: Reads | None = None  # whether the reader reads the language of the article at each of some places


@dataclass(frozen=True, slots=True)
class FeedOrder:
    """Places of cached articles, and of those that are left out."""

    places: NDArray[np.intp]  # best first
    rows: CachedRows
    muted: Mapping[int, Notice]
    lines: StoryLines
    is_known: NDArray[np.bool_]  # (num_articles,) read or judged
    lifts: NDArray[np.float64]  # (num_articles,) by how much more score the best one below was passed over for each
    seated: Collection[int]  # places that are in sight for what they are about, whatever they score
    followed: Collection[int]  # those of them that the reader follows

    def is_for_variety(self, place: int) -> bool:
        """Whether a place in the feed stands above one that scores clearly higher, for the sake of variety alone."""
        return bool(self.lifts[place] >= TOLD_LIFT)

    def is_for_follow(self, place: int) -> bool:
        """Whether a place in the feed is among the first because the reader follows its source, a word or a text."""
        return place in self.followed

    def same_story(self, place: int) -> list[int]:
        """Of a place in the feed: the others of its story."""
        members = self.lines.members
        return [other for other in members[self.lines.line_of[members] == place].tolist() if other != place]

    def is_of_read_story(self, place: int) -> bool:
        """Whether a place in the feed is not read, though another one of its story is."""
        return bool(self.lines.of_read_story[place])

    def hidden(self) -> dict[int, Notice]:
        """What is left out, with the reason."""
        hidden = dict(self.muted)
        lines, members = self.lines.line_of, np.sort(self.lines.members)
        for place in members[lines[members] != members].tolist():
            line = int(lines[place])
            template = _SAME_STORY_KNOWN if self.is_known[line] else _SAME_STORY
            hidden[place] = Notice(Sentence(template, title=self.rows.titles[line]))
        return hidden


def order_feed(
    rows: CachedRows,
    scores: NDArray[np.float64],
    is_known: NDArray[np.bool_],
    is_read: NDArray[np.bool_],
    wishes: Wishes,
    k: int,
    settings: VarietySettings,
) -> FeedOrder:
    """Order the cache for a reader.

    Args:
        rows: The cache.
        scores: (num_articles,) higher is better.
        is_known: (num_articles,) read or judged.
        is_read: (num_articles,) read.
        wishes: Of the reader.
        k: How many places to give; all if there are fewer.
        settings: How mixed the feed is.
    """
    stories, listed = rows.stories.groups(), wishes.listed
    may_stay = np.ones(len(scores), bool) if listed is None else listed.copy()
    if wishes.muted:
        is_muted = np.zeros(len(scores), bool)
        is_muted[list(wishes.muted)] = True
        may_stay &= ~is_muted
        # What is left out has no say in its story.
        stories = stories.without(is_muted)
    lines = one_of_each_story(scores, stories, is_known, is_read, may_stay, wishes.reads)
    line_scores = np.where(lines.stays, lines.scores, -np.inf)
    # Of fewer the first are the same.
    arranged = arrange(line_scores, rows.vectors, rows.topics, rows.sources, max(k, WINDOW), settings)
    lifts = np.zeros(len(scores))
    lifts[arranged.places] = arranged.lifts
    may_be_seated = lines.stays & ~is_known & ~lines.of_read_story
    faces = [np.unique(lines.line_of[places]) for places in wishes.follows]
    wanted = [face[may_be_seated[face]] for face in faces]
    followed = {place for face in wanted for place in face.tolist()}
    if wishes.rare is not None:
        wanted.append(wishes.rare[may_be_seated[wishes.rare]])
    places, in_sight = seated(arranged.places, line_scores, wanted)
    lifts[list(in_sight)] = 0.0
    return FeedOrder(places[:k], rows, wishes.muted, lines, is_known, lifts, in_sight, in_sight & followed)
