"""The embedded demo corpus: real headlines under an open licence, cut to a balanced 6,000.

Source: News Category Dataset, Rishabh Misra, CC BY 4.0, articles (c) HuffPost; see NOTICE. Rebuild both packaged
files, byte for byte, with `python -m trainer.data.corpus SOURCE OUT DEMO_OUT`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime import Article

CORPUS_FILE = Path(__file__).with_name("headlines") / "articles.jsonl.gz"
SAMPLES_FILE = Path(__file__).with_name("headlines") / "samples_zh.jsonl"  # our own words, CC0

SEED = 7
MAX_PER_TOPIC = 900  # the source is one third politics
MAX_ABSTRACT = 200  # characters
DEMO_NEWEST = 155
DEMO_PER_TOPIC = 4

_TOPICS = {
    "business": ("BUSINESS", "MONEY"),
    "comedy": ("COMEDY",),
    "communities": ("BLACK VOICES", "LATINO VOICES", "QUEER VOICES"),
    "crime": ("CRIME",),
    "culture": ("ARTS", "ARTS & CULTURE", "CULTURE & ARTS"),
    "entertainment": ("ENTERTAINMENT",),
    "environment": ("ENVIRONMENT", "GREEN"),
    "food": ("FOOD & DRINK", "TASTE"),
    "health": ("HEALTHY LIVING", "WELLNESS"),
    "home": ("DIVORCE", "FIFTY", "HOME & LIVING", "WEDDINGS"),
    "media": ("MEDIA",),
    "parenting": ("PARENTING", "PARENTS"),
    "politics": ("POLITICS",),
    "religion": ("RELIGION",),
    "science and technology": ("SCIENCE", "TECH"),
    "society": ("COLLEGE", "EDUCATION", "GOOD NEWS", "IMPACT"),
    "sports": ("SPORTS",),
    "style": ("STYLE", "STYLE & BEAUTY"),
    "travel": ("TRAVEL",),
    "us news": ("U.S. NEWS",),
    "weird news": ("WEIRD NEWS",),
    "women": ("WOMEN",),
    "world news": ("THE WORLDPOST", "WORLD NEWS", "WORLDPOST"),
}
TOPIC_OF = {label: topic for topic, labels in _TOPICS.items() for label in labels}


def load_corpus() -> list[Article]:
    """The packaged headlines, oldest first."""
    return read_articles(CORPUS_FILE)


def build_corpus(source: Path, out: Path, seed: int = SEED, most_per_topic: int = MAX_PER_TOPIC) -> Counter[str]:
    """Choose some articles of each topic from the News Category Dataset; the same seed, the same bytes.

    Args:
        source: The dataset, JSON Lines with gzip: date, category, headline, short_description, link.
        out: Where the chosen articles go, oldest first (`articles.jsonl` rows with gzip).
        seed: Chooses within the topics that have too many.
        most_per_topic: More are too many.

    Returns:
        How many articles each topic has.

    Raises:
        ValueError: A category that no topic takes, or two links with one article id.
    """
    by_topic: dict[str, list[Article]] = defaultdict(list)
    titles: set[str] = set()
    links: dict[str, str] = {}
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            article = huffpost_article(json.loads(line), f"{source}:{number}")
            if not article.title or not article.abstract or article.title.casefold() in titles:
                continue
            if article.article_id in links:
                raise ValueError(
                    f"{source}:{number}: {article.url} and {links[article.article_id]} share the id "
                    f"{article.article_id}; take a longer hash in trainer/data/corpus.py"
                )
            titles.add(article.title.casefold())
            links[article.article_id] = article.url
            by_topic[article.category].append(article)
    rng = random.Random(seed)
    chosen: list[Article] = []
    for topic in sorted(by_topic):
        of_topic = sorted(by_topic[topic], key=age)
        chosen += rng.sample(of_topic, min(most_per_topic, len(of_topic)))
    write_articles(out, sorted(chosen, key=age))
    return Counter(article.category for article in chosen)


def build_demo(corpus: Path, samples: Path, out: Path) -> int:
    """Cut the articles that ship with the runtime: the newest, some of every topic, and the Chinese samples.

    Returns:
        How many articles were written.
    """
    newest_first = read_articles(corpus)[::-1]
    chosen = newest_first[:DEMO_NEWEST]
    count = Counter(article.category for article in chosen)
    for article in newest_first[DEMO_NEWEST:]:
        if count[article.category] < DEMO_PER_TOPIC:
            count[article.category] += 1
            chosen.append(article)
    chosen += read_articles(samples)
    write_articles(out, sorted(chosen, key=age))
    return len(chosen)


def article_row(article: Article) -> dict[str, str]:
    """The `articles.jsonl` row of an article; what is not given is left out."""
    row = {
        "article_id": article.article_id,
        "title": article.title,
        "abstract": article.abstract,
        "category": article.category,
        "source": article.source,
        "url": article.url,
        "language": article.language,
        "published": article.published.strftime("%Y-%m-%dT%H:%M:%SZ") if article.published else "",
        "image": article.image,
    }
    return {name: text for name, text in row.items() if text}


def huffpost_article(row: dict[str, str], where: str, most: int = MAX_ABSTRACT) -> Article:
    """An article of a row of the News Category Dataset.

    Args:
        where: Names the row in the error.
        most: Characters of its summary.

    Raises:
        ValueError: A category that no topic takes.
    """
    if row["category"] not in TOPIC_OF:
        raise ValueError(f"{where}: no topic takes the category {row['category']!r}; add it to _TOPICS in corpus.py")
    return Article(
        article_id=f"huff-{zlib.crc32(row['link'].encode()):08x}",
        title=" ".join(row["headline"].split()),
        abstract=cut(" ".join(row["short_description"].split()), most),
        category=TOPIC_OF[row["category"]],
        source="HuffPost",
        url=row["link"],
        language="en",
        published=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC),
    )


def cut(text: str, most: int) -> str:
    """The text, cut after a word where it is longer than `most` characters."""
    if len(text) <= most:
        return text
    return text[: text.rfind(" ", 0, most)].rstrip(" ,;:-") + "…"


def age(article: Article) -> tuple[str, str]:
    """Sorts articles, oldest first."""
    return str(article.published), article.article_id


def read_articles(path: Path) -> list[Article]:
    """The articles of a packaged file, with gzip or without."""
    stored = path.read_bytes()
    rows = [json.loads(line) for line in (gzip.decompress(stored) if path.suffix == ".gz" else stored).splitlines()]
    return [Article(**{**row, "published": datetime.fromisoformat(row["published"])}) for row in rows]


def write_articles(path: Path, articles: Iterable[Article]) -> None:
    """Write articles as rows with gzip; the same articles, the same bytes."""
    lines = "".join(json.dumps(article_row(article), ensure_ascii=False) + "\n" for article in articles)
    path.write_bytes(gzip.compress(lines.encode(), compresslevel=9, mtime=0))  # no time stamp: the same bytes again


def main() -> None:
    """Build both packaged files from the dataset."""
    parser = argparse.ArgumentParser(description="Build the demo corpus from the News Category Dataset.")
    parser.add_argument("source", type=Path, help="the dataset, .jsonl.gz")
    parser.add_argument("out", type=Path, help="the corpus to write, .jsonl.gz")
    parser.add_argument("demo_out", type=Path, nargs="?", help="the runtime's demo articles to write, .jsonl.gz")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    print(dict(build_corpus(arguments.source, arguments.out, arguments.seed)))
    if arguments.demo_out:
        print(build_demo(arguments.out, SAMPLES_FILE, arguments.demo_out), "demo articles")


if __name__ == "__main__":
    main()
