from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest

from trainer.data.dataset import Impressions, Ragged
from trainer.errors import ConfigError
from trainer.report.collect import collect
from trainer.report.plots import PICTURES
from trainer.report.run_folder import FinishedRun, check_same_log, readable_rows
from trainer.report.write import write_report
from trainer.text_vectors.sizes import encoder_bytes

EMPTY = {"meta", "img", "link", "br", "hr", "input"}


class Page(HTMLParser):
    """Tables by caption, attributes of every element, and whether each element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self._text = ""
        self.feed(text)
        assert not self._open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self._open.append(tag)
        if tag == "table":
            self._rows: list[list[str]] = []
        if tag == "tr":
            self._rows.append([])
        self._text = ""

    def handle_data(self, data):
        self._text += data

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        if tag == "caption":
            self._caption = self._text
        if tag in ("th", "td"):
            self._rows[-1].append(self._text)
        if tag == "table":
            self.tables[self._caption] = self._rows


@pytest.fixture(scope="module")
def written(finished, tmp_path_factory):
    """Page and data of the report, the run beside a copy of itself."""
    twin = tmp_path_factory.mktemp("also") / "twin"
    shutil.copytree(finished.out, twin)
    path = write_report(finished.out, [twin])
    assert sorted(file.name for file in path.parent.iterdir()) == ["report.html", "report.json", "variants.csv"]
    return Page(path.read_text("utf-8")), json.loads(path.with_name("report.json").read_text("utf-8"))


def numbers(cell: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"[-+]?\d[\d,]*(?:\.\d+)?", cell)]


def rounded(interval: dict[str, float] | None) -> list[float]:
    return [] if interval is None else [round(interval[part], 4) + 0.0 for part in ("mean", "low", "high")]


def test_the_page_needs_nothing_but_itself(written):
    page, _ = written
    for tag, attributes in page.elements:
        assert tag not in ("script", "link", "iframe")
        for name in ("src", "href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/png;base64,"))


def test_every_picture_is_there_and_described(written):
    pictures = [attributes for tag, attributes in written[0].elements if tag == "img"]
    assert len(pictures) == len(PICTURES)
    assert all(len(attributes["alt"] or "") > 40 for attributes in pictures)


def test_tables_have_captions_and_cells_know_their_heads(written):
    page, _ = written
    assert sum(tag == "table" for tag, _ in page.elements) == len(page.tables)
    assert all(attributes["scope"] in ("col", "row") for tag, attributes in page.elements if tag == "th")


def test_every_number_of_the_table_of_variants_is_in_the_data(written):
    page, data = written
    (rows,) = (rows for caption, rows in page.tables.items() if caption.startswith("All variants"))
    assert len(rows) == 1 + len(data["variants"])
    for row, variant in zip(rows[1:], data["variants"], strict=True):
        name, _, *cells = row
        assert name == variant["name"]
        counts = [variant[field] for field in ("size_bytes", "gzip_bytes", "parameters", "zeros")]
        assert [numbers(cell) for cell in cells[:4]] == [[count] for count in counts]
        assert numbers(cells[4]) == [round(variant["encode_us"], 2)]
        assert numbers(cells[5]) == [round(variant["rank_us"], 1)]
        assert [numbers(cell) for cell in cells[6:]] == [
            rounded(variant[field]) for field in ("auc", "ndcg10", "difference")
        ]


def test_every_number_of_the_table_of_steps_is_in_the_data(written):
    page, data = written
    (rows,) = (rows for caption, rows in page.tables.items() if caption.startswith("Each step"))
    for row, step in zip(rows[1:], data["steps"], strict=True):
        assert row[0] == step["name"]
        fields = ("size_bytes", "bytes_gained", "gzip_bytes_gained", "parameters_gained", "zeros_gained")
        assert [numbers(cell) for cell in row[1:6]] == [[step[field]] for field in fields]
        assert numbers(row[6]) == [round(step["encode_us_gained"], 2)]
        assert [numbers(cell) for cell in row[7:]] == [rounded(step["since_last"]), rounded(step["since_dense"])]


def test_what_the_steps_gain_adds_up_to_the_whole(report):
    dense, last = report.variants[0], report.variants[-2]
    assert sum(step.bytes_gained for step in report.steps) == dense.size_bytes - last.size_bytes
    assert sum(step.zeros_gained for step in report.steps) == last.zeros - dense.zeros
    whole = sum(step.since_last.mean for step in report.steps)
    assert whole == pytest.approx(last.ndcg10.mean - dense.ndcg10.mean)
    assert report.steps[-1].since_dense.mean == pytest.approx(whole)


def test_members_add_up_to_the_file(report, finished):
    assert sum(report.members["after"].values()) == finished.bundle.stat().st_size
    assert sum(report.members["before"].values()) == finished.steps[0].bundle.stat().st_size


def test_reductions_are_against_teacher_and_dense_student(report, finished):
    teacher, dense = report.reductions
    assert teacher.size_bytes is None and teacher.times is None  # lsa has no encoder of known size
    assert dense.times == finished.steps[0].facts.bytes / report.size_bytes
    assert dense.ndcg10.mean == pytest.approx(report.ndcg10.mean - report.variants[0].ndcg10.mean)
    assert teacher.ndcg10.mean == pytest.approx(report.ndcg10.mean - report.teacher_ndcg10.mean)
    assert dense.ndcg10_share == pytest.approx(dense.ndcg10.mean / report.variants[0].ndcg10.mean)


def test_bytes_behind_text_vectors_are_those_of_their_encoders():
    assert encoder_bytes("minilm") == 90_261_504  # 22,565,376 float32
    assert encoder_bytes("minilm+wordllama") == 90_261_504 + 4 * 32_000 * 256
    assert encoder_bytes("minilm+lsa") is None and encoder_bytes("vectors.npy") is None


def test_the_engines_that_are_installed_are_right(report):
    assert [engine.engine for engine in report.engines] == ["ai-edge-litert", "numpy"]
    assert all(engine.loads and engine.right for engine in report.engines)


def test_a_twin_of_the_run_differs_in_nothing(written):
    _, data = written
    *_, bundle, twin = data["variants"]
    assert twin == {**bundle, "name": "twin", "group": "run"}


def test_a_folder_of_no_run_is_refused_and_stays_as_it_was(tmp_path):
    with pytest.raises(ConfigError, match="not the folder of a run"):
        collect(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_run_that_has_not_been_compressed_is_refused(finished, tmp_path):
    out = tmp_path / "halfway"
    out.mkdir()
    state = json.loads((finished.out / "stages.json").read_text("utf-8"))
    done = {stage: entry for stage, entry in state.items() if stage in ("prepare", "teacher", "distill")}
    (out / "stages.json").write_text(json.dumps(done), "utf-8")
    with pytest.raises(ConfigError, match=r"stage compress has not been run.*edge-news-trainer run"):
        collect(out)


def test_a_recipe_without_steps_is_refused(finished, tmp_path):
    out = tmp_path / "dense"
    shutil.copytree(finished.out, out)
    state = json.loads((out / "stages.json").read_text("utf-8"))
    state["compress"]["facts"]["steps"] = state["compress"]["facts"]["steps"][:1]
    (out / "stages.json").write_text(json.dumps(state), "utf-8")
    with pytest.raises(ConfigError, match="has no step, so nothing was compressed"):
        collect(out)


def test_a_bundle_that_is_older_than_its_steps_is_refused(finished, tmp_path):
    out = tmp_path / "stale"
    shutil.copytree(finished.out, out)
    shutil.copy(finished.steps[1].bundle, out / "news.bundle")
    with pytest.raises(ConfigError, match="is not what the last step, 3 quantize, left"):
        collect(out)


def test_runs_of_other_logs_are_refused(finished, tmp_path):
    out = tmp_path / "other"
    shutil.copytree(finished.out, out)
    state = json.loads((out / "stages.json").read_text("utf-8"))
    state["prepare"]["facts"]["sha256"] = "another"
    (out / "stages.json").write_text(json.dumps(state), "utf-8")
    with pytest.raises(ConfigError, match="measured on other lists"):
        check_same_log([finished, FinishedRun(out)])


def test_places_of_readable_candidates_are_those_that_stay():
    lists = Impressions(
        ids=["a", "b"],
        users=np.zeros(2, np.int32),
        times=np.zeros(2, np.int64),
        history=Ragged(np.array([0], np.int32), np.array([0, 1, 1])),
        candidates=Ragged(np.array([0, 1, 2, 1, 2], np.int32), np.array([0, 3, 5])),
        clicked=np.array([1, 0, 0, 1, 0], bool),
    )
    has_text = np.array([True, False, True])
    # Article 1 goes: the first list keeps its places 0 and 2, the second one has no click any more.
    assert readable_rows(lists, has_text).tolist() == [0, 2]
