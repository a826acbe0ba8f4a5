"""What `prepare` refuses, so that nobody trains for hours before it is told."""

from __future__ import annotations

import dataclasses
import json
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from trainer.cli.command_line import progress_bar
from trainer.errors import LogError
from trainer.run.stages import Run
from trainer.settings.config import DataSettings, RunSettings

START = datetime(2026, 11, 24, 6, tzinfo=UTC)
TITLES = ("Ferry leaves the harbour", "Rook endgame is drawn", "Frost on the orchard", "Fog over the ferry")


def rows(first_day: int = 0, **changed: Any) -> list[dict[str, Any]]:
    """Eight impressions of one reader, an hour apart, each with a click and an article passed over."""
    row = {"user_id": "u", "history": ["a0"], "shown": ["a1", "a2"], "clicked": ["a1"], **changed}
    times = [START + timedelta(days=first_day, hours=hour) for hour in range(8)]
    return [
        {"impression_id": f"{first_day}-{number}", "time": time.isoformat(), **row} for number, time in enumerate(times)
    ]


def prepared(
    folder: Path,
    train: list[dict[str, Any]],
    dev: list[dict[str, Any]],
    titles: tuple[str, ...] = TITLES,
    **sizes: int,
) -> Run:
    settings = RunSettings()
    distillation = dataclasses.replace(settings.student.distillation, **sizes)
    settings = dataclasses.replace(settings, student=dataclasses.replace(settings.student, distillation=distillation))

    def write(name: str, lines: list[dict[str, Any]]) -> str:
        (folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        return str(folder / name)

    articles = write("a.jsonl", [{"article_id": f"a{n}", "title": title} for n, title in enumerate(titles)])
    data = DataSettings((articles,), (write("train.jsonl", train),), (write("dev.jsonl", dev),))
    run = Run(folder / "run", dataclasses.replace(settings, data=data), progress_bar)
    run.prepare()
    return run


def test_a_sound_log_is_prepared_without_a_word(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(prepared(tmp_path, rows(), rows(1)).dataset.dev) == 8


def test_dev_lists_that_compare_nothing_are_refused(tmp_path):
    with pytest.raises(LogError, match=r"none of the 8 impressions of dev has both a click .* nothing to measure with"):
        prepared(tmp_path, rows(), rows(1, clicked=[]))


def test_train_lists_that_compare_nothing_are_refused(tmp_path):
    with pytest.raises(LogError, match=r"none of the 8 impressions of train has both .* nothing to learn from"):
        prepared(tmp_path, rows(clicked=["a1", "a2"]), rows(1))


def test_dev_before_train_is_refused_with_both_spans(tmp_path):
    message = (
        r"8 of 8 impressions of dev are before all of train \(dev 2026-11-24 06:00 to 2026-11-24 13:00, "
        r"train 2026-11-26 06:00 to 2026-11-26 13:00\): .* the later as --dev"
    )
    with pytest.raises(LogError, match=message):
        prepared(tmp_path, rows(2), rows(0))


def test_dev_within_the_time_of_train_is_told(tmp_path):
    # Train has a part before and a part after dev's eight hours.
    with pytest.warns(UserWarning, match=r"8 of 8 impressions of dev are before the last of train"):
        prepared(tmp_path, [*rows(0), *rows(2)], rows(1))


def test_histories_of_which_no_id_is_known_are_refused(tmp_path):
    with pytest.raises(LogError, match=r"none of the 16 ids in the histories is that of an article.*not 1000\.0"):
        prepared(tmp_path, rows(history=["a0.0"]), rows(1, history=["a0.0"]))


def test_a_log_without_histories_is_told(tmp_path):
    with pytest.warns(UserWarning, match="no reader of the log has a history"):
        prepared(tmp_path, rows(history=[]), rows(1, history=[]))


def test_articles_without_text_are_refused(tmp_path):
    with pytest.raises(LogError, match=r"1 different titles among the 4 articles"):
        prepared(tmp_path, rows(), rows(1), titles=("Fog", "Fog", "Fog", "Fog"))


def test_fewer_titles_than_dimensions_are_refused_where_the_student_cannot_have_them(tmp_path):
    with pytest.raises(LogError, match=r"4 different titles .* fewer than the 5 dimensions .* token_dim"):
        prepared(tmp_path, rows(), rows(1), token_dim=5)


def test_a_vocabulary_without_room_for_the_characters_is_refused(tmp_path):
    with pytest.raises(LogError, match="vocabulary_size is 4: a vocabulary of 4 pieces has room for"):
        prepared(tmp_path, rows(), rows(1), vocabulary_size=4)


def test_repeated_articles_of_a_list_and_readers_without_history_are_counted(tmp_path):
    run = prepared(tmp_path, [*rows(shown=["a1", "a2", "a1"]), *rows(user_id="v", history=[])], rows(1))
    facts = run.dataset.facts
    # One of eight lists of u; v has nothing.
    assert (facts.repeated_candidates, facts.train.shown, facts.train.clicks) == (8, 32, 16)
    assert (facts.train.readers, facts.train.readers_without_history, facts.dev.readers_without_history) == (2, 1, 0)
