"""The packaged headlines: built again byte for byte, whole, and 2018 kept back from whatever learns."""

import gzip
import json
from pathlib import Path

import pytest

from trainer.data.open_headlines import FILES, SOURCES, build_open_headlines, held_out, training_headlines

ROOT = Path(__file__).resolve().parents[3]
SHARED = ROOT / ".." / "shared" / "data"
HUFFPOST = {"category": "TECH", "short_description": "A summary.", "authors": "Someone"}
PUBLISHER = {"id": 7, "url": "https://example.org/7", "publisher": "The Paper", "category": "business"}


def write_sources(
    folder: Path, huffpost: list[dict[str, str]], publishers: list[dict[str, str]], upworthy: str
) -> Path:
    texts = ["".join(json.dumps(row) + "\n" for row in rows) for rows in (huffpost, publishers)]
    for name, text in zip(SOURCES, [*texts, upworthy], strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(gzip.compress(text.encode()))
    return folder


@pytest.mark.slow
@pytest.mark.skipif(not all((SHARED / name).exists() for name in SOURCES), reason="the data sets are not in ../shared")
def test_the_packaged_headlines_can_be_built_again(tmp_path):
    build_open_headlines(SHARED, tmp_path)
    for file in FILES:
        again = (tmp_path / file.name).read_bytes()
        # Another build of zlib may pack the same rows otherwise, so the text is compared.
        assert gzip.decompress(again) == gzip.decompress(file.read_bytes())


@pytest.mark.slow
def test_what_is_held_out_is_not_learned_from():
    learned, kept_back = training_headlines(), held_out()
    assert len(learned) == 23_629 and len(kept_back) == 2_445
    assert {article.published.year for article in kept_back} == {2018}
    assert not {article.title.casefold() for article in learned} & {article.title.casefold() for article in kept_back}
    assert not {article.article_id for article in learned} & {article.article_id for article in kept_back}
    assert sum(file.stat().st_size for file in FILES) < 5_000_000


def test_rows_become_articles_and_repeated_titles_are_left_out(tmp_path):
    sources = write_sources(
        tmp_path,
        [
            HUFFPOST | {"headline": " Old  news ", "date": "2018-12-31", "link": "https://example.org/1"},
            HUFFPOST | {"headline": "OLD NEWS", "date": "2019-01-01", "link": "https://example.org/2"},
        ],
        [PUBLISHER | {"title": "Stocks fall", "time": "2014-03-10T16:52:50Z"}],
        'test_id\tweek\theadline\tlede\tshown\tclicked\nt1\t201301\t"Look"\tA lede.\t9\t1\n',
    )
    assert list(build_open_headlines(sources, tmp_path).values()) == [1, 1, 1]
    rows = [json.loads(gzip.decompress((tmp_path / file.name).read_bytes())) for file in FILES]
    assert [row.pop("article_id")[:4] for row in rows] == ["huff", "uci-", "upwo"]
    assert rows == [
        {
            "title": "Old news",
            "abstract": "A summary.",
            "category": "science and technology",
            "source": "HuffPost",
            "url": "https://example.org/1",
            "language": "en",
            "published": "2018-12-31T00:00:00Z",
        },
        {
            "title": "Stocks fall",
            "category": "business",
            "source": "The Paper",
            "url": "https://example.org/7",
            "language": "en",
            "published": "2014-03-10T16:52:50Z",
        },
        {
            "title": '"Look"',
            "abstract": "A lede.",
            "source": "Upworthy",
            "language": "en",
            "published": "2013-01-07T00:00:00Z",  # the first Monday
        },
    ]


def test_two_articles_with_one_id_are_refused(tmp_path):
    titles = ["Stocks fall", "Stocks rise"]
    rows = [PUBLISHER | {"title": title, "time": "2014-03-10T16:52:50Z"} for title in titles]
    with pytest.raises(ValueError, match="two articles share the id uci-7"):
        build_open_headlines(write_sources(tmp_path, [], rows, "headline\n"), tmp_path)


def test_the_notice_names_every_source():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for file in FILES:
        assert f"trainer/data/headlines/{file.name}" in notice
    for author in ("Rishabh Misra", "Fabio Gasparetti", "Matias"):
        assert author in notice
