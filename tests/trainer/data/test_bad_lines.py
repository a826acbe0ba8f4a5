"""Lines that cannot be used: each named with its place and reason, and a file with too many of them refused."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trainer.data.articles import read_article_files
from trainer.data.bad_lines import KEPT_PER_REASON, BadLines, write_rejects
from trainer.data.log_table import Division, LogShards, read_log
from trainer.data.prepare import LogFiles, prepare, read_impressions
from trainer.data.runner import LocalRunner
from trainer.errors import LogError

GOOD_MIND = "1\tu\t11/13/2019 12:00:05 AM\ta\ta-0 b-1"
GOOD_JSON = {
    "impression_id": "1",
    "user_id": "u",
    "time": "2026-11-24T06:00:00Z",
    "shown": ["a", "b"],
    "clicked": ["b"],
}


def write_articles(folder: Path) -> Path:
    path = folder / "articles.jsonl"
    path.write_text('{"article_id": "a", "title": "A"}\n{"article_id": "b", "title": "B"}\n', "utf-8")
    return path


def read_in_blocks(log: Path, folder: Path, block_bytes: int, workers: int = 1) -> LogShards:
    spill = folder / "spill"
    spill.mkdir(exist_ok=True)
    with LocalRunner(spill, workers) as runner:
        division = Division(block_bytes=block_bytes)
        return read_log([(log, False)], pa.array(["a", "b"]), folder, runner, lambda lines: None, division)


def mind(**columns: str) -> str:
    names = ("impression_id", "user_id", "time", "history", "shown")
    return "\t".join({**dict(zip(names, GOOD_MIND.split("\t"), strict=True)), **columns}.values())


def row(**fields: object) -> str:
    return json.dumps({name: value for name, value in {**GOOD_JSON, **fields}.items() if value is not None})


BAD_MIND = [
    ("1\tu\t11/13/2019 12:00:05 AM\ta-0", "wrong column count", "4 instead of 5"),
    (GOOD_MIND + "\tx", "wrong column count", "6 instead of 5"),
    (mind(impression_id=""), "missing field", "no impression id or no user id"),
    (mind(user_id=""), "missing field", "no impression id or no user id"),
    (mind(time="2019-11-13T00:00:05"), "unparsable time", "2019-11-13T00:00:05"),
    (mind(time="13/13/2019 1:00:00 AM"), "unparsable time", "13/13/2019 1:00:00 AM"),
    (mind(time="11/13/2019 13:00:00 PM"), "unparsable time", "11/13/2019 13:00:00 PM"),
    (mind(time="11/13/2019 0:00:00 AM"), "unparsable time", "11/13/2019 0:00:00 AM"),
    (mind(shown=""), "nothing shown", ""),
    (mind(shown="a-0 b"), "unknown label", "-b"),
    (mind(shown="a-0 b-2"), "unknown label", "b-2"),
    (mind(shown="a-0 -1"), "unknown label", "-1"),
    (mind(shown="a-0 c-1"), "article that no article file has", "c"),
]
BAD_JSON = [
    ("rain", "not a JSON object", "not JSON: Expecting value at character 1"),
    ("[]", "not a JSON object", "not a JSON object"),
    ('{"time": NaN}', "not a JSON object", "NaN is not JSON"),
    (row(time=None), "unparsable time", "time None is not a string"),
    (row(time="soon"), "unparsable time", "time 'soon' is not ISO 8601, such as 2026-11-24T06:00:00Z"),
    (row(impression_id=None), "missing field", "impression_id is None, not a string"),
    (row(impression_id=7), "missing field", "impression_id is 7, not a string"),
    (row(user_id=""), "missing field", "user_id is '', not a string"),
    (row(shown=None), "missing field", "shown is not a list of article ids"),
    (row(shown=["a", 7]), "missing field", "shown is not a list of article ids"),
    (row(clicked=None), "missing field", "clicked is not a list of article ids"),
    (row(history="a b"), "missing field", "history is not a list of article ids"),
    (row(shown=[], clicked=[]), "nothing shown", ""),
    (row(clicked=["c"]), "click on an article that was not shown", "c"),
    (row(shown=["b", "c"]), "article that no article file has", "c"),
    (row(shown=["b", "c\n\x00\ud800"]), "article that no article file has", "c\ufffd\ufffd\ufffd"),
]


@pytest.mark.parametrize(
    ("good", "bad", "reason", "detail"),
    [(GOOD_MIND, *case) for case in BAD_MIND] + [(row(), *case) for case in BAD_JSON],
)
def test_every_kind_of_bad_line_is_skipped_and_reported(tmp_path: Path, good: str, bad: str, reason: str, detail: str):
    log = tmp_path / "log"
    log.write_text(f"{good}\n\n{bad}\n{good}\n", "utf-8")
    _, impressions, rejects = read_impressions([write_articles(tmp_path)], [log], max_bad_share=0.5)
    assert impressions.ids == ["1"]  # the two good lines are one impression, seen twice
    assert rejects[1].total == 3
    assert rejects[1].by_reason == {reason: 1}
    assert rejects[1].kept == [f"{log}:3: {reason}" + (f": {detail}" if detail else "")]


@pytest.mark.parametrize(
    ("line", "detail"),
    [(b"\xff" + GOOD_MIND.encode(), "not UTF-8 at byte 1"), (b"x" * 1_000_001, "line is longer than 1000000 bytes")],
)
def test_a_line_that_is_no_text_is_skipped_and_reported(tmp_path: Path, line: bytes, detail: str):
    log = tmp_path / "log"
    log.write_bytes(GOOD_MIND.encode() + b"\n" + line + b"\n")
    _, impressions, rejects = read_impressions([write_articles(tmp_path)], [log], max_bad_share=0.5)
    assert len(impressions) == 1
    assert rejects[1].kept == [f"{log}:2: not readable text: {detail}"]


def test_every_kind_of_bad_parquet_row_is_skipped_and_reported(tmp_path: Path):
    time = datetime(2023, 5, 18, 7)
    rows = [
        (1, 7, time, [1, 2], [2]),
        (None, 7, time, [1, 2], [2]),
        (2, None, time, [1, 2], [2]),
        (3, 7, None, [1, 2], [2]),
        (4, 7, time, [], []),
        (5, 7, time, None, None),
        (6, 7, time, [1], [2]),
        (7, 7, time, [1, 9], [1]),
        (8, 8, time, [1, 2], None),
    ]
    names = ("impression_id", "user_id", "impression_time", "article_ids_inview", "article_ids_clicked")
    behaviors = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    pq.write_table(behaviors, tmp_path / "behaviors.parquet")
    pq.write_table(pa.table({"user_id": [7], "article_id_fixed": [[1]]}), tmp_path / "history.parquet")
    articles = pa.table({"article_id": [1, None, 2], "title": ["A", "x", None]})
    pq.write_table(articles, tmp_path / "articles.parquet")
    _, impressions, rejects = read_impressions(
        [tmp_path / "articles.parquet"], [tmp_path / "behaviors.parquet"], max_bad_share=0.9
    )
    assert impressions.ids == ["1", "8"]
    assert rejects[0].kept == [f"{tmp_path}/articles.parquet:2: bad article: no article_id"]
    assert rejects[1].total == 9
    assert rejects[1].kept == [
        f"{tmp_path}/behaviors.parquet:{place}"
        for place in (
            "2: missing field: no impression_id or no user_id",
            "3: missing field: no impression_id or no user_id",
            "4: unparsable time",
            "5: nothing shown",
            "6: nothing shown",
            "7: click on an article that was not shown: 2",
            "8: article that no article file has: 9",
        )
    ]


def test_bad_articles_are_skipped_and_reported(tmp_path: Path):
    news = tmp_path / "news.tsv"
    good = "a\tc\ts\tTitle\t\t\t\t\n"
    news.write_text(good + "b\tc\n" + "\tc\ts\tTitle\t\t\t\t\n", "utf-8")
    articles, (bad,) = read_article_files([news], max_bad_share=0.7)
    assert [article.article_id for article in articles] == ["a"]
    assert bad.kept == [f"{news}:2: bad article: 2 columns instead of 8", f"{news}:3: bad article: no article id"]
    with pytest.raises(LogError, match=r"news\.tsv: 2 of 3 lines cannot be used \(66\.7%, at most 5\.0% allowed\)"):
        read_article_files([news], max_bad_share=0.05)


def test_five_percent_is_allowed_and_more_is_not(tmp_path: Path):
    articles, log = write_articles(tmp_path), tmp_path / "log.tsv"
    lines = [mind(impression_id=str(number)) for number in range(95)] + ["x\ty"] * 5
    log.write_text("\n".join(lines), "utf-8")
    _, impressions, _ = read_impressions([articles], [log])
    assert len(impressions) == 95
    log.write_text("\n".join([*lines, mind(time="never")]), "utf-8")
    with pytest.raises(LogError) as refusal:
        read_impressions([articles], [log])
    # 6 of 101 lines are 5.94 %
    assert str(refusal.value) == (
        f"{log}: 6 of 101 lines cannot be used (5.9%, at most 5.0% allowed), mostly wrong column count (5), "
        f"first {log}:96: wrong column count: 2 instead of 5; mend the file or raise --max-bad"
    )


def test_a_file_that_is_bad_as_a_whole_writes_no_dataset(tmp_path: Path):
    articles = write_articles(tmp_path)
    with pytest.raises(LogError, match=r"articles\.jsonl: 2 of 2 lines cannot be used .* mostly unparsable time"):
        prepare(LogFiles([articles], [articles]), tmp_path / "out", "x", "y", workers=1)
    assert not (tmp_path / "out").exists()


def test_a_bad_line_at_the_start_of_a_block_does_not_spoil_the_block(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    lines = [row(impression_id=str(number)) for number in range(30)]
    lines[10] = "garbage"
    log.write_text("\n".join(lines), "utf-8")
    read = read_in_blocks(log, tmp_path, len("".join(lines)) // 3)
    assert read.num_rows() == 29
    assert read.rejects[0].kept == [f"{log}:11: not a JSON object: not JSON: Expecting value at character 1"]


def test_the_report_keeps_the_first_lines_of_each_reason_across_blocks(tmp_path: Path):
    log = tmp_path / "log.tsv"
    log.write_text("\n".join([GOOD_MIND, *["x\ty", mind(shown="")] * 50]), "utf-8")
    (rejects,) = read_in_blocks(log, tmp_path, 100).rejects
    assert rejects.total == 101
    assert rejects.by_reason == {"wrong column count": 50, "nothing shown": 50}
    columns = [text for text in rejects.kept if "wrong column count" in text]
    assert columns == [f"{log}:{2 * n}: wrong column count: 2 instead of 5" for n in range(1, KEPT_PER_REASON + 1)]
    assert len(rejects.kept) == 2 * KEPT_PER_REASON


def test_prepare_writes_the_report_beside_the_data(tmp_path: Path):
    log, out = tmp_path / "log.tsv", tmp_path / "out"
    lines = [mind(impression_id="1"), "x\ty", mind(impression_id="2", time="11/14/2019 1:00:00 PM")]
    log.write_text("\n".join(lines), "utf-8")
    facts = prepare(LogFiles([write_articles(tmp_path)], [log], max_bad_share=0.5), out, "x", "y", workers=1)
    assert facts.rejected == {str(log): {"wrong column count": 1}}
    assert (out / "rejects.txt").read_text("utf-8") == (
        f"{log}:2: wrong column count: 2 instead of 5\n{log}: wrong column count: 1 in all\n"
    )


def test_a_report_without_bad_lines_is_empty(tmp_path: Path):
    write_rejects([BadLines("log", total=5)], tmp_path / "rejects.txt")
    assert (tmp_path / "rejects.txt").read_bytes() == b""


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_damaged_gzip_log_is_refused(tmp_path: Path, workers: int):
    log = tmp_path / "log.tsv.gz"
    text = "\n".join(mind(impression_id=str(number * 7919 % 10007)) for number in range(3000)).encode()
    whole = gzip.compress(text)
    middle = len(whole) // 2
    for damaged in (whole[:middle], whole[:middle] + bytes(50) + whole[middle + 50 :], whole + b"more"):
        log.write_bytes(damaged)
        with pytest.raises(LogError, match=r"log\.tsv\.gz: damaged gzip file: .*; get it again"):
            read_in_blocks(log, tmp_path, 20_000, workers)
    with pytest.raises(LogError, match="damaged gzip file"):
        read_article_files([log], 0.05)


def test_an_empty_file_is_refused(tmp_path: Path):
    articles, log = write_articles(tmp_path), tmp_path / "log.tsv"
    log.touch()
    with pytest.raises(LogError, match=r"log\.tsv: empty; docs/data\.md"):
        read_impressions([articles], [log])
    with pytest.raises(LogError, match=r"log\.tsv: empty; docs/data\.md"):
        read_impressions([log], [articles])
    with pytest.raises(LogError, match="no impression in no file; give a log with some"):
        read_impressions([articles], [])
