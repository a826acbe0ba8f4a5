"""Stories as rows of a list: what each says, and what changed between two rankings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zlib import crc32

from edge_runtime import Article, Wording
from edge_runtime.screens.marks import Marks

FIRST_ROWS = 16  # dealt at first; dealing rows is what costs in Kivy, not scrolling them
MORE_ROWS = 16  # dealt whenever the end comes near
AHEAD = 80  # ranked beyond what is dealt
NUM_COLOURS = 8  # of `Theme.badges`
UNKNOWN = Marks()


@dataclass(frozen=True, slots=True)
class StoryRow:
    """What one card of a list shows."""

    article_id: str
    title: str
    source: str
    badge: str  # first letter of the source
    badge_colour: int  # of the source, 0 to NUM_COLOURS - 1
    meta: str  # age and topic
    reason: str  # "" where the row above says the same, or nothing is to be said
    marks: Marks = UNKNOWN
    unfold: str = ""  # says how many articles of its story the list leaves out, if any
    image: str = ""  # web address
    topic: str = ""  # as its publisher or the device names it
    url: str = ""  # where it can be read, http or https; "" for nowhere


def story_rows(
    articles: Sequence[Article],
    marks: Mapping[str, Marks],
    now: datetime,
    tr: Wording,
    notes: Sequence[str] = (),
    others: Sequence[int] = (),
) -> list[StoryRow]:
    """The cards of a list; a note that repeats the one above it is not shown again.

    Args:
        articles: In their order.
        marks: By article id.
        now: Ages are counted up to it.
        tr: Says it.
        notes: Why each is here, or none at all.
        others: How many of each one's story are left out, or none at all.
    """
    rows: list[StoryRow] = []
    said = ""
    for place, article in enumerate(articles):
        note = tr.sentence(notes[place]) if notes else ""
        source = tr.line(article.source)
        rows.append(
            StoryRow(
                article_id=article.article_id,
                title=title_of(article, tr),
                source=source,
                badge=source[:1].upper() or "·",
                badge_colour=crc32(source.encode()) % NUM_COLOURS,
                meta=tr.joined(tr.age(article.published, now), tr.topic(article.category)),
                reason=tr.line(f"{note[:1].upper()}{note[1:]}") if note != said else "",
                marks=marks.get(article.article_id, UNKNOWN),
                unfold=_unfold(others[place], tr) if others else "",
                image=article.image,
                topic=article.category,
                url=article.url if article.url.startswith(("http://", "https://")) else "",
            )
        )
        said = note
    return rows


def _unfold(others: int, tr: Wording) -> str:
    return tr.count("{number} more reports it", "{number} more report it", others) if others else ""


def title_of(article: Article, tr: Wording) -> str:
    """What to call an article: its title, else how its text begins."""
    return tr.line(article.title) or tr.line(article.abstract) or tr("No title")


def marked(row: StoryRow, marks: Marks) -> StoryRow:
    """The row with other marks."""
    return row if row.marks == marks else replace(row, marks=marks)


def num_moved(shown: Sequence[StoryRow], ranked: Sequence[StoryRow]) -> int:
    """How many of the shown places would hold another story in the new ranking."""
    return sum(before.article_id != after.article_id for before, after in zip(shown, ranked, strict=False))


def rows_to_show(num_shown: int, num_ranked: int, *, end_is_near: bool) -> int:
    """How many rows the list should hold: the first page, then one more page whenever its end is near."""
    if num_shown == 0:
        return min(FIRST_ROWS, num_ranked)
    return min(num_shown + MORE_ROWS * end_is_near, num_ranked)
