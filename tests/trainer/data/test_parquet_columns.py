"""Columns of parquet files: ids are the same text whatever type they are stored in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trainer.data.articles import read_article_files
from trainer.data.parquet_columns import as_id_lists, as_ids, as_texts, as_times
from trainer.data.prepare import read_impressions
from trainer.errors import LogError

IDS = [11, 12, 13]
FORMS = {
    "int32": pa.array(IDS, pa.int32()),
    "uint64": pa.array(IDS, pa.uint64()),
    "float64": pa.array([11.0, 12.0, 13.0], pa.float64()),
    "float32": pa.array([11.0, 12.0, 13.0], pa.float32()),
    "decimal": pa.array(IDS, pa.decimal128(5, 0)),
    "string": pa.array(["11", "12", "13"]),
    "large_string": pa.array(["11", "12", "13"], pa.large_string()),
    "string_view": pa.array(["11", "12", "13"], pa.string_view()),
    "dictionary of texts": pa.array(["11", "12", "13"]).dictionary_encode(),
    "dictionary of numbers": pa.array(IDS).dictionary_encode(),
    "dictionary of floats": pa.array([11.0, 12.0, 13.0]).dictionary_encode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_id_is_the_same_text_in_every_type(form):
    assert as_ids(FORMS[form], "f: column c").to_pylist() == ["11", "12", "13"]
    lists = pa.ListArray.from_arrays([0, 1, 3], FORMS[form])
    assert as_id_lists(lists, "f: column c").to_pylist() == [["11"], ["12", "13"]]


@pytest.mark.parametrize(
    "kind", [pa.list_, pa.large_list, pa.list_view, pa.large_list_view, lambda of: pa.list_(of, 2)]
)
def test_lists_of_every_kind_are_read_and_a_missing_one_stays_missing(kind):
    column = pa.array([[11, 12], None, [13, 11]], kind(pa.int64()))
    assert as_id_lists(column, "f: column c").to_pylist() == [["11", "12"], None, ["13", "11"]]


def test_a_missing_id_is_null_and_in_a_list_empty_whatever_pandas_made_of_it():
    assert as_ids(pa.array([11.0, None, float("nan")]), "f: column c").to_pylist() == ["11", None, None]
    lists = pa.array([[11.0, float("nan")], [None], []], pa.list_(pa.float64()))
    assert as_id_lists(lists, "f: column c").to_pylist() == [["11", ""], [""], []]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([11.0, 12.5]), r"f: column c: 12.5 in row 8 is no whole number; write ids as whole numbers or texts"),
        (pa.array([11.0, float("inf")]), "inf in row 8 may be any"),
        # 2**24 + 1 is no float32: it would be 2**24.
        (pa.array([3.0, 2**24], pa.float32()), "16777216.0 in row 8 may be any of several ids: float is too short"),
        (pa.array([True, False]), "f: column c is of type bool, not of whole numbers or texts"),
    ],
)
def test_a_number_that_is_no_id_is_refused_with_its_row(column, message):
    with pytest.raises(LogError, match=message):
        as_ids(column, "f: column c", first_row=7)


def test_a_number_in_a_list_that_is_no_id_is_refused_with_the_row_of_the_list():
    with pytest.raises(LogError, match=r"0\.5 in row 22 is no whole number"):
        as_id_lists(pa.array([[1.0, 2.0], [3.0, 0.5]]), "f: column c", first_row=21)


def test_texts_and_times_may_be_dictionaries_and_nothing_else_is_taken_for_them():
    views = pa.array(["a", None], pa.string_view())
    assert as_texts(views, "f: column c").to_pylist() == ["a", None]
    assert as_texts(pa.array(["a", None]).dictionary_encode(), "f: column c").to_pylist() == ["a", None]
    time = datetime(2024, 5, 1)
    assert as_times(pa.array([time], pa.timestamp("ns")).dictionary_encode(), "f").to_pylist() == [time]
    with pytest.raises(LogError, match="f: column c is of type int64, not a string; convert it"):
        as_texts(pa.array([1]), "f: column c")
    with pytest.raises(LogError, match="f: column c is of type string, not a timestamp; convert it"):
        as_times(pa.array(["2024-05-01"]), "f: column c")
    with pytest.raises(LogError, match="f: column c is of type int64, not a list; convert it"):
        as_id_lists(pa.array([1]), "f: column c")


def write_log(folder: Path, user: pa.Array, history: pa.Array) -> tuple[Path, Path]:
    """Two impressions of one reader; `user` and `history` are columns of history.parquet."""
    times = pa.array([datetime(2024, 5, 1), datetime(2024, 5, 2)], pa.timestamp("us"))
    behaviors = {
        "impression_id": [1, 2],
        "user_id": pa.array([7.0, 7.0]),
        "impression_time": times,
        "article_ids_inview": [[11, 12]] * 2,
        "article_ids_clicked": [[12]] * 2,
    }
    articles = {"article_id": IDS, "title": pa.array(["Rain", "Golf", "Chess"]).dictionary_encode()}
    pq.write_table(pa.table(articles), folder / "articles.parquet")
    pq.write_table(pa.table(behaviors), folder / "behaviors.parquet")
    pq.write_table(pa.table({"user_id": user, "article_id_fixed": history}), folder / "history.parquet")
    return folder / "articles.parquet", folder / "behaviors.parquet"


@pytest.mark.parametrize(
    ("user", "history"),
    [
        (pa.array([7.0]), pa.array([[13, 11]])),
        (pa.array([7]), pa.array([[13.0, 11.0]])),
        (pa.array(["7"]).dictionary_encode(), pa.array([["13", "11"]], pa.list_(pa.string_view()))),
    ],
)
def test_no_history_is_lost_to_the_type_of_an_id(tmp_path, user, history):
    articles, log = write_log(tmp_path, user, history)
    found, impressions, rejects = read_impressions([articles], [log])
    assert [article.title for article in found] == ["Rain", "Golf", "Chess"]
    assert impressions.history[0].tolist() == impressions.history[1].tolist() == [2, 0]
    assert not any(bad.count for bad in rejects)


def test_a_history_file_of_other_readers_is_refused(tmp_path):
    articles, log = write_log(tmp_path, pa.array(["7.0"]), pa.array([[13, 11]]))
    with pytest.raises(LogError, match=r"history\.parquet: has 1 readers, none of whom is in behaviors\.parquet"):
        read_impressions([articles], [log])


def test_articles_whose_id_is_no_whole_number_are_refused_in_their_own_file(tmp_path):
    pq.write_table(pa.table({"article_id": [11.0, 11.5], "title": ["Rain", "Golf"]}), tmp_path / "a.parquet")
    with pytest.raises(LogError, match=r"a\.parquet: column article_id: 11\.5 in row 2 is no whole number"):
        read_article_files([tmp_path / "a.parquet"], 0.05)


def test_of_two_logs_beside_one_history_file_each_must_have_readers_of_it(tmp_path):
    articles, log = write_log(tmp_path, pa.array([7.0]), pa.array([[13, 11]]))
    other = log.with_name("more.parquet")
    behaviors = pq.read_table(log)
    pq.write_table(behaviors.set_column(1, "user_id", pa.array(["7.0", "8.0"])), other)
    for logs in ([log, other], [other, log]):
        with pytest.raises(LogError, match=r"history\.parquet: has 1 readers, none of whom is in more\.parquet"):
            read_impressions([articles], logs)
