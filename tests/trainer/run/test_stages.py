"""A run in its folder: what it refuses before it begins, and what makes it do a stage again."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trainer.cli.command_line import progress_bar
from trainer.errors import ConfigError, LogError
from trainer.run import sources
from trainer.run.stages import Run
from trainer.settings.config import DataSettings, RunSettings


def test_a_recipe_with_a_wrong_step_is_refused_before_anything_is_done(tmp_path):
    recipe = tmp_path / "wrong.toml"
    recipe.write_text('[[step]]\nmethod = "prune-vocabulry"\n')
    with pytest.raises(ConfigError, match=r"step 1: method is 'prune-vocabulry'"):
        Run(tmp_path / "run", dataclasses.replace(RunSettings(), recipe=str(recipe)), progress_bar)
    assert not (tmp_path / "run").exists()


def write_danish_log(folder: Path, history: list[int]) -> RunSettings:
    """EB-NeRD's form under names that do not tell it."""
    times = pa.array([datetime(2024, 5, day) for day in (1, 2, 3, 4)], pa.timestamp("us"))
    articles = pa.table({"article_id": [11, 12, 13], "title": ["Rain", "Golf", "Chess"]})
    behaviors = pa.table(
        {
            "impression_id": [1, 2, 3, 4],
            "user_id": [7, 7, 7, 7],
            "impression_time": times,
            "article_ids_inview": [[11, 12]] * 4,
            "article_ids_clicked": [[12]] * 4,
        }
    )
    pq.write_table(articles, folder / "articles.pq")
    pq.write_table(behaviors, folder / "behaviors.pq")
    pq.write_table(pa.table({"user_id": [7], "article_id_fixed": [history]}), folder / "history.parquet")
    data = DataSettings(articles=(str(folder / "articles.pq"),), train=(str(folder / "behaviors.pq"),))
    return dataclasses.replace(RunSettings(), data=data)


def test_a_changed_history_beside_the_log_is_read_again_whatever_the_log_is_named(tmp_path):
    run = Run(tmp_path / "run", write_danish_log(tmp_path, [11]), progress_bar)
    run.prepare()
    assert run.dataset.train.history[0].tolist() == [0]
    write_danish_log(tmp_path, [13, 12])
    run.prepare()
    assert run.dataset.train.history[0].tolist() == [2, 1]


def test_a_stage_is_done_again_after_its_code_has_changed_and_only_then(tmp_path, monkeypatch):
    settings = write_danish_log(tmp_path, [11])
    copies = [tmp_path / "as-it-is", tmp_path / "changed"]
    for copy in copies:
        for name, path in sources.PACKAGES.items():
            shutil.copytree(path, copy / name, ignore=shutil.ignore_patterns("__pycache__", "default"))
    with (copies[1] / "trainer" / "data" / "ebnerd.py").open("a") as file:
        file.write("\n# another thought\n")
    for copy in (copies[0], copies[0], copies[1]):
        monkeypatch.setattr(sources, "PACKAGES", {name: copy / name for name in sources.PACKAGES})
        Run(tmp_path / "run", settings, progress_bar).prepare()
    done = [line.split(" ", 1)[1] for line in (tmp_path / "run" / "run.log").read_text().splitlines()]
    assert [line for line in done if not line.startswith("prepare: done")] == [
        "prepare: begins",
        "prepare: up to date",
        "prepare: begins",
    ]


def test_the_bundle_of_a_danish_log_reads_danish_and_to_name_english_is_refused_before_the_training(tmp_path):
    settings = write_danish_log(tmp_path, [11])
    run = Run(tmp_path / "run", settings, progress_bar)
    run.prepare()
    assert run.data.languages == ("da",)
    english = dataclasses.replace(settings, data=dataclasses.replace(settings.data, languages=("en",)))
    with pytest.raises(LogError, match="no article has text in 'en'"):
        Run(tmp_path / "english", english, progress_bar).prepare()
