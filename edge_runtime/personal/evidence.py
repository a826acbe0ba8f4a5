"""What the profile holds that a reason may name: how often the reader opened what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edge_runtime.sentences import Sentence

OFTEN = 3  # articles that were opened
# What an opened article counts for a topic that the text told, and not its feed. A wrong guess is wrong again for the
# next article of its kind, so it takes many.
OPEN_OF_TOLD = 0.25
OFTEN_SHARE = 0.1  # of all that were opened


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the reader did and asked for, in numbers."""

    opened_of_topic: Mapping[int, float]  # of the latest articles, those that were opened, by the bundle's topic number
    opened_of_source: Mapping[str, int]  # of all articles
    opened_from_lists: int  # articles that were opened or liked, as often as lists showed them
    picks: frozenset[int]  # numbers of the topics that the reader asked for
    reads: int  # of the articles that interests are made of, those that were opened
    searches: int  # among the interests

    def is_topic_read_often(self, topic: int) -> bool:
        """Whether the reader often opened a topic; of topic 0, the unknown one, nobody can say so."""
        return topic > 0 and _is_often(self.opened_of_topic.get(topic, 0), sum(self.opened_of_topic.values()))

    def is_source_opened_often(self, source: str) -> bool:
        """Whether the reader often opened what a source published."""
        return bool(source) and _is_often(self.opened_of_source.get(source, 0), sum(self.opened_of_source.values()))


def nearness_meanings(evidence: Evidence) -> dict[str, str]:
    """What the parts of nearness say of a reader who has opened nothing; nothing else than usual of others."""
    if evidence.reads:
        return {}
    if evidence.searches:
        return {
            "interest": Sentence("near to something you searched"),
            "average": Sentence("near to all that you searched"),
            "session": Sentence("near to what you searched just now"),
        }
    return {
        "interest": Sentence("near to something you liked or saved"),
        "average": Sentence("near to all that you liked or saved"),
        "session": Sentence("near to what you liked or saved just now"),
    }


def _is_often(times: float, in_all: float) -> bool:
    return times >= OFTEN and times >= OFTEN_SHARE * in_all
