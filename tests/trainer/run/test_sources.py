"""Which stages a changed source file makes run again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from trainer.run.sources import PACKAGES, sources_key

pytestmark = pytest.mark.usefixtures("slow")

STAGES = ("prepare", "teacher", "distill", "compress", "export", "evaluate")


def copied(folder: Path) -> dict[str, Path]:
    """The sources of both packages, to be changed."""
    others = shutil.ignore_patterns("__pycache__", "default", "headlines", "systemd")
    return {name: Path(shutil.copytree(path, folder / name, ignore=others)) for name, path in PACKAGES.items()}


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ("trainer/data/log_table.py", "prepare"),
        ("edge_runtime/model/json_lines.py", "prepare"),
        ("trainer/training/teacher.py", "teacher"),
        ("trainer/text_vectors/lsa.py", "teacher"),
        ("trainer/training/distillation.py", "distill"),
        ("trainer/data/vocabulary.py", "distill"),
        ("trainer/student_steps/prune_units.py", "compress"),
        ("edge_runtime/model/news_model.py", "compress"),
        ("trainer/fits/popularity.py", "export"),
        ("trainer/run/card.py", "export"),
        ("trainer/measure/run_report.py", "evaluate"),
        ("edge_runtime/notify/decide.py", None),
        ("trainer/report/page.py", None),
    ],
)
def test_a_changed_file_makes_the_stages_that_depend_on_it_run_again_and_no_earlier_one(tmp_path, changed, first):
    before, packages = {stage: sources_key(stage) for stage in STAGES}, copied(tmp_path)
    with (tmp_path / changed).open("a") as file:
        file.write("\n# another thought\n")
    differ = [stage for stage in STAGES if sources_key(stage, packages) != before[stage]]
    assert differ[:1] == ([first] if first else [])


def test_a_changed_function_of_the_pipeline_is_that_of_its_own_stage(tmp_path):
    before, packages = {stage: sources_key(stage) for stage in STAGES}, copied(tmp_path)
    pipeline = tmp_path / "trainer" / "pipeline.py"
    text = pipeline.read_text("utf-8")
    pipeline.write_text(text.replace("return teach_student(", "return  teach_student("), "utf-8")
    assert [stage for stage in STAGES if sources_key(stage, packages) != before[stage]] == ["distill"]


def test_where_no_source_can_be_read_the_key_is_that_of_nothing(tmp_path):
    packages = dict.fromkeys(PACKAGES, tmp_path)
    assert len({sources_key(stage, packages) for stage in STAGES}) == 1
