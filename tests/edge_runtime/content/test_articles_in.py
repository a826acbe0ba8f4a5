"""Articles from JSON Lines: what a row may hold, what is refused and why, and what a damaged file still gives."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_runtime.content.articles_in import (
    MAX_CHARACTERS,
    MAX_ID_CHARACTERS,
    MAX_URL_CHARACTERS,
    parse_article,
    read_articles,
)
from edge_runtime.errors import ArticleFileError
from edge_runtime.model.json_lines import MAX_LINE_BYTES, parse_time
from edge_runtime.types import Article


def row(**fields: object) -> str:
    return json.dumps({"article_id": "a1", "title": "Rain again", **fields})


def test_a_full_row_becomes_an_article():
    line = row(
        abstract="It rains.",
        category="weather",
        source="Daily",
        url="https://example.org/a1",
        language="en",
        published="2026-11-24T07:30:00+01:30",
        score=3,  # the publisher's own field
    )
    assert parse_article(line) == Article(
        article_id="a1",
        title="Rain again",
        abstract="It rains.",
        category="weather",
        source="Daily",
        url="https://example.org/a1",
        language="en",
        published=datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
    )


def test_an_id_and_a_title_or_an_abstract_are_enough():
    assert parse_article('{"article_id": "a1", "title": "Rain"}') == Article("a1", "Rain")
    assert parse_article('{"article_id": "a1", "abstract": "Rain"}') == Article("a1", "", "Rain")
    assert parse_article(row(abstract=None, published=None, url=None)) == Article("a1", "Rain again")
    assert parse_article(row(published="")).published is None


def test_space_around_texts_is_dropped():
    assert parse_article(row(article_id=" a1\t", title="\n Rain ")) == Article("a1", "Rain")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "not JSON"),
        ("rain", "not JSON: Expecting value at character 1"),
        ('{"article_id": "a1"', "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"article_id": "a1", "title": "x", "score": NaN}', "NaN is not JSON"),
        ('{"article_id": "a1", "article_id": "a2", "title": "x"}', "a name occurs twice"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"title": "x"}', "article_id is missing"),
        (row(article_id="  "), "article_id is missing"),
        (row(article_id="a" * (MAX_ID_CHARACTERS + 1)), "longer than 512"),
        (row(article_id=7), "article_id is int, not a string"),
        (row(title=["x"]), "title is list, not a string"),
        (row(title=" "), "neither title nor abstract"),
        (row(url="u" * (MAX_URL_CHARACTERS + 1)), "url is longer than 4000"),
        (row(published=1700000000), "time 1700000000 is not a string"),
        (row(published="yesterday"), "time 'yesterday' is not ISO 8601"),
        (row(published="2026-02-30T00:00:00Z"), "is not ISO 8601"),
        (row(published="0001-01-01T00:00:00+09:00"), "is not ISO 8601"),
    ],
)
def test_a_bad_row_is_refused_with_the_reason(line: str, reason: str):
    with pytest.raises(ValueError) as refusal:
        parse_article(line)
    assert reason in str(refusal.value)


@pytest.mark.parametrize("name", sorted(MAX_CHARACTERS))
def test_a_text_that_is_too_long_is_cut(name: str):
    limit = MAX_CHARACTERS[name]
    assert getattr(parse_article(row(**{name: "é" * (limit + 5)})), name) == "é" * limit


@pytest.mark.parametrize("image", ["a.png", "file:///a.png", {"src": "https://i.example/a"}, "http://" + "a" * 2_000])
def test_an_image_is_an_address_of_the_web_or_a_field_of_the_publishers_own(image: object):
    assert parse_article(row(image=" https://i.example/a.png ")).image == "https://i.example/a.png"
    assert parse_article(row(image=image)).image == ""


def test_a_lone_surrogate_is_no_text_and_becomes_a_question_mark():
    assert parse_article('{"article_id": "a\\ud800", "title": "x\\udfff y"}') == Article("a?", "x? y")
    assert parse_article('{"article_id": "a", "title": "\\ud83d\\ude00"}').title == "😀"


def test_a_time_without_offset_is_utc():
    assert parse_time("2026-11-24 06:00") == datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_is_read_in_order_and_its_bad_lines_are_named(tmp_path: Path, ending: str, mark: str):
    path = tmp_path / "articles.jsonl"
    lines = [row(), "", "{", row(article_id="a2"), row(title="")]
    path.write_bytes((mark + ending.join(lines)).encode())
    articles, warnings = read_articles(path)
    assert [article.article_id for article in articles] == ["a1", "a2"]
    assert [warning.split(": ")[0] for warning in warnings] == [f"{path}:3", f"{path}:5"]
    assert "neither title nor abstract" in warnings[1]


def test_gzip_is_told_by_its_bytes_not_by_its_name(tmp_path: Path):
    path = tmp_path / "articles.jsonl"
    path.write_bytes(gzip.compress(row().encode()))
    assert read_articles(path) == ([Article("a1", "Rain again")], [])


def test_lines_that_are_not_utf_8_or_too_long_are_skipped_alone(tmp_path: Path):
    path = tmp_path / "articles.jsonl"
    longest = row(extra="x" * (MAX_LINE_BYTES - 100))
    too_long = row(article_id="a2", extra="x" * (3 * MAX_LINE_BYTES))
    lines = [b'{"article_id": "\xff"}', longest.encode(), too_long.encode(), row(article_id="a3").encode()]
    path.write_bytes(b"\n".join(lines))
    articles, warnings = read_articles(path)
    assert [article.article_id for article in articles] == ["a1", "a3"]
    assert warnings == [
        f"{path}:1: not UTF-8 at byte 17",
        f"{path}:3: line is longer than {MAX_LINE_BYTES} bytes",
    ]


def test_an_empty_file_has_no_articles_and_no_warnings(tmp_path: Path):
    path = tmp_path / "articles.jsonl"
    path.touch()
    assert read_articles(path) == ([], [])


def test_a_gzip_file_that_was_cut_off_gives_what_comes_before(tmp_path: Path):
    path = tmp_path / "articles.jsonl.gz"
    lines = "\n".join(row(article_id=f"a{number}", abstract=str(number) * 40) for number in range(2000))
    whole = gzip.compress(lines.encode())
    path.write_bytes(whole[: len(whole) // 2])
    articles, warnings = read_articles(path)
    assert 0 < len(articles) < 2000
    assert articles[0].article_id == "a0"
    assert len(warnings) == 1 and f"read up to article {len(articles)}" in warnings[0]


def test_a_gzip_file_that_gives_nothing_is_an_error(tmp_path: Path):
    path = tmp_path / "articles.jsonl.gz"
    path.write_bytes(gzip.compress(row().encode())[:12])
    with pytest.raises(ArticleFileError, match=r"articles\.jsonl\.gz: damaged gzip file: .*; get it again"):
        read_articles(path)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path):
    with pytest.raises(ArticleFileError, match=r"none\.jsonl: cannot be read: No such file .*; check the path"):
        read_articles(tmp_path / "none.jsonl")
    with pytest.raises(ArticleFileError, match="cannot be read"):
        read_articles(tmp_path)
