"""Sources and copies: who publishes each article of the newsroom, and who publishes it once more in other words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

import numpy as np

from edge_runtime.types import Article
from trainer.data.newsroom import SHOWN_FOR_QUALITY, START, Newsroom

SOURCE_NAMES = tuple(
    f"{place} {paper}"
    for paper, place in product(
        ("Herald", "Post", "Daily", "Observer", "Wire"),
        ("Northfield", "Harbor", "Lakeside", "Summit", "Riverton", "Meridian"),
    )
)  # none of them exists
SOURCE_LEAN = 1.0  # spread of the log of how much more a source writes about a topic than others do
COPIED_SHARE = 0.15  # of the articles
MOST_COPIES = 3
COPY_DELAY_S = 3 * 3600  # mean
FIRST_COPY_S, LAST_COPY_S = 300, 12 * 3600


@dataclass(frozen=True, slots=True)
class Press:
    """All articles and their copies, oldest first; a row number names one in every array."""

    newsroom: Newsroom  # copies are articles of their own, with the topic, words and quality of what they copy
    stories: np.ndarray  # (num_articles,) int64: the same for an article and its copies; the truth, not for policies
    sources: np.ndarray  # (num_articles,) int64, place in SOURCE_NAMES
    source_shares: np.ndarray  # (num_sources,) of what is written, copies left out, whatever the topic; sums to 1


def open_press(newsroom: Newsroom, rng: np.random.Generator) -> Press:
    """Give every article a source, and copies of some to others.

    Sizes of sources fall as one over the rank (Zipf). A copy comes out up to LAST_COPY_S after the original, with its
    abstract and a title that `reworded` has changed.
    """
    num_sources, num_topics = len(SOURCE_NAMES), len(newsroom.topic_shares)
    sizes = 1 / np.arange(1, num_sources + 1)
    weights = sizes * np.exp(SOURCE_LEAN * rng.normal(size=(num_topics, num_sources)))
    weights /= weights.sum(axis=1, keepdims=True)
    up_to = np.cumsum(weights, axis=1)[newsroom.topics]
    first_sources = np.minimum((up_to < rng.random((len(up_to), 1))).sum(axis=1), num_sources - 1)

    originals, copiers, delays_s = _draw_copies(first_sources, sizes, rng)
    titles = [article.title for article in newsroom.articles]
    titles += [reworded(titles[row], SOURCE_NAMES[at], rng) for row, at in zip(originals, copiers, strict=True)]
    originals, source = np.concatenate([np.arange(len(up_to)), originals]), np.concatenate([first_sources, copiers])
    published_s = newsroom.published_s[originals]
    published_s[len(up_to) :] += delays_s
    order = np.argsort(published_s, kind="stable")
    originals = originals[order]
    quality = newsroom.quality[originals]
    with_copies = replace(
        newsroom,
        articles=tuple(
            _published(newsroom.articles[original], number, titles[place], SOURCE_NAMES[source[place]], at_s)
            for number, (original, place, at_s) in enumerate(
                zip(originals, order, published_s[order].tolist(), strict=True)
            )
        ),
        published_s=published_s[order],
        topics=newsroom.topics[originals],
        title_words=newsroom.title_words[originals],
        quality=quality,
        reach=np.concatenate([[0.0], np.cumsum(np.exp(SHOWN_FOR_QUALITY * quality))]),
    )
    return Press(with_copies, originals, source[order], weights.T @ newsroom.topic_shares)


def _draw_copies(
    first_sources: np.ndarray, sizes: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is copied, by which source, and how many seconds later; each (num_copies,) int64."""
    counts = (rng.random(len(first_sources)) < COPIED_SHARE) * rng.integers(1, MOST_COPIES + 1, len(first_sources))
    originals = np.repeat(np.arange(len(counts)), counts)
    # The first of each row in random order, large sources sooner; the article's own never.
    keys = np.log(sizes) + rng.gumbel(size=(len(counts), len(sizes)))
    keys[np.arange(len(counts)), first_sources] = -np.inf
    others = np.argsort(-keys, axis=1)
    nth = np.arange(len(originals)) - np.repeat(np.cumsum(counts) - counts, counts)
    late_s = rng.exponential(COPY_DELAY_S, len(originals)).astype(np.int64)
    return originals, others[originals, nth], np.clip(late_s, FIRST_COPY_S, LAST_COPY_S)


def reworded(title: str, source: str, rng: np.random.Generator) -> str:
    """A title as another source prints it: a word less, two neighbours swapped, its name behind, or two of these."""
    words = title.split()
    for change in rng.choice(3, rng.integers(1, 3), replace=False):
        if change == 0:
            words += ["-", source]
        elif change == 1 and len(words) > 3:
            del words[rng.integers(len(words))]
        elif len(words) > 3:
            place = rng.integers(len(words) - 1)
            words[place : place + 2] = words[place : place + 2][::-1]
    changed = " ".join(words)
    return changed if changed != title else f"{title} - {source}"


def _published(original: Article, number: int, title: str, source: str, at_s: int) -> Article:
    """With an id that says nothing: neither that it is a copy, nor that a bundle has seen it."""
    article_id, site = f"a{number:05d}", source.replace(" ", "-").lower()
    return replace(
        original,
        article_id=article_id,
        title=title,
        source=source,
        url=f"https://{site}.example/{article_id}",
        published=START + timedelta(seconds=at_s),
    )
