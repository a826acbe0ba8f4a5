"""Which words of what a reader clicked decide that reader's list, before compression and after: words left out.

A word is left out of all clicked titles that have it, and the list is scored again (erasure: Zeiler and Fergus, ECCV
2014; Li, Monroe and Jurafsky, arXiv 1612.08220). Its importance is the root of the mean square of what the candidates'
scores change by, the mean change taken away: what moves all of a list alike moves no position in it. Words, not
pieces, are left out, so that two vocabularies can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from edge_runtime import Article
from edge_runtime.model.article_text import text_of
from edge_runtime.model.tokens import split_words
from trainer.data.dataset import Impressions, Ragged
from trainer.measure.evaluation import score_bundle
from trainer.measure.metrics import Floats

TOP = 10
USUAL_CLICKS = 20  # the reader is the one whose history is nearest to it
LEAST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Word:
    """What a word counts in two models."""

    text: str
    before: float
    after: float
    position_before: int  # 1: the most important
    position_after: int


@dataclass(frozen=True, slots=True)
class ReaderWords:
    """One reader of dev and one list."""

    clicks: int  # titles in the history
    shown: int  # candidates of the list
    num_words: int  # different ones in the history
    words: tuple[Word, ...]  # the TOP of both models, by importance before
    shared: int  # of the two TOP
    correlation: float  # Spearman's, of the importance of all words
    title_words: tuple[Word, ...]  # of the list's best article before: the score it gains by each; the best one first


def usual_list(dev: Impressions) -> int:
    """The first list with something to rank whose reader had clicked about USUAL_CLICKS times before."""
    fits = dev.comparable() & (dev.candidates.lengths() >= LEAST_SHOWN)
    distance = np.abs(dev.history.lengths() - USUAL_CLICKS)
    return int(np.argmin(np.where(fits, distance, np.iinfo(np.int64).max)))


def reader_words(before: Path, after: Path, articles: Sequence[Article], dev: Impressions) -> ReaderWords:
    """Compare what two bundles hear of one reader.

    Args:
        before: A bundle.
        after: The other.
        articles: Named by the rows of `dev`.
        dev: One of its lists is taken, by `usual_list`.
    """
    number = usual_list(dev)
    clicked = _plain_titles([articles[row] for row in dev.history[number]])
    shown = _plain_titles([articles[row] for row in dev.candidates[number]])
    words = words_of(clicked)
    histories = [clicked, *([without(article, word) for article in clicked] for word in words)]
    scores = [_score(bundle, [(history, shown) for history in histories], dev, number) for bundle in (before, after)]
    ours, theirs = (dict(zip(words, (moved_apart(one[0], each) for each in one[1:]), strict=True)) for one in scores)
    best = int(np.argmax(scores[0][0]))
    in_title = words_of([shown[best]])
    lists = [[*shown[:best], without(shown[best], word), *shown[best + 1 :]] for word in in_title]
    changed = [_score(bundle, [(clicked, each) for each in lists], dev, number) for bundle in (before, after)]
    gains = [
        {word: float(full[0][best] - each[best]) for word, each in zip(in_title, one, strict=True)}
        for full, one in zip(scores, changed, strict=True)
    ]
    top, top_after = (set(list(_positions(one))[:TOP]) for one in (ours, theirs))
    return ReaderWords(
        clicks=len(clicked),
        shown=len(shown),
        num_words=len(words),
        words=_side_by_side(ours, theirs, top | top_after),
        shared=len(top & top_after),
        correlation=_spearman(ours, theirs),
        title_words=_side_by_side(gains[0], gains[1], set(in_title)),
    )


def words_of(articles: Sequence[Article]) -> list[str]:
    """The different words of some titles, in the order of appearance."""
    return list(dict.fromkeys(word for article in articles for word in split_words(article.title)))


def without(article: Article, word: str) -> Article:
    """The article, a word left out of its title wherever it stands there."""
    words = split_words(article.title)
    return replace(article, title=" ".join(each for each in words if each != word)) if word in words else article


def moved_apart(full: Floats, left_out: Floats) -> float:
    """The importance of what was left out: see the module.

    Args:
        full: (num_candidates,) scores of a list.
        left_out: Its scores without the word.
    """
    change = full - left_out
    return float(np.sqrt(np.mean(np.square(change - change.mean()))))


def _plain_titles(articles: Sequence[Article]) -> list[Article]:
    """Articles whose title is the text that is read, word by word."""
    return [replace(article, title=" ".join(split_words(text_of(article))), abstract="") for article in articles]


def _score(
    bundle: Path, lists: Sequence[tuple[Sequence[Article], Sequence[Article]]], dev: Impressions, number: int
) -> list[Floats]:
    """Scores of lists, each given as history and candidates, at the time of one list of dev."""
    rows: dict[Article, int] = {}

    def joined(parts: Sequence[Sequence[Article]]) -> Ragged:
        values = [rows.setdefault(article, len(rows)) for part in parts for article in part]
        return Ragged(np.array(values, np.int32), np.cumsum([0, *map(len, parts)]))

    history, candidates = (joined(side) for side in zip(*lists, strict=True))
    asked = Impressions(
        ids=[dev.ids[number]] * len(lists),
        users=np.full(len(lists), dev.users[number]),
        times=np.full(len(lists), dev.times[number]),
        history=history,
        candidates=candidates,
        clicked=np.zeros(len(candidates.values), bool),
    )
    return np.split(score_bundle(bundle, list(rows), asked, lambda done: None), candidates.offsets[1:-1])


def _positions(importance: Mapping[str, float]) -> dict[str, int]:
    """Positions from 1, in their order; of equal words the one that appears first stands before."""
    order = sorted(importance, key=lambda word: -importance[word])
    return {word: position for position, word in enumerate(order, start=1)}


def _side_by_side(before: Mapping[str, float], after: Mapping[str, float], chosen: set[str]) -> tuple[Word, ...]:
    ours, theirs = _positions(before), _positions(after)
    return tuple(Word(word, before[word], after[word], ours[word], theirs[word]) for word in ours if word in chosen)


def _spearman(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    if len(before) < 2:
        return float("nan")
    return float(spearmanr(list(before.values()), [after[word] for word in before]).statistic)
