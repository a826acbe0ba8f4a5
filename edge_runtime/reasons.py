"""Why an article is where it is, in words: taken from the parts of its score, never made up beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from edge_runtime.head import ScoringHead
from edge_runtime.ranking import Floats, ReaderState
from edge_runtime.types import Article, Event, SimilarRead

_QUOTE_CHARACTERS = 60


def similar_reads(
    head: ScoringHead, reader: ReaderState, clicked: Sequence[Event], vector: Floats
) -> tuple[SimilarRead, ...]:
    """Past reads by how much they draw an article up.

    Args:
        head: Its sharpness says how strongly the nearest reads dominate.
        reader: Its interests belong to `clicked`, row by row.
        clicked: The events behind the reader's interests.
        vector: (dim,) the article's vector.

    Returns:
        All of them, largest share first; the shares are the gradient of the log-mean-exp and sum to 1.
    """
    if not clicked:
        return ()
    similarity = reader.interests @ vector
    exponents = reader.log_weights + np.float32(head.sharpness) * similarity
    shares = np.exp(exponents - exponents.max())
    shares /= shares.sum()
    cosines = reader.clicks @ vector
    order = np.argsort(-shares, kind="stable")
    return tuple(SimilarRead(clicked[i].article, float(cosines[i]), float(shares[i])) for i in order)


def also_opened(reader: ReaderState, clicked: Sequence[Event], article: Article, warm: Floats) -> Article | None:
    """The past read whose readers are most likely to have opened an article too.

    Args:
        reader: Its warm clicks belong to `clicked`, row by row.
        clicked: The events behind the reader's interests.
        article: The article itself, which is none of its own reasons.
        warm: (warm_dim,) its place among other readers' clicks.

    Returns:
        None if no past read lies on the article's side of the clicks, as when it is not warm or none of them is.
    """
    others = np.array([event.article.article_id != article.article_id for event in clicked], bool)
    similarity = np.where(others, reader.warm @ warm, np.float32(0))
    if not (similarity > 0).any():
        return None
    return clicked[int(np.argmax(similarity))].article


def reason_line(
    article: Article,
    parts: Mapping[str, float],
    typical: Mapping[str, float],
    similar: Sequence[SimilarRead],
    picked_topics: Collection[str],
    also: Article | None,
) -> str:
    """The part that lifts this article most above the feed's average, as a sentence.

    Args:
        article: The article itself.
        parts: Its named parts.
        typical: Mean of each part over the feed.
        similar: Its most similar past reads, best first; may be empty.
        picked_topics: Topics that the reader asked for.
        also: The past read whose readers opened it too, from `also_opened`.
    """
    if parts["already read"] < 0:
        return "You have read this"
    lift = {name: value - typical[name] for name, value in parts.items() if name != "already read"}
    lift["interest"] += lift.pop("average")  # both say "like what you read"
    if not similar:
        del lift["interest"]
    if parts["popularity"] <= 0:  # without counts an article may stand above unpopular ones
        del lift["popularity"]
    if also is None or parts["co_clicks"] <= 0:  # nor does it above ones that such readers pass over
        del lift["co_clicks"]
    strongest = max(lift, key=lambda name: lift[name])
    if strongest == "disliked" or lift[strongest] <= 0:
        return "Nothing stands out for it: shown by score"
    if strongest == "interest":
        return f"Like “{_quoted(similar[0].article)}”, which you read"
    if strongest == "co_clicks" and also is not None:
        return f"Readers of “{_quoted(also)}” opened it too"
    if strongest == "topic":
        topic = article.category or "this topic"
        if article.category.strip().casefold() in picked_topics:
            return f"You asked for {topic}"
        return f"You often read {topic}" if similar else f"Readers often open {topic}"
    return {
        "prior": "The kind of headline that readers open",
        "freshness": "New",
        "popularity": "Many readers open it",
    }[strongest]


def _quoted(article: Article) -> str:
    title = article.title or article.abstract
    return title if len(title) <= _QUOTE_CHARACTERS else title[: _QUOTE_CHARACTERS - 1].rstrip() + "…"
