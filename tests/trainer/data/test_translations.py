"""The same articles in other languages: joined by id, kept beside the log, and impressions cut to what can be read."""

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Article
from trainer.data.dataset import ClickDataset, Impressions, Ragged, load_dataset
from trainer.data.prepare import LogFiles, prepare
from trainer.data.translations import speaks
from trainer.errors import LogError

ARTICLES = [
    {"article_id": "a0", "title": "Rain", "abstract": "It rains.", "category": "weather", "source": "s", "url": "u",
     "published": "2026-11-24T06:00:00Z"},
    {"article_id": "a1", "title": "Tram"},
    {"article_id": "a2", "title": "Eis", "language": "de"},
    {"article_id": "a3", "title": "Gelo", "language": "pt-BR"},
]  # fmt: skip
LOG = [
    {"impression_id": str(number), "user_id": "u", "time": f"2026-11-24T0{number}:00:00Z", "shown": ["a0", "a1"],
     "clicked": ["a0"]}
    for number in (1, 2)
]  # fmt: skip


def write_rows(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def prepared(folder: Path, *translations: tuple[str, Path], **settings: object) -> ClickDataset:
    files = LogFiles(
        [write_rows(folder / "articles.jsonl", ARTICLES)],
        [write_rows(folder / "log.jsonl", LOG)],
        dev_share=0.5,
        translations=translations,
        **settings,
    )
    prepare(files, folder / "out", "made up", "CC0", workers=1)
    return load_dataset(folder / "out")


def test_translated_titles_come_back_with_all_else_of_the_original(tmp_path: Path):
    chinese = tmp_path / "zh.tsv.gz"
    chinese.write_bytes(gzip.compress('a1\t电车\t\na0\t雨\t"下雨了。\n'.encode()))  # no header, and quotes are letters
    german = write_rows(tmp_path / "de.jsonl", [{"article_id": "a1", "title": "Straßenbahn", "language": "de-AT"}])
    dataset = prepared(tmp_path, ("zh", chinese), ("de", german))
    published = datetime(2026, 11, 24, 6, tzinfo=UTC)
    assert dataset.texts(["zh"]) == [
        (0, Article("a0", "雨", '"下雨了。', "weather", "s", "u", "zh", published)),
        (1, Article("a1", "电车", language="zh")),
    ]
    assert dataset.texts(["de", "en"]) == [
        (1, Article("a1", "Straßenbahn", language="de")),
        (2, Article("a2", "Eis", language="de")),  # its own language
        (0, Article("a0", "Rain", "It rains.", "weather", "s", "u", "en", published)),  # names none: the original one
        (1, Article("a1", "Tram", language="en")),
    ]
    assert dataset.has_text("zh").tolist() == [True, True, False, False]
    assert dataset.has_text("de").tolist() == [False, True, True, False]
    assert dataset.has_text("fr").tolist() == [False] * 4
    assert dataset.facts.translations == {
        "de": {"articles": 1, "unknown_ids": 0},
        "zh": {"articles": 2, "unknown_ids": 0},
    }


def test_a_language_takes_its_regions_and_the_own_text_goes_before_a_translation(tmp_path: Path):
    rows = write(tmp_path / "pt.tsv", "a3\tGelo de novo\t\na1\tBonde\t\n")
    dataset = prepared(tmp_path, ("pt", rows))
    assert [(row, article.title) for row, article in dataset.texts(["pt"])] == [(1, "Bonde"), (3, "Gelo")]
    assert [(row, article.title) for row, article in dataset.texts(["pt-BR"])] == [(3, "Gelo")]
    assert speaks("PT-br", "pt") and not speaks("pt", "pt-BR") and not speaks("ptx", "pt")


def test_articles_that_name_no_language_are_in_the_one_of_the_log(tmp_path: Path):
    dataset = prepared(tmp_path, original_language="da")
    assert dataset.original_language == dataset.facts.original_language == "da"
    assert [row for row, _ in dataset.texts(["da"])] == [0, 1]
    assert dataset.texts(["en"]) == []


def test_unknown_ids_are_counted_and_the_later_of_two_lines_counts(tmp_path: Path):
    first = write(tmp_path / "1.tsv", "a0\tRegen\t\nb7\tSchnee\t\nb8\tHagel\t\n")
    second = write(tmp_path / "2.tsv", "b7\tSchnee\t\na0\tStarker Regen\t\na1\tTram\t\n")
    dataset = prepared(tmp_path, ("de", first), ("de", second), max_bad_share=0.0)
    assert [article.title for _, article in dataset.texts(["de"])] == ["Starker Regen", "Tram", "Eis"]
    assert dataset.facts.translations == {"de": {"articles": 2, "unknown_ids": 3}}


def test_bad_lines_are_skipped_and_reported(tmp_path: Path):
    good = "".join(f"a{number}\tText\t\n" for number in range(3))
    rows = write(tmp_path / "fr.tsv", good + "a3\tGlace\n" + "a3\tGlace\t\t\n" + "\tGlace\t\n" + "a3\t \t\n")
    dataset = prepared(tmp_path, ("fr", rows), max_bad_share=0.6)
    assert dataset.has_text("fr").tolist() == [True, True, True, False]
    assert dataset.facts.rejected == {str(rows): {"bad article": 4}}
    assert (tmp_path / "out" / "rejects.txt").read_text("utf-8").splitlines() == [
        f"{rows}:4: bad article: 2 columns instead of 3",
        f"{rows}:5: bad article: 4 columns instead of 3",
        f"{rows}:6: bad article: no article id",
        f"{rows}:7: bad article: neither title nor abstract is given",
        f"{rows}: bad article: 4 in all",
    ]
    with pytest.raises(LogError, match=r"fr\.tsv: 4 of 7 lines cannot be used"):
        prepared(tmp_path, ("fr", rows))


def test_a_line_that_says_another_language_is_bad(tmp_path: Path):
    rows = write_rows(tmp_path / "fr.jsonl", [{"article_id": "a0", "title": "Regen", "language": "de"}])
    with pytest.raises(LogError, match=r"1 of 1 lines .* bad article: language is de, not fr"):
        prepared(tmp_path, ("fr", rows))


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("fr", "b1\tPluie\t\nb2\tTram\t\n", r"fr: none of its 2 ids is that of an article; give translations of this"),
        ("fr", "PAR1", "fr: is parquet; give translations as JSON Lines or as three columns"),
        ("fr", "Pluie\n", "fr: neither JSON Lines nor tab separated"),
        ("fr", "", "fr: empty"),
        ("", "a1\tPluie\t\n", "language '': no language; name it as in en, zh or pt-BR"),
        ("fr FR", "a1\tPluie\t\n", "language 'fr FR': no language"),
    ],
)
def test_a_file_of_translations_that_cannot_be_used_is_refused(tmp_path: Path, language: str, text: str, reason: str):
    with pytest.raises(LogError, match=reason):
        prepared(tmp_path, (language, write(tmp_path / "fr", text)))
    assert not (tmp_path / "out").exists()


def test_the_hash_tells_other_translations_and_not_the_order_of_their_files(tmp_path: Path):
    one, two = write(tmp_path / "1", "a0\tx\ty\n"), write(tmp_path / "2", "a1\tx\ty\na0\tx\ty\n")
    same = [
        prepared(tmp_path, *files).facts.sha256 for files in ([("fr", two), ("de", one)], [("de", one), ("fr", two)])
    ]
    assert same[0] == same[1]
    others = [[], [("fr", one)], [("de", one)], [("fr", two)], [("fr", write(tmp_path / "3", "a0\txy\t\n"))]]
    assert len({same[0], *(prepared(tmp_path, *files).facts.sha256 for files in others)}) == 1 + len(others)


def ragged(*rows: Sequence[int]) -> Ragged:
    offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return Ragged(np.array([value for row in rows for value in row], np.int32), offsets)


def test_impressions_are_cut_to_the_articles_that_have_text():
    impressions = Impressions(
        ids=["whole", "cut", "no click left", "nothing unclicked left", "no candidate left"],
        users=np.array([4, 0, 4, 1, 0], np.int32),
        times=np.array([10, 20, 30, 40, 50]),
        history=ragged([0, 1], [3, 2, 0], [0], [], [3]),
        candidates=ragged([0, 1], [3, 0, 2, 1], [0, 3], [1, 3], [3]),
        clicked=ragged([0, 1], [1, 0, 0, 1], [0, 1], [1, 0], [1]).values.astype(bool),
    )
    left = impressions.restricted(np.array([True, True, True, False]))  # no text for article 3
    assert left.ids == ["whole", "cut"]
    assert (left.users.tolist(), left.times.tolist()) == ([4, 0], [10, 20])
    assert [left.history[row].tolist() for row in range(2)] == [[0, 1], [2, 0]]
    assert [left.candidates[row].tolist() for row in range(2)] == [[0, 1], [0, 2, 1]]
    assert left.clicked.tolist() == [False, True, False, False, True]
    assert left.history.offsets.tolist() == [0, 2, 4] and left.candidates.values.dtype == np.int32


def test_without_any_text_no_impression_is_left(tmp_path: Path):
    left = prepared(tmp_path).dev.restricted(np.zeros(4, bool))
    assert len(left) == len(left.history) == len(left.candidates) == len(left.clicked) == 0


def test_with_all_texts_only_impressions_that_tell_nothing_are_left_out(tmp_path: Path):
    dataset = prepared(tmp_path)
    left = dataset.dev.restricted(np.ones(4, bool))
    assert left.ids == dataset.dev.ids == ["2"]
    np.testing.assert_array_equal(left.candidates.values, dataset.dev.candidates.values)
