"""Story clusters against labels: pairwise precision and recall of `edge_runtime.content.stories`.

    python -m benchmarks.stories uci-news-aggregator.jsonl.gz

The file is the UCI News Aggregator (F. Gasparetti, CC BY 4.0) as JSON Lines with title, url, story and time. Its
stories are split in two halves by a seed; the rule was chosen on "dev" alone. Articles come in shuffled order, in
batches of 100 as feeds bring them, or all at once. The bundle's word counts are those of the embedded corpus.

The time of a row is when it was collected, and all rows of one story were collected within about a minute. So times
could give the labels away, and figures without any times stand beside.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from edge_runtime import Article, read_bundle
from edge_runtime.content.analysis import Analyst
from edge_runtime.content.stories import StoryIndex
from edge_runtime.content.titles import title_words
from edge_runtime.feeds.identity import canonical_url
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.word_counts import count_titles
from trainer.data.corpus import load_corpus

SPLIT_SEED = 0
ORDERS = 3  # in which the articles come; figures are means, those of variants of the first alone
BATCH = 100
CROWD = 1000  # unrelated headlines
THIN = 10  # articles of a story that come among them, at most
DRAWS = 2000
# Stories of two labels about one event, judged by reading their titles: Titanfall, GM's recall, Cosmos, Mt. Gox.
ONE_EVENT = (("dw0Jnf", "d8bRIS"), ("d9U18-", "d6oHu5"), ("dF8Q4z", "dZ9Dt3"), ("d85PwV", "dUtPmD"))


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article with the label of its story."""

    article: Article
    published: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Counts of pairs: of one label and one cluster, of one cluster, of one label."""

    right: float
    joined: float
    labelled: float

    @property
    def scores(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of the joined pairs."""
        precision, recall = self.right / max(self.joined, 1), self.right / max(self.labelled, 1)
        return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def read_labelled(path: Path) -> list[Labelled]:
    """The rows of the data set."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Labelled(
            Article(str(row["id"]), row["title"], url=canonical_url(row["url"])),
            datetime.fromisoformat(row["time"]),
            row["story"],
        )
        for row in rows
    ]


def halves(rows: Sequence[Labelled]) -> dict[str, list[Labelled]]:
    """Dev and test, split by story."""
    labels = sorted({row.label for row in rows})
    order = np.random.default_rng(SPLIT_SEED).permutation(len(labels))
    dev = {labels[place] for place in order[: len(labels) // 2]}
    return {
        "dev": [row for row in rows if row.label in dev],
        "test": [row for row in rows if row.label not in dev],
    }


def corpus_analyst(*, with_table: bool = True) -> Analyst:
    """The default bundle with the embedded corpus's word counts, or without any."""
    bundle = read_bundle(DEFAULT_BUNDLE)
    counts = count_titles(bundle.pieces, [article.title for article in load_corpus()]) if with_table else None
    return Analyst(replace(bundle, word_counts=counts))


def clusters(rows: Sequence[Labelled], analyst: Analyst, order: int, batch: int) -> list[str]:
    """(len(rows),) stories that the index gives, with the articles coming in a shuffled order."""
    index, names = StoryIndex(analyst.title_weights), {}
    shuffled = [rows[place] for place in np.random.default_rng(order).permutation(len(rows))]
    for begin in range(0, len(rows), batch):
        part = shuffled[begin : begin + batch]
        analyst.learn(title_words(row.article) for row in part)
        names |= index.assign([row.article for row in part], [row.published for row in part])
    return [names[row.article.article_id] for row in rows]


def count_pairs(labels: Sequence[str], found: Sequence[str]) -> Pairs:
    """Count pairs of articles in one story, by the labels, as found, and by both."""
    both = _in_groups(list(zip(labels, found, strict=True)))
    return Pairs(both, _in_groups(found), _in_groups(labels))


def count_label_pairs(rows: Sequence[Labelled], found: Sequence[str]) -> Pairs:
    """As `count_pairs`, for articles that carry a label of their own."""
    return count_pairs([row.label for row in rows], found)


def _in_groups(groups: Sequence[object]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def interval(labels: Sequence[str], found: Sequence[str]) -> list[tuple[float, float]]:
    """95 % of the precision, recall and F1 of stories drawn with replacement (bootstrap)."""
    names = {label: place for place, label in enumerate(sorted(set(labels)))}
    columns = {name: place for place, name in enumerate(sorted(set(found)))}
    table = np.zeros((len(names), len(columns)))
    for label, name in zip(labels, found, strict=True):
        table[names[label], columns[name]] += 1
    right, labelled = (table * (table - 1) / 2).sum(axis=1), table.sum(axis=1) * (table.sum(axis=1) - 1) / 2
    across = table @ table.T
    np.fill_diagonal(across, 0)
    rng, drawn = np.random.default_rng(0), []
    for _ in range(DRAWS):
        times = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names)).astype(float)
        false = times @ across @ times / 2
        drawn.append(Pairs(times @ right, times @ right + false, times @ labelled).scores)
    low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
    return list(zip(low, high, strict=True))


def without_times(rows: Sequence[Labelled]) -> list[Labelled]:
    """All of one moment."""
    return [replace(row, published=rows[0].published) for row in rows]


def with_joined_labels(rows: Sequence[Labelled]) -> list[Labelled]:
    """Labels of one event as one."""
    joined = {other: one for one, other in ONE_EVENT}
    return [replace(row, label=joined.get(row.label[:6], row.label[:6])) for row in rows]


def in_crowd(rows: Sequence[Labelled]) -> list[Labelled]:
    """At most `THIN` articles of a story, all of one moment among `CROWD` headlines that are a story each."""
    taken: Counter[str] = Counter()
    few = []
    for place in np.random.default_rng(SPLIT_SEED).permutation(len(rows)):
        row = rows[place]
        taken[row.label] += 1
        if taken[row.label] <= THIN:
            few.append(row)
    corpus = load_corpus()
    chosen = np.random.default_rng(SPLIT_SEED).choice(len(corpus), CROWD, replace=False)
    crowd = [Labelled(corpus[place], few[0].published, corpus[place].article_id) for place in chosen]
    return without_times([*few, *crowd])


def count_crowd_pairs(rows: Sequence[Labelled], found: Sequence[str]) -> Pairs:
    """Pairs with a labelled article in them: the crowd's own may well be of one story."""
    pairs = count_pairs([row.label for row in rows], found)
    return replace(pairs, joined=pairs.joined - _in_groups(found[-CROWD:]))


def measure(
    rows: Sequence[Labelled],
    batch: int,
    orders: int = 1,
    *,
    with_table: bool = True,
    count: Callable[[Sequence[Labelled], Sequence[str]], Pairs] = count_label_pairs,
) -> tuple[list[Pairs], list[str]]:
    """Pairs for each order, and the clusters of the first."""
    found = [clusters(rows, corpus_analyst(with_table=with_table), order, batch) for order in range(orders)]
    return [count(rows, names) for names in found], found[0]


def print_row(name: str, rows: Sequence[Labelled], measured: tuple[list[Pairs], list[str]], *, intervals: bool) -> None:
    """One line of the table: means over the orders, with intervals of the first order's."""
    pairs, first = measured
    means = np.mean([one.scores for one in pairs], axis=0)
    spans = interval([row.label for row in rows], first) if intervals else [None] * 3
    cells = [
        f"{mean:.3f}" + (f" [{span[0]:.3f}, {span[1]:.3f}]" if span else "")
        for mean, span in zip(means, spans, strict=True)
    ]
    joined = np.mean([one.joined for one in pairs])
    print(f"| {name} | {len(rows):,} | {joined:,.0f} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="the data set, .jsonl.gz")
    rows = read_labelled(parser.parse_args().file)
    print("| articles | number | joined pairs | precision | recall | F1 |\n| --- | --- | --- | --- | --- | --- |")
    for name, half in halves(rows).items():
        print_row(f"{name}, in batches of {BATCH}", half, measure(half, BATCH, ORDERS), intervals=True)
        print_row(f"{name}, at once", half, measure(half, len(half), ORDERS), intervals=True)
        bare = without_times(half)
        measured = measure(bare, BATCH)
        print_row(f"{name}, without times", bare, measured, intervals=False)
        joined = with_joined_labels(bare)
        again = [count_label_pairs(joined, measured[1])], measured[1]
        print_row(f"{name}, without times, labels of one event joined", joined, again, intervals=False)
        print_row(f"{name}, bundle without word counts", half, measure(half, BATCH, with_table=False), intervals=False)
        crowd = in_crowd(half)
        few = measure(crowd, BATCH, count=count_crowd_pairs)
        print_row(f"{name}, {THIN} of a story among {CROWD:,} others", crowd, few, intervals=False)


if __name__ == "__main__":
    main()
