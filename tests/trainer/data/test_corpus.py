"""The embedded corpus: what is in it, that it can be built again, and that it names its source."""

import gzip
import json
from collections import Counter
from datetime import UTC
from pathlib import Path

import pytest

from trainer.data import corpus
from trainer.data.corpus import CORPUS_FILE, SAMPLES_FILE, build_corpus, build_demo, load_corpus

pytestmark = pytest.mark.usefixtures("slow")

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / ".." / "shared" / "data" / "news-text" / "huffpost.jsonl.gz"
DEMO_FILE = ROOT / "edge_runtime" / "default" / "demo_articles.jsonl.gz"

ROW = {
    "date": "2020-02-03",
    "category": "PARENTS",
    "headline": " A  headline ",
    "short_description": "A summary.",
    "authors": "Someone",
    "link": "https://example.org/1",
}


def write_source(path: Path, *rows: dict[str, str]) -> Path:
    path.write_bytes(gzip.compress("".join(json.dumps(ROW | row) + "\n" for row in rows).encode()))
    return path


def read_rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def is_same(left: Path, right: Path) -> bool:
    # Another build of zlib may pack the same rows otherwise, so the text is compared; bytes 4-8 are gzip's time.
    unpacked = gzip.decompress(left.read_bytes()) == gzip.decompress(right.read_bytes())
    return unpacked and left.read_bytes()[4:8] == right.read_bytes()[4:8] == bytes(4)


def test_the_packaged_corpus_is_small_and_balanced():
    articles = load_corpus()
    topics = Counter(article.category for article in articles)
    assert CORPUS_FILE.stat().st_size < 1_000_000
    assert 5_500 < len(articles) < 6_500
    assert max(topics.values()) == corpus.MAX_PER_TOPIC
    assert len(topics) == 23 and min(topics.values()) >= 20
    assert len({article.article_id for article in articles}) == len(articles)


def test_every_packaged_article_is_whole_and_names_its_source():
    articles = load_corpus()
    for article in articles:
        assert article.title and 0 < len(article.abstract) <= corpus.MAX_ABSTRACT
        assert article.source == "HuffPost" and article.url.startswith("https://www.huff")
        assert article.published is not None and article.published.tzinfo == UTC
    times = [article.published for article in articles]
    assert times == sorted(times)


@pytest.mark.skipif(not SOURCE.exists(), reason="the News Category Dataset is not beside the checkout")
def test_the_packaged_corpus_can_be_built_again(tmp_path):
    build_corpus(SOURCE, tmp_path / "again.jsonl.gz")
    assert is_same(tmp_path / "again.jsonl.gz", CORPUS_FILE)


def test_the_demo_articles_can_be_built_again(tmp_path):
    build_demo(CORPUS_FILE, SAMPLES_FILE, tmp_path / "again.jsonl.gz")
    assert is_same(tmp_path / "again.jsonl.gz", DEMO_FILE)


def test_a_row_becomes_an_article(tmp_path):
    out = tmp_path / "out.jsonl.gz"
    assert build_corpus(write_source(tmp_path / "in.jsonl.gz", {}), out) == {"parenting": 1}
    (row,) = read_rows(out)
    assert row == {
        "article_id": row["article_id"],
        "title": "A headline",
        "abstract": "A summary.",
        "category": "parenting",
        "source": "HuffPost",
        "url": "https://example.org/1",
        "language": "en",
        "published": "2020-02-03T00:00:00Z",
    }


def test_empty_and_repeated_rows_are_left_out(tmp_path):
    source = write_source(
        tmp_path / "in.jsonl.gz",
        {},
        {"headline": "a HEADLINE", "link": "https://example.org/2"},
        {"headline": " ", "link": "https://example.org/3"},
        {"headline": "Another", "short_description": "", "link": "https://example.org/4"},
    )
    assert build_corpus(source, tmp_path / "out.jsonl.gz").total() == 1


def test_a_long_summary_is_cut_at_a_word(tmp_path):
    out = tmp_path / "out.jsonl.gz"
    build_corpus(write_source(tmp_path / "in.jsonl.gz", {"short_description": "word, " * 50}), out)
    # 33 times "word, " is 198 characters; the last comma goes
    assert read_rows(out)[0]["abstract"] == "word, " * 32 + "word…"


def test_a_full_topic_is_capped_and_the_seed_chooses(tmp_path):
    rows = [{"headline": f"Headline {n}", "link": f"https://example.org/{n}"} for n in range(40)]
    source = write_source(tmp_path / "in.jsonl.gz", *rows)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert build_corpus(source, tmp_path / name, seed, most_per_topic=5) == {"parenting": 5}
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_an_unknown_category_is_refused_with_its_line(tmp_path):
    source = write_source(tmp_path / "in.jsonl.gz", {}, {"category": "GARDENING"})
    with pytest.raises(ValueError, match=r"in\.jsonl\.gz:2: no topic takes the category 'GARDENING'"):
        build_corpus(source, tmp_path / "out.jsonl.gz")


def test_two_links_with_one_id_are_refused(tmp_path):
    # "plumless" and "buckeroo" have the same CRC-32
    source = write_source(tmp_path / "in.jsonl.gz", {"link": "plumless"}, {"link": "buckeroo", "headline": "Another"})
    with pytest.raises(ValueError, match="buckeroo and plumless share the id huff-4ddb0c25"):
        build_corpus(source, tmp_path / "out.jsonl.gz")


def test_the_notice_gives_the_attribution():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for words in ("Rishabh Misra", "CC BY 4.0", "(c) HuffPost", "Changes:", "CC0"):
        assert words in notice
