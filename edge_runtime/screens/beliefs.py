"""What the reader reads, as the device sees it: topics over the weeks, and sources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge_runtime import Event, Signal, Wording
from edge_runtime.screens.reading import Reading

MOST_WEEKS, LEAST_WEEKS = 12, 4
MOST_TOPICS = 6
MOST_SOURCES = 6
OTHERS = -1  # colour of what is not named
WANTED = (Signal.OPEN, Signal.LIKE, Signal.SAVE, Signal.SHARE)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share of what was read."""

    words: str
    share: str
    bar: float  # 0 to 1
    colour: int = OTHERS  # place in `Theme.badges`, or OTHERS


@dataclass(frozen=True, slots=True)
class BeliefsPage:
    """The words and numbers of the page."""

    weeks: tuple[tuple[float, ...], ...]  # oldest first; of each the shares of `topics`, which sum to 1 or are all 0
    first_week: str
    last_week: str
    topics: tuple[ShareRow, ...]  # most read first, then all others as one
    sources: tuple[ShareRow, ...]  # most read first
    about: str


def beliefs_page(session: Reading, now: datetime) -> BeliefsPage:
    """What the events of the last weeks tell."""
    reader = session.reader
    events = [
        event for event in reader.profile().events if event.signal in WANTED and event.at > now - MOST_WEEKS * WEEK
    ]
    return page_of(events, reader.topics_of([event.article for event in events]), now, session.tr)


def page_of(events: Sequence[Event], topics: Sequence[str], now: datetime, tr: Wording) -> BeliefsPage:
    """The page for some events.

    Args:
        events: Of WANTED, newest first, none older than MOST_WEEKS.
        topics: Of each.
        now: The last week ends here.
        tr: Says it.
    """
    read = {(week_of(event.at, now), event.article.article_id): n for n, event in enumerate(events)}
    counts = Counter(topics[n] for n in read.values())
    named = [topic for topic, _ in counts.most_common() if topic][:MOST_TOPICS]
    num_weeks = max(LEAST_WEEKS, *(week + 1 for week, _ in read), 0) if read else 0
    by_week = [Counter[str]() for _ in range(num_weeks)]
    for (week, _), n in read.items():
        by_week[week][topics[n] if topics[n] in named else ""] += 1
    total = len(read)
    rows = [*named, ""] if sum(counts[topic] for topic in named) < total else named
    in_words = {topic: tr.topic(topic) if topic else tr("All others") for topic in rows}
    of_topics = {topic: sum(week[topic] for week in by_week) for topic in rows}
    sources = Counter(tr.line(events[n].article.source) for n in read.values())
    most = max(sources.values(), default=1)
    return BeliefsPage(
        weeks=tuple(tuple(week[topic] / max(week.total(), 1) for topic in rows) for week in reversed(by_week)),
        first_week=tr.date((now - num_weeks * WEEK).astimezone()),
        last_week=tr.date(now.astimezone()),
        topics=tuple(
            ShareRow(
                in_words[topic],
                f"{of_topics[topic] / total:.0%}",
                of_topics[topic] / max(of_topics.values()),
                place if topic else OTHERS,
            )
            for place, topic in enumerate(rows)
        ),
        sources=tuple(
            ShareRow(source or tr("No source"), f"{number / total:.0%}", number / most)
            for source, number in sources.most_common(MOST_SOURCES)
        ),
        about=tr.count(
            "One story that you opened, liked, saved or shared in the last weeks.",
            "{number} stories that you opened, liked, saved or shared in the last weeks.",
            total,
        )
        if total
        else "",
    )


def week_of(at: datetime, now: datetime) -> int:
    """How many whole weeks ago; 0 also for what a wrong clock put into the future."""
    return max(0, (now - at) // WEEK)
