"""Why an article is where it is, in words: taken from the parts of its score, never made up beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from string import Formatter

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.article_text import text_of
from edge_runtime.model.head import ScoringHead
from edge_runtime.model.parts import PARTS, Part, Sign
from edge_runtime.model.scoring import Floats, ReaderState
from edge_runtime.personal.interests import Opinion
from edge_runtime.types import Article, Rule, RuleKind, SimilarRead, WordEffect

_QUOTE_CHARACTERS = 60
_MOST_WORDS = 64  # of a title whose effects are tried; each is a title of its own to encode
# Scripts without spaces between words give up two characters at a time.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,2}|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
# By name of a part: the one whose reason tells of it. No article owes its place to a loss.
_TOLD = {
    part.name: teller
    for part in PARTS.values()
    if part.sign is not Sign.LOSS and (teller := PARTS[part.told_with or part.name]).reason
}
_FACTS = {part.name: {fact for _, fact, _, _ in Formatter().parse(part.reason) if fact} for part in PARTS.values()}
_OVERRULING = tuple(part for part in PARTS.values() if part.overrules)


def similar_reads(
    head: ScoringHead, state: ReaderState, clicked: Sequence[Opinion], vector: Floats, most: int | None = None
) -> tuple[SimilarRead, ...]:
    """Past reads by how much they draw an article up; see `similar_to_each`."""
    return similar_to_each(head, state, clicked, vector[None], most)[0]


def similar_to_each(
    head: ScoringHead, state: ReaderState, clicked: Sequence[Opinion], vectors: Floats, most: int | None = None
) -> list[tuple[SimilarRead, ...]]:
    """Past reads by how much they draw each of some articles up.

    Args:
        head: Its sharpness says how strongly the nearest reads dominate.
        state: Its interests belong to `clicked`, row by row.
        clicked: The opinions behind the reader's interests.
        vectors: (num_articles, dim) the articles' vectors.
        most: How many to return of each; all if not given.

    Returns:
        Of each article, largest share first; the shares of all of them are the gradient of the log-mean-exp and sum
        to 1.
    """
    if not clicked:
        return [()] * len(vectors)
    exponents = state.log_weights + np.float32(head.sharpness) * (vectors @ state.interests.T)
    shares = np.exp(exponents - exponents.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    orders = np.argsort(-shares, axis=1, kind="stable")[:, :most].tolist()
    cosines = (vectors @ state.clicks.T).tolist()
    return [
        tuple(SimilarRead(clicked[i].article, of_row[i], own[i], clicked[i].is_search) for i in order)
        for order, of_row, own in zip(orders, cosines, shares.tolist(), strict=True)
    ]


def also_opened(state: ReaderState, clicked: Sequence[Opinion], article: Article, warm: Floats) -> Article | None:
    """The past read whose readers are most likely to have opened an article too.

    Args:
        state: Its warm clicks belong to `clicked`, row by row.
        clicked: The opinions behind the reader's interests.
        article: The article itself, which is none of its own reasons.
        warm: (warm_dim,) its place among other readers' clicks.

    Returns:
        None if no past read lies on the article's side of the clicks, as when it is not warm or none of them is.
    """
    if not warm.any():
        return None
    others = np.array([event.article.article_id != article.article_id for event in clicked], bool)
    similarity = np.where(others, state.warm @ warm, np.float32(0))
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
    follows: Sequence[Rule] = (),
    topic: str | None = None,
) -> str:
    """The part that lifts this article most above the feed's average, as a sentence.

    Args:
        article: The article itself.
        parts: Its named parts.
        typical: Mean of each part over the feed.
        similar: Its most similar past reads, best first; may be empty.
        picked_topics: Topics that the reader asked for.
        also: The past read whose readers opened it too, from `also_opened`.
        follows: The reader's rules that are about it; of texts the one that it is nearest to is first.
        topic: The one to speak of; the article's category if not given.
    """
    topic = article.category if topic is None else topic
    for part in _OVERRULING:
        if parts.get(part.name, 0.0) < 0:
            return part.reason
    nearest = similar[0] if similar else None
    facts = {
        "topic": topic or "this topic",
        "source": article.source,
        "follows": ", ".join(rule.value for rule in follows if rule.kind is not RuleKind.TEXT),
        "wish": _shortened(next((rule.value for rule in follows if rule.kind is RuleKind.TEXT), "")),
        "read": _quoted(nearest.article) if nearest else "",
        "also": _quoted(also) if also else "",
    }
    strongest = _strongest(parts, typical, frozenset(fact for fact, value in facts.items() if not value))
    if strongest is None:
        return "Nothing stands out for it: shown by score"
    if nearest and nearest.is_search and "read" in _FACTS[strongest.name]:
        return f"You searched “{nearest.article.title}”"
    if strongest.name == "topic" and topic.strip().casefold() in picked_topics:
        return f"You asked for {facts['topic']}"
    if strongest.name == "topic" and not nearest:
        return f"Readers often open {facts['topic']}"
    return strongest.reason.format(**facts)


def _strongest(parts: Mapping[str, float], typical: Mapping[str, float], missing: frozenset[str]) -> Part | None:
    """The part that lifts an article most above the average and whose reason can be told without the missing facts."""
    lifts: dict[str, float] = {}
    for name, teller, is_told_above_zero in _told_without(missing):
        value = parts.get(name)
        if value is not None and (value > 0 or not is_told_above_zero):
            lifts[teller] = lifts.get(teller, 0.0) + value - typical.get(name, 0.0)
    strongest = max(lifts, key=lambda name: lifts[name], default="")
    return PARTS[strongest] if lifts.get(strongest, 0.0) > 0 else None


@lru_cache(maxsize=64)
def _told_without(missing: frozenset[str]) -> tuple[tuple[str, str, bool], ...]:
    """The parts that can be told without some facts: name, the part that tells of it, whether only above zero."""
    return tuple(
        (name, teller.name, teller.is_told_above_zero)
        for name, teller in _TOLD.items()
        if _FACTS[teller.name].isdisjoint(missing)
    )


def word_effects(
    article: Article, scores_of: Callable[[Sequence[Article]], NDArray[np.float64]]
) -> tuple[WordEffect, ...]:
    """What each word of the title did to the score: the score as it is, less the score without the word.

    Args:
        article: Only its title's first words are tried; without a title there are none.
        scores_of: Gives the scores of the article with other titles.

    Returns:
        One a word, largest effect first, whether up or down.
    """
    words = list(islice(_WORD.finditer(article.title), _MOST_WORDS))
    titles = [article.title[: word.start()] + article.title[word.end() :] for word in words]
    # A blank title stays a title: the abstract must not step in.
    variants = [replace(article, title=title if title.strip() else " ") for title in titles]
    if not variants:
        return ()
    full, *without = scores_of([article, *variants])
    effects = [WordEffect(word.group(), float(full - score)) for word, score in zip(words, without, strict=True)]
    return tuple(sorted(effects, key=lambda word: -abs(word.effect)))


def _quoted(article: Article) -> str:
    return _shortened(text_of(article))


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTE_CHARACTERS else text[: _QUOTE_CHARACTERS - 1].rstrip() + "…"
