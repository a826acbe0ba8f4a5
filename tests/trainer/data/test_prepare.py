"""From a log to a dataset: causal histories, a split by time, and the same result however the work is divided."""

import csv
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from edge_runtime.types import Article
from trainer.data import bucket
from trainer.data.columns import ranks_of
from trainer.data.dataset import ClickDataset, Impressions, load_dataset
from trainer.data.hashes import HASH_MODULUS
from trainer.data.json_facts import to_json
from trainer.data.log_table import Division, count_shards, read_log
from trainer.data.prepare import LogFiles, prepare
from trainer.data.runner import LocalRunner
from trainer.errors import LogError

START = datetime(2026, 11, 1, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"


def impression(
    number: int,
    user: str,
    minute: float,
    shown: Sequence[str],
    clicked: Sequence[str] = (),
    history: Sequence[str] | None = None,
) -> dict[str, object]:
    row: dict[str, object] = {
        "impression_id": f"i{number:05d}",
        "user_id": user,
        "time": (START + timedelta(minutes=minute)).isoformat(),
        "shown": list(shown),
        "clicked": list(clicked),
    }
    return row if history is None else {**row, "history": list(history)}


def random_log(seed: int, size: int) -> list[dict[str, object]]:
    """Few readers and minutes, so that the same second and the same article come again and again."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in rng.permutation(size):
        shown = [f"a{article}" for article in rng.permutation(30)[: rng.integers(1, 8)]]
        clicked = [article for article in shown if rng.random() < 0.3]
        rows.append(impression(number, f"u{rng.integers(12)}", int(rng.integers(size // 4)), shown, clicked))
    return rows


def write_rows(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def write_articles(path: Path, count: int = 30) -> Path:
    return write_rows(path, [{"article_id": f"a{number}", "title": f"Title {number}"} for number in range(count)])


def prepared(
    folder: Path, train: Sequence[dict[str, object]], dev: Sequence[dict[str, object]] = (), **settings: float
) -> ClickDataset:
    files = LogFiles(
        articles=[write_articles(folder / "articles.jsonl")],
        train=[write_rows(folder / "train.jsonl", train)],
        dev=[write_rows(folder / "dev.jsonl", dev)] if dev else [],
        **settings,
    )
    prepare(files, folder / "out", "made up", "CC0", workers=1)
    return load_dataset(folder / "out")


def histories(impressions: Impressions) -> dict[str, list[int]]:
    return {name: impressions.history[row].tolist() for row, name in enumerate(impressions.ids)}


def both(dataset: ClickDataset) -> Iterator[Impressions]:
    yield dataset.train
    yield dataset.dev


@pytest.mark.parametrize("seed", range(5))
def test_a_derived_history_is_the_clicks_of_strictly_earlier_seconds(tmp_path: Path, seed: int):
    rows = random_log(seed, 200)
    dataset = prepared(tmp_path, rows)
    found = {**histories(dataset.train), **histories(dataset.dev)}
    rows.sort(key=lambda row: (row["time"], row["impression_id"]))
    for row in rows:
        clicks = [
            int(article[1:])
            for earlier in rows
            if earlier["user_id"] == row["user_id"] and earlier["time"] < row["time"]
            for article in earlier["shown"]
            if article in earlier["clicked"]
        ]
        once = [article for place, article in enumerate(clicks) if article not in clicks[place + 1 :]]
        assert found[row["impression_id"]] == once


def test_clicks_are_ordered_by_time_then_impression_id_and_each_article_stands_at_its_latest(tmp_path: Path):
    rows = [
        impression(3, "u", 5, ["a3"], ["a3"]),
        impression(2, "u", 5, ["a2", "a1"], ["a1", "a2"]),  # the order of a click list says nothing: shown does
        impression(1, "u", 9, ["a4"], ["a4"]),
        impression(4, "u", 7, ["a3", "a2"], ["a2"]),
        impression(5, "other", 6, ["a9"], ["a9"]),
        impression(6, "u", 10, ["a0"]),
    ]
    dataset = prepared(tmp_path, rows, dev_share=0.1)
    assert dataset.train.ids == ["i00002", "i00003", "i00005", "i00004", "i00001"]
    assert histories(dataset.train) == {
        "i00002": [],
        "i00003": [],
        "i00005": [],
        "i00004": [2, 1, 3],
        "i00001": [1, 3, 2],
    }
    assert histories(dataset.dev) == {"i00006": [1, 3, 2, 4]}


def test_a_history_in_the_log_is_kept_as_it_is_and_an_empty_one_stays_empty(tmp_path: Path):
    rows = [
        impression(1, "u", 1, ["a1"], ["a1"], history=["a7", "a7", "a5"]),
        impression(2, "u", 2, ["a2"], ["a2"], history=[]),
        impression(3, "u", 3, ["a3"]),
        impression(4, "u", 4, ["a3"]),
    ]
    dataset = prepared(tmp_path, rows)
    assert histories(dataset.train) == {"i00001": [7, 7, 5], "i00002": [], "i00003": [1, 2]}
    assert dataset.facts.train.empty_histories == 1


def test_a_derived_history_holds_the_last_hundred(tmp_path: Path):
    shown = [f"a{number}" for number in range(150)]
    articles = write_articles(tmp_path / "articles.jsonl", 150)
    rows = [impression(1, "u", 0, shown, shown), impression(2, "u", 1, shown[:1])]
    prepare(LogFiles([articles], [write_rows(tmp_path / "log", rows)]), tmp_path / "out", "x", "y", workers=1)
    assert histories(load_dataset(tmp_path / "out").dev) == {"i00002": list(range(50, 150))}


def test_ids_in_a_history_that_no_article_file_has_are_left_out_and_counted(tmp_path: Path):
    rows = [
        impression(1, "u", 1, ["a1"], history=["gone", "a2", "gone", "lost"]),
        impression(2, "u", 2, ["a1"], history=["a3", "gone"]),
    ]
    dataset = prepared(tmp_path, rows)
    assert histories(dataset.train) == {"i00001": [2]}
    assert histories(dataset.dev) == {"i00002": [3]}
    assert dataset.facts.unknown_history == 4
    assert dataset.facts.rejected == {}


def test_no_click_one_candidate_no_history_and_no_abstract_are_normal(tmp_path: Path):
    dataset = prepared(tmp_path, [impression(1, "u", 1, ["a1"]), impression(2, "v", 2, ["a2"], ["a2"])])
    assert dataset.facts.rejected == {}
    assert [len(part) for part in both(dataset)] == [1, 1]
    assert [part.history.lengths().tolist() for part in both(dataset)] == [[0], [0]]
    assert [part.candidates.lengths().tolist() for part in both(dataset)] == [[1], [1]]
    assert [part.clicked.tolist() for part in both(dataset)] == [[False], [True]]
    assert dataset.articles[0] == Article("a0", "Title 0")


def test_an_impression_that_comes_again_is_kept_once(tmp_path: Path):
    rows = [impression(1, "u", 1, ["a1"], ["a1"]), impression(2, "u", 2, ["a2"], ["a2"])]
    same_id_of_another = [impression(1, "v", 1, ["a1"], ["a1"]), impression(1, "u", 3, ["a1"])]
    dataset = prepared(tmp_path, [*rows, *rows, *same_id_of_another], [rows[0], impression(9, "u", 9, ["a0"])])
    assert dataset.train.ids == ["i00001", "i00001", "i00002", "i00001"]
    assert dataset.dev.ids == ["i00009"]  # what train has is not measured with
    assert histories(dataset.dev) == {"i00009": [1, 2]}
    assert dataset.facts.repeated_impressions == 3


def test_dev_is_the_last_share_by_time(tmp_path: Path):
    rows = [impression(number, f"u{number % 3}", 100 - number, ["a1"]) for number in range(20)]
    dataset = prepared(tmp_path, rows, dev_share=0.15)
    # 20 x 0.15 = 3 impressions, those of the latest minutes: numbers 2, 1, 0
    assert dataset.dev.ids == ["i00002", "i00001", "i00000"]
    assert dataset.train.times.max() < dataset.dev.times.min()
    assert dataset.facts.overlap_s == 0


def test_impressions_of_the_second_at_the_split_all_go_to_dev(tmp_path: Path):
    minutes = [0, 1, 2, 3, 4, 5, 6, 6, 6, 6]
    rows = [impression(number, "u", minute, ["a1"]) for number, minute in enumerate(minutes)]
    dataset = prepared(tmp_path, rows, dev_share=0.1)
    assert (len(dataset.train), len(dataset.dev)) == (6, 4)


def test_a_dev_log_that_begins_before_train_ends_is_told(tmp_path: Path):
    dataset = prepared(tmp_path, [impression(1, "u", 10, ["a1"])], [impression(2, "u", 8.5, ["a1"])])
    assert dataset.facts.overlap_s == 90


def test_a_log_that_cannot_be_divided_is_refused(tmp_path: Path):
    with pytest.raises(LogError, match="0 impressions to train on and 2 to measure with; both need at least one"):
        prepared(tmp_path, [impression(n, "u", 1, ["a1"]) for n in range(2)])
    with pytest.raises(LogError, match=r"dev_share is 1; give a share between 0 and 1, such as 0\.15"):
        prepared(tmp_path, [impression(1, "u", 1, ["a1"])], dev_share=1)


@pytest.mark.usefixtures("slow")
def test_a_script_that_prepares_at_its_top_level_runs_once(tmp_path: Path):
    write_articles(tmp_path / "articles.jsonl")
    write_rows(tmp_path / "log.jsonl", random_log(seed=1, size=100))
    (tmp_path / "script.py").write_text(
        "from pathlib import Path\n"
        "from trainer.data.prepare import LogFiles, prepare\n"
        "print('begun', flush=True)\n"
        "files = LogFiles([Path('articles.jsonl')], [Path('log.jsonl')])\n"
        "facts = prepare(files, Path('out'), 'made up', 'CC0', workers=2)\n"
        "print(facts.train.impressions + facts.dev.impressions)\n"
    )
    command = [sys.executable, "script.py"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["begun", "100"], "")
    assert load_dataset(tmp_path / "out").facts.name == "made up"


@pytest.mark.usefixtures("slow")
def test_the_result_is_the_same_for_any_number_of_workers_and_buckets(tmp_path: Path):
    rows = random_log(11, 600)
    half = len(rows) // 2
    for number, row in enumerate(rows):
        if number % 5 == 0:
            row["history"] = ["a1", "a2"]
    logs = [write_rows(tmp_path / "1.jsonl", rows[:half]), write_rows(tmp_path / "2.jsonl", rows[half - 20 :])]
    articles = write_articles(tmp_path / "articles.jsonl")
    hashes = set()
    for number, (workers, buckets, block_bytes) in enumerate([(1, 1, 8_000_000), (2, 7, 5_000), (1, 128, 50)]):
        spill = tmp_path / str(number) / "spill"
        spill.mkdir(parents=True)
        division = Division(bucket_rows=619 // buckets, block_bytes=block_bytes)
        with LocalRunner(spill, workers) as runner:
            ids = pa.array([f"a{number}" for number in range(30)])
            log = read_log([(path, False) for path in logs], ids, spill.parent, runner, lambda lines: None, division)
            counted = count_shards(log, runner, log.second_of(0.85), ranks_of(ids))
        assert sum(one.left.repeated for one in log.built) == 20
        assert (log.num_rows(), buckets <= len(log.built) <= buckets + 30) == (600, True)
        hashes.add(tuple(sum(one.parts[part].sha256_sum for one in counted) % HASH_MODULUS for part in (0, 1)))
    assert len(hashes) == 1
    datasets = []
    for number, order in enumerate(([0, 1], [1, 0])):
        files = LogFiles([articles], [logs[place] for place in order])
        datasets.append(prepare(files, tmp_path / f"out-{number}", "x", "y", workers=1).sha256)
    whole = write_rows(tmp_path / "whole.jsonl", rows)
    datasets.append(prepare(LogFiles([articles], [whole]), tmp_path / "out", "x", "y", workers=1).sha256)
    assert len(set(datasets)) == 1


def write_danish(folder: Path, last_shown: list[int], histories: dict[int, list[int]]) -> Path:
    """EB-NeRD's behaviors and histories: one impression of reader 7, two of reader 8."""
    folder.mkdir()
    shown = [[1, 2], [3, 4], last_shown]
    times = [datetime(2024, 5, day) for day in (1, 2, 3)]
    behaviors = {
        "impression_id": [1, 2, 3],
        "user_id": [7, 8, 8],
        "impression_time": pa.array(times, pa.timestamp("us")),
        "article_ids_inview": shown,
        "article_ids_clicked": [articles[1:] for articles in shown],
    }
    pq.write_table(pa.table(behaviors), folder / "behaviors.parquet")
    history = {"user_id": list(histories), "article_id_fixed": list(histories.values())}
    pq.write_table(pa.table(history), folder / "history.parquet")
    return folder / "behaviors.parquet"


@pytest.mark.parametrize("most", [10_000, 1])
def test_an_impression_in_several_folders_of_ebnerd_has_one_history_whatever_their_order(
    tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bucket.build, "__defaults__", (most, None))
    monkeypatch.setattr(bucket, "_ROWS_AT_ONCE", 1)
    logs = [
        write_danish(tmp_path / "a", [5, 6], {7: [11, 12], 8: [13]}),
        write_danish(tmp_path / "b", [5, 2], {7: [14, 15], 9: [1]}),  # as long as in a: a hash decides
        write_danish(tmp_path / "c", [5, 3], {7: [16], 8: [17, 18, 19]}),
    ]
    articles = []
    for name, ids in (("odd", range(1, 20, 2)), ("even", range(2, 20, 2))):
        articles.append(tmp_path / f"{name}.parquet")
        pq.write_table(pa.table({"article_id": [*ids], "title": [f"T{n}" for n in ids]}), articles[-1])
    rows, hashes = [], set()
    for number, (order, files) in enumerate(product(permutations(logs), permutations(articles))):
        out = tmp_path / f"out-{number}"
        hashes.add(prepare(LogFiles(files, order, dev_share=0.4), out, "x", "y", workers=1).sha256)
        found = load_dataset(out)
        ids = [article.article_id for article in found.articles]
        lists = [(part, row) for part in both(found) for row in range(len(part))]
        rows.append([[ids[n] for n in [*part.history[row], *part.candidates[row]]] for part, row in lists])
    assert len(hashes) == 1
    assert all(found == rows[0] for found in rows)
    assert rows[0][0] in (["11", "12", "1", "2"], ["14", "15", "1", "2"])
    assert rows[0][-1][:4] == ["17", "18", "19", "5"]
    assert len(rows[0]) == (3 if most > 1 else 2)


def test_the_hash_tells_any_change(tmp_path: Path):
    rows = [impression(1, "u", 1, ["a1", "a2"], ["a1"]), impression(2, "u", 2, ["a2"])]
    changes = [
        {"impression_id": "x"},
        {"user_id": "x"},
        {"time": START.isoformat()},
        {"shown": ["a2", "a1"]},
        {"clicked": ["a2"]},
        {"history": ["a1"]},
    ]
    logs = [rows, *([{**rows[0], **change}, rows[1]] for change in changes)]
    assert len({prepared(tmp_path, log).facts.sha256 for log in logs}) == len(logs)


def test_the_hash_tells_other_articles_and_another_split(tmp_path: Path):
    rows = [impression(number, "u", number, ["a0", "a1"], ["a0"]) for number in range(10)]
    log = write_rows(tmp_path / "log.jsonl", rows)
    hashes = set()
    for number, text in enumerate(["Rain", "Rein", None]):
        articles = [{"article_id": "a0", "title": "Sun", "abstract": text}, {"article_id": "a1", "title": "Snow"}]
        path = write_rows(tmp_path / f"{number}.jsonl", articles)
        for dev_share in (0.2, 0.5):
            files = LogFiles([path], [log], dev_share=dev_share)
            hashes.add(prepare(files, tmp_path / "out", "x", "y", workers=1).sha256)
    assert len(hashes) == 3 * 2


def test_a_dataset_comes_back_as_it_was_prepared(tmp_path: Path):
    articles = write_rows(
        tmp_path / "articles.jsonl",
        [
            {"article_id": "a0", "title": "Æblegrød", "abstract": "x", "category": "c", "source": "s", "url": "u",
             "language": "da", "published": "2026-11-24T06:00:00.75+01:00"},
            {"article_id": "a1", "title": "Plain"},
        ],
    )  # fmt: skip
    rows = [impression(1, "u", 1, ["a1", "a0"], ["a0"]), impression(2, "v", 2, ["a0"], history=["a0", "a1"])]
    log = tmp_path / "log.jsonl.gz"
    log.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    seen: list[int] = []
    files = LogFiles([articles], [log], dev_share=0.5)
    facts = prepare(files, tmp_path / "out", "made up", "CC0", progress=seen.append, workers=1)
    dataset = load_dataset(tmp_path / "out")
    published = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # whole seconds
    assert dataset.articles == [Article("a0", "Æblegrød", "x", "c", "s", "u", "da", published), Article("a1", "Plain")]
    assert dataset.facts == facts
    assert seen == [2]
    assert dataset.train.ids == ["i00001"]
    assert dataset.train.times.tolist() == [int(START.timestamp()) + 60]
    assert dataset.train.candidates[0].tolist() == [1, 0]
    assert dataset.train.clicked.tolist() == [False, True]
    assert dataset.dev.history[0].tolist() == [0, 1]
    assert (facts.name, facts.licence, facts.articles) == ("made up", "CC0", 2)
    assert to_json(facts.train) == {
        "impressions": 1,
        "readers": 1,
        "shown": 2,
        "clicks": 1,
        "empty_histories": 1,
        "first_s": dataset.train.times[0],
        "last_s": dataset.train.times[0],
        "readers_without_history": 1,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles.jsonl", "log.jsonl.gz", "out"]


def test_an_old_dataset_is_replaced_and_anything_else_is_not(tmp_path: Path):
    rows = [impression(1, "u", 1, ["a1"]), impression(2, "u", 2, ["a1"])]
    (tmp_path / "out").mkdir()  # an empty folder will do
    assert len(prepared(tmp_path, rows).dev) == 1
    assert prepared(tmp_path, [*rows, impression(3, "u", 2, ["a1"])]).dev.ids == ["i00002", "i00003"]
    with pytest.raises(LogError, match="0 impressions to train on"):
        prepared(tmp_path, rows[:1])
    assert load_dataset(tmp_path / "out").dev.ids == ["i00002", "i00003"]  # the old one is still there
    (tmp_path / "out" / "dataset.json").rename(tmp_path / "out" / "diary.txt")
    with pytest.raises(LogError, match="out: is there and no prepared dataset, so it is not replaced"):
        prepared(tmp_path, rows)
    assert (tmp_path / "out" / "diary.txt").exists()


def test_a_full_disk_is_told_in_a_sentence_and_leaves_the_old_dataset(tmp_path: Path):
    rows = [impression(1, "u", 1, ["a1"]), impression(2, "u", 2, ["a1"])]
    expected = prepared(tmp_path, rows).facts
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    files = LogFiles([tmp_path / "articles.jsonl"], [tmp_path / "train.jsonl"])
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60, hard))
    try:
        with pytest.raises(LogError, match=r"out: cannot be written: .*; make room there or choose another folder"):
            prepare(files, tmp_path / "out", "x", "y", workers=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert load_dataset(tmp_path / "out").facts == expected
    assert not (tmp_path / "out.partial").exists()


def test_a_folder_that_is_no_dataset_is_not_opened(tmp_path: Path):
    with pytest.raises(LogError, match=r"not a prepared dataset: .*; run: edge-news-trainer prepare"):
        load_dataset(tmp_path)
    prepared(tmp_path, [impression(1, "u", 1, ["a1"]), impression(2, "u", 2, ["a1"])])
    shard = tmp_path / "out" / "shards" / "00000.arrow"
    shard.write_bytes(b"ARROW1")
    with pytest.raises(LogError, match=r"00000\.arrow is not what was written; run: edge-news-trainer prepare"):
        load_dataset(tmp_path / "out")
    shard.unlink()
    with pytest.raises(LogError, match=r"00000\.arrow is missing; run: edge-news-trainer prepare"):
        load_dataset(tmp_path / "out")


def test_a_dataset_of_the_earlier_form_is_refused(tmp_path: Path):
    prepared(tmp_path, [impression(1, "u", 1, ["a1"]), impression(2, "u", 2, ["a1"])])
    (tmp_path / "out" / "manifest.json").rename(tmp_path / "out" / "train.arrow")
    with pytest.raises(LogError, match="prepared by an earlier version, in another form; run: edge-news-trainer prep"):
        load_dataset(tmp_path / "out")


def test_training_reads_no_text_of_articles_first_shown_on_the_dev_days(tmp_path: Path):
    train = [impression(1, "u", 1, ["a0"], history=["a1"])]
    dev = [impression(2, "u", 2, ["a0", "a1", "a2"], history=["a3"])]
    # a2 alone is new: a0 was shown, a1 and a3 were read before, a4 and later were never shown
    assert prepared(tmp_path, train, dev).training_rows().tolist() == [0, 1, *range(3, 30)]


@pytest.mark.usefixtures("slow")
def test_the_real_mind_sample_is_read_whole(tmp_path: Path):
    folder = SHARED / "mind-small"
    if not folder.is_dir():
        pytest.skip("the MIND sample is not here: ../shared/data/mind-small")
    files = LogFiles([folder / "news.tsv.gz"], [folder / "behaviors_train.tsv.gz"], [folder / "behaviors_dev.tsv.gz"])
    facts = prepare(files, tmp_path / "out", "MIND-small sample", "Microsoft Research License", workers=1)
    assert facts.articles == 51_282
    assert facts.rejected == {}
    assert (facts.unknown_history, facts.repeated_impressions, facts.overlap_s) == (0, 0, 0)
    counts = ("impressions", "readers", "shown", "clicks")
    assert [getattr(facts.train, name) for name in counts] == [4_260, 3_955, 154_081, 6_378]
    assert [getattr(facts.dev, name) for name in counts] == [1_370, 1_332, 54_645, 2_048]
    dataset = load_dataset(tmp_path / "out")
    assert len(dataset.articles) == 51_282
    assert (dataset.train.clicked.sum(), dataset.dev.clicked.sum()) == (6_378, 2_048)
    assert len(np.unique(dataset.train.candidates.values)) == 5_567
    assert len(np.unique(dataset.dev.candidates.values)) == 2_389
    assert max(dataset.train.history.lengths().max(), dataset.dev.history.lengths().max()) == 558


@pytest.mark.usefixtures("slow")
def test_real_ebnerd_rows_in_its_parquet_layout_are_read_whole(tmp_path: Path):
    folder = SHARED / "ebnerd-demo"
    if not folder.is_dir():
        pytest.skip("the EB-NeRD sample is not here: ../shared/data/ebnerd-demo")
    rows = read_tsv(folder / "behaviors_train.tsv.gz", 2_000)
    users = {row["user_id"] for row in rows}
    histories_read = {
        int(row["user_id"]): [int(article) for article in row["article_ids"].split()]
        for row in read_tsv(folder / "history_train.tsv.gz", None)
        if row["user_id"] in users
    }
    pairs = [[pair.split("-") for pair in row["impressions"].split()] for row in rows]
    shown = [[int(article) for article, _ in row] for row in pairs]
    clicked = [[int(article) for article, label in row if label == "1"] for row in pairs]
    behaviors = {
        "impression_id": pa.array([int(row["impression_id"]) for row in rows], pa.uint32()),
        "user_id": pa.array([int(row["user_id"]) for row in rows], pa.uint32()),
        "impression_time": pa.array([datetime.fromisoformat(row["time"]) for row in rows], pa.timestamp("us")),
        "article_ids_inview": pa.array(shown, pa.list_(pa.int32())),
        "article_ids_clicked": pa.array(clicked, pa.list_(pa.int32())),
    }
    history = {
        "user_id": pa.array(list(histories_read), pa.uint32()),
        "article_id_fixed": pa.array(list(histories_read.values()), pa.list_(pa.int32())),
    }
    ids = sorted({article for row in [*shown, *histories_read.values()] for article in row})
    articles = {"article_id": pa.array(ids, pa.int32()), "title": [f"Overskrift {article}" for article in ids]}
    for name, columns in (("behaviors", behaviors), ("history", history), ("articles", articles)):
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")

    files = LogFiles([tmp_path / "articles.parquet"], [tmp_path / "behaviors.parquet"])
    facts = prepare(files, tmp_path / "out", "EB-NeRD demo", "research only", workers=1)
    assert facts.rejected == {}
    assert facts.unknown_history == 0
    assert facts.train.impressions + facts.dev.impressions + facts.repeated_impressions == 2_000
    dataset = load_dataset(tmp_path / "out")
    expected = {
        row["impression_id"]: (histories_read[int(row["user_id"])], shown[place], clicked[place])
        for place, row in enumerate(rows)
    }
    for part in both(dataset):
        for place, name in enumerate(part.ids):
            first, last = part.candidates.offsets[place : place + 2]
            candidates = part.candidates[place]
            hits = candidates[part.clicked[first:last]]
            assert [ids[article] for article in part.history[place]] == expected[name][0]
            assert [ids[article] for article in candidates] == expected[name][1]
            assert [ids[article] for article in hits] == expected[name][2]


def read_tsv(path: Path, limit: int | None) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for _, row in zip(range(limit or 10**9), rows, strict=False)]
