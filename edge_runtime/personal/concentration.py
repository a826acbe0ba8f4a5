"""How much of what a reader reads is of one topic or source: who reads one thing alone need not be offered others."""

from __future__ import annotations

from collections.abc import Mapping

from edge_runtime.model.scoring import ReaderState

# Articles that a share is smoothed by: one article that was read does not make a reader of one topic.
SMOOTHED_BY = 3


def shares_of_topics(state: ReaderState, topics: Mapping[str, int]) -> dict[str, float]:
    """Smoothed share of each topic among what was read and picked; those of a share of 0 are left out.

    Args:
        state: The reader.
        topics: Name -> the bundle's number; 0 is no topic that it knows.
    """
    trust = state.topic_clicks / (state.topic_clicks + SMOOTHED_BY)
    shares = state.topic_shares.tolist()
    return {name: trust * shares[number] for name, number in topics.items() if number and shares[number]}


def shares_of_sources(opened: Mapping[str, int]) -> dict[str, float]:
    """Smoothed share of each source among the articles that were opened.

    Args:
        opened: Source -> how many of its articles were opened.
    """
    num_opened = sum(opened.values()) + SMOOTHED_BY
    return {name: count / num_opened for name, count in opened.items() if count}
