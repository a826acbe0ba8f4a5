"""The three forms of a log: how each is told, and that the same log in each of them gives the same rows."""

import gzip
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from edge_runtime.model.article_text import text_of
from edge_runtime.types import Article
from trainer.data.articles import read_article_files
from trainer.data.dataset import Impressions
from trainer.data.forms import Form, form_of
from trainer.data.prepare import read_impressions
from trainer.errors import LogError

NEWS = (
    "11\tweather\train\tRain again\tIt rains.\thttps://example.org/11\t[]\t[]\n"
    "12\tsports\tgolf\tGolf\t\t\t\t\n"
    "13\tsports\tchess\tChess\t\t\t[]\t[]\n"
)
BEHAVIORS = (
    "1\t7\t11/13/2019 12:00:05 AM\t13 11\t11-0 12-1\n"
    "2\t8\t11/13/2019 12:00:05 PM\t\t12-0 13-1 11-1\n"
    "3\t7\t11/14/2019 1:00:00 PM\t13 11\t13-0\n"
)
TIMES = [
    datetime(2019, 11, 13, 0, 0, 5, tzinfo=UTC),
    datetime(2019, 11, 13, 12, 0, 5, tzinfo=UTC),
    datetime(2019, 11, 14, 13, 0, 0, tzinfo=UTC),
]


def write_mind(folder: Path) -> tuple[Path, Path]:
    (folder / "news.tsv").write_text(NEWS, "utf-8")
    (folder / "behaviors.tsv").write_text(BEHAVIORS, "utf-8")
    return folder / "news.tsv", folder / "behaviors.tsv"


def write_json_lines(folder: Path) -> tuple[Path, Path]:
    articles = [
        {
            "article_id": "11",
            "title": "Rain again",
            "abstract": "It rains.",
            "category": "weather",
            "url": "https://example.org/11",
        },
        {"article_id": "12", "title": "Golf", "category": "sports"},
        {"article_id": "13", "title": "Chess", "category": "sports"},
    ]
    rows = [("1", "7", ["11", "12"], ["12"], ["13", "11"]), ("2", "8", ["12", "13", "11"], ["13", "11"], [])]
    rows.append(("3", "7", ["13"], [], ["13", "11"]))
    names = ("impression_id", "user_id", "shown", "clicked", "history")
    impressions = [
        {**dict(zip(names, row, strict=True)), "time": time.isoformat()} for row, time in zip(rows, TIMES, strict=True)
    ]
    paths = folder / "articles.jsonl", folder / "impressions.jsonl"
    for path, objects in zip(paths, (articles, impressions), strict=True):
        path.write_text("".join(json.dumps(row) + "\n" for row in objects), "utf-8")
    return paths


def write_parquet(folder: Path) -> tuple[Path, Path]:
    articles = pa.table(
        {
            "article_id": pa.array([11, 12, 13], pa.int32()),
            "title": ["Rain again", "Golf", "Chess"],
            "subtitle": ["It rains.", None, ""],
            "category_str": ["weather", "sports", "sports"],
            "url": ["https://example.org/11", None, None],
            "published_time": pa.array([None, None, TIMES[0].replace(tzinfo=None)], pa.timestamp("us")),
        }
    )
    behaviors = pa.table(
        {
            "impression_id": pa.array([1, 2, 3], pa.uint32()),
            "user_id": pa.array([7, 8, 7], pa.uint32()),
            "impression_time": pa.array([time.replace(tzinfo=None) for time in TIMES], pa.timestamp("us")),
            "article_ids_inview": pa.array([[11, 12], [12, 13, 11], [13]], pa.large_list(pa.int32())),
            "article_ids_clicked": pa.array([[12], [11, 13], []], pa.large_list(pa.int32())),
            "device_type": [1, 2, 1],
        }
    )
    history = pa.table(
        {"user_id": pa.array([7], pa.uint32()), "article_id_fixed": pa.array([[13, 11]], pa.list_(pa.int32()))}
    )
    for name, table in (("articles", articles), ("behaviors", behaviors), ("history", history)):
        pq.write_table(table, folder / f"{name}.parquet")
    return folder / "articles.parquet", folder / "behaviors.parquet"


WRITERS = {Form.MIND: write_mind, Form.JSON_LINES: write_json_lines, Form.EBNERD: write_parquet}


def as_lists(impressions: Impressions) -> dict[str, list[object]]:
    rows = range(len(impressions))
    return {
        "ids": impressions.ids,
        "users": impressions.users.tolist(),
        "times": impressions.times.tolist(),
        "history": [impressions.history[row].tolist() for row in rows],
        "candidates": [impressions.candidates[row].tolist() for row in rows],
        "clicked": impressions.clicked.tolist(),
    }


@pytest.mark.parametrize("form", Form)
def test_the_same_log_in_every_form_gives_the_same_rows(tmp_path: Path, form: Form):
    articles_path, log_path = WRITERS[form](tmp_path)
    assert form_of(articles_path) is form_of(log_path) is form
    articles, impressions, rejects = read_impressions([articles_path], [log_path])
    assert [article.title for article in articles] == ["Rain again", "Golf", "Chess"]
    assert [article.category for article in articles] == ["weather", "sports", "sports"]
    assert (articles[0].abstract, articles[0].url) == ("It rains.", "https://example.org/11")
    assert as_lists(impressions) == {
        "ids": ["1", "2", "3"],
        "users": [0, 1, 0],
        "times": [int(time.timestamp()) for time in TIMES],
        "history": [[2, 0], [], [2, 0]],
        "candidates": [[0, 1], [1, 2, 0], [2]],
        "clicked": [False, True, False, True, True, False],
    }
    assert [(bad.total, bad.count) for bad in rejects] == [(3, 0), (3, 0)]


def test_ebnerd_articles_are_danish_and_keep_their_time(tmp_path: Path):
    articles, _ = read_article_files([write_parquet(tmp_path)[0]], 0.05)
    assert articles[2] == Article("13", "Chess", "", "sports", "Ekstra Bladet", "", "da", TIMES[0])


def test_ebnerd_needs_only_ids_and_titles_of_its_articles(tmp_path: Path):
    path = tmp_path / "articles.parquet"
    pq.write_table(pa.table({"article_id": [1], "title": ["Hej"]}), path)
    articles, _ = read_article_files([path], 0.05)
    assert (articles[0].article_id, articles[0].title, articles[0].abstract) == ("1", "Hej", "")


def test_a_blank_title_of_ebnerd_leaves_the_subtitle_to_be_read(tmp_path: Path):
    path = tmp_path / "articles.parquet"
    pq.write_table(pa.table({"article_id": [1], "title": [" "], "subtitle": [" Hej "]}), path)
    articles, _ = read_article_files([path], 0.05)
    assert text_of(articles[0]) == "Hej"


@pytest.mark.parametrize(
    ("text", "hour"),
    [("12:30:00 AM", 0), ("1:30:00 AM", 1), ("11:30:00 AM", 11), ("12:30:00 PM", 12), ("11:30:00 PM", 23)],
)
def test_mind_times_count_twelve_hours_twice(tmp_path: Path, text: str, hour: int):
    articles_path, log_path = write_mind(tmp_path)
    log_path.write_text(f"1\t7\t2/29/2020 {text}\t\t11-1 12-0\n", "utf-8")
    _, impressions, _ = read_impressions([articles_path], [log_path])
    assert impressions.times[0] == datetime(2020, 2, 29, hour, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("form", [Form.MIND, Form.JSON_LINES])
def test_gzip_blank_lines_windows_endings_and_a_byte_order_mark_change_nothing(tmp_path: Path, form: Form):
    paths = WRITERS[form](tmp_path)
    plain = read_impressions([paths[0]], [paths[1]])
    for path in paths:
        text = path.read_text("utf-8").replace("\n", "\r\n\r\n")
        path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))
    again = read_impressions([paths[0]], [paths[1]])
    assert again[0] == plain[0]
    assert as_lists(again[1]) == as_lists(plain[1])
    assert [bad.total for bad in again[2]] == [3, 3]


def test_articles_of_several_forms_join_and_the_last_one_of_an_id_counts(tmp_path: Path):
    news, _ = write_mind(tmp_path)
    more = tmp_path / "more.jsonl"
    more.write_text('{"article_id": "12", "title": "Golf today"}\n{"article_id": "14", "title": "New"}\n', "utf-8")
    articles, rejects = read_article_files([news, more], 0.05)
    assert [(article.article_id, article.title) for article in articles] == [
        ("11", "Rain again"),
        ("12", "Golf today"),
        ("13", "Chess"),
        ("14", "New"),
    ]
    assert [bad.total for bad in rejects] == [3, 2]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"title,abstract\n1,2\n", "neither JSON Lines nor tab separated nor parquet"),
        (b"\x00\x01\x02", "neither JSON Lines nor tab separated nor parquet"),
    ],
)
def test_a_file_of_no_known_form_is_refused(tmp_path: Path, content: bytes, reason: str):
    path = tmp_path / "log"
    path.write_bytes(content)
    with pytest.raises(LogError, match=f"log: {reason}; docs/data.md describes the forms"):
        form_of(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_refused_by_its_own_name(tmp_path: Path, encoding: str):
    path = tmp_path / "news.tsv"
    path.write_text(NEWS, encoding)
    with pytest.raises(LogError, match=r"news\.tsv: is UTF-16; save it as UTF-8"):
        form_of(path)


def test_a_zip_archive_is_to_be_unpacked(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "log.zip", "w") as archive:
        archive.writestr("behaviors.tsv", BEHAVIORS)
    with pytest.raises(LogError, match=r"log\.zip: is a zip archive; unpack it"):
        form_of(tmp_path / "log.zip")


def test_the_header_of_a_table_is_no_article(tmp_path: Path):
    path = tmp_path / "news.tsv"
    header = "news_id\tcategory\tsubcategory\ttitle\tabstract\turl\ttitle_entities\tabstract_entities\n"
    path.write_text(header + NEWS, "utf-8")
    articles, (bad,) = read_article_files([path], 0.5)
    assert [article.article_id for article in articles] == ["11", "12", "13"]
    assert bad.kept == [f"{path}:1: bad article: the header of a table, which MIND's files have not"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(LogError, match=r"none\.tsv: no such file; give "):
        form_of(tmp_path / "none.tsv")
    with pytest.raises(LogError, match="no such file"):
        form_of(tmp_path)
    with pytest.raises(LogError, match="no article in no file; give files with at least one"):
        read_article_files([], 0.05)


def test_ebnerd_behaviors_need_their_history_beside_them(tmp_path: Path):
    articles, behaviors = write_parquet(tmp_path)
    (tmp_path / "history.parquet").unlink()
    with pytest.raises(LogError, match=r"behaviors\.parquet: there is no history\.parquet beside it"):
        read_impressions([articles], [behaviors])


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("impression_time", None, "column impression_time is missing; it is no EB-NeRD file"),
        ("impression_time", ["now"] * 3, "column impression_time is of type string, not a timestamp"),
        ("article_ids_inview", ["11 12"] * 3, "column article_ids_inview is of type string, not a list"),
    ],
)
def test_a_parquet_file_with_other_columns_is_refused(tmp_path: Path, name: str, values: list[str] | None, reason: str):
    articles, behaviors = write_parquet(tmp_path)
    table = pq.read_table(behaviors).drop_columns([name])
    pq.write_table(table if values is None else table.append_column(name, pa.array(values)), behaviors)
    with pytest.raises(LogError, match=reason):
        read_impressions([articles], [behaviors])


def test_a_damaged_parquet_file_is_refused(tmp_path: Path):
    articles, behaviors = write_parquet(tmp_path)
    behaviors.write_bytes(behaviors.read_bytes()[:-20])
    with pytest.raises(LogError, match=r"behaviors\.parquet: cannot be read as parquet: .*; get it again"):
        read_impressions([articles], [behaviors])


def test_parquet_times_in_nanoseconds_are_read_to_the_second(tmp_path: Path):
    columns = {
        "impression_id": [1],
        "user_id": [7],
        "impression_time": pa.array([1_684_393_200_000_000_001], pa.timestamp("ns")),
        "article_ids_inview": [[1]],
        "article_ids_clicked": [[1]],
    }
    pq.write_table(pa.table(columns), tmp_path / "behaviors.parquet")
    pq.write_table(pa.table({"user_id": [7], "article_id_fixed": [[1]]}), tmp_path / "history.parquet")
    pq.write_table(pa.table({"article_id": [1], "title": ["A"]}), tmp_path / "articles.parquet")
    _, impressions, _ = read_impressions([tmp_path / "articles.parquet"], [tmp_path / "behaviors.parquet"])
    assert impressions.times.tolist() == [1_684_393_200]


def test_parquet_titles_that_are_no_text_are_refused(tmp_path: Path):
    pq.write_table(pa.table({"article_id": [1], "title": [5]}), tmp_path / "articles.parquet")
    with pytest.raises(LogError, match="column title is of type int64, not a string"):
        read_article_files([tmp_path / "articles.parquet"], 0.05)


def test_zstd_changes_nothing_and_damaged_zstd_is_refused(tmp_path: Path):
    paths = write_json_lines(tmp_path)
    plain = read_impressions([paths[0]], [paths[1]])
    for path in paths:
        path.write_bytes(pa.compress(path.read_bytes(), "zstd", asbytes=True))
    again = read_impressions([paths[0]], [paths[1]])
    assert (again[0], as_lists(again[1])) == (plain[0], as_lists(plain[1]))
    whole = paths[1].read_bytes()
    for damaged in (whole[:-9], whole[:20] + bytes(9) + whole[29:]):
        paths[1].write_bytes(damaged)
        with pytest.raises(LogError, match=r"impressions\.jsonl: damaged zstd file: .*; get it again"):
            read_impressions([paths[0]], [paths[1]])


def test_parquet_ids_that_became_floats_or_categories_are_the_same_ids(tmp_path: Path):
    articles, behaviors = write_parquet(tmp_path)
    expected = as_lists(read_impressions([articles], [behaviors])[1])
    table = pq.read_table(behaviors)
    floats = table["user_id"].cast(pa.float64())
    lists = table["article_ids_clicked"].cast(pa.large_list(pa.float64()))
    changed = table.set_column(1, "user_id", floats).set_column(4, "article_ids_clicked", lists)
    pq.write_table(
        changed.set_column(0, "impression_id", table["impression_id"].cast(pa.string()).dictionary_encode()), behaviors
    )
    history = pq.read_table(tmp_path / "history.parquet")
    read = history["article_id_fixed"].cast(pa.list_(pa.float64()))
    pq.write_table(history.set_column(1, "article_id_fixed", read), tmp_path / "history.parquet")
    titles = pq.read_table(articles)
    titles = titles.set_column(0, "article_id", titles["article_id"].cast(pa.float32()))
    pq.write_table(titles.set_column(1, "title", titles["title"].dictionary_encode()), articles)
    assert as_lists(read_impressions([articles], [behaviors])[1]) == expected


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (pa.array([7.5, 8.0, 7.0]), "column user_id: 7.5 in row 1 is no whole number; write ids"),
        (pa.array([True, False, True]), "column user_id is of type bool, not of whole numbers or texts"),
    ],
)
def test_parquet_ids_that_cannot_be_ids_are_refused(tmp_path: Path, values: pa.Array, reason: str):
    articles, behaviors = write_parquet(tmp_path)
    pq.write_table(pq.read_table(behaviors).set_column(1, "user_id", values), behaviors)
    with pytest.raises(LogError, match=reason):
        read_impressions([articles], [behaviors])
