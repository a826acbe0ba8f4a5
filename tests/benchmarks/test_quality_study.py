"""The quality study: what is done, done again or left alone, and what the page shows; training itself is faked."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from pytest import approx

from benchmarks.marked_page import filled
from benchmarks.quality.jobs import Outcome, attempt, train, train_baseline
from benchmarks.quality.study import run_study, study_jobs
from benchmarks.quality.variants import BASE, ONE_MEMBER, check_variant, variants
from trainer.data.corpus import load_corpus
from trainer.data.dataset import load_dataset
from trainer.data.simulate import SimulatorSettings, simulate_to
from trainer.errors import ConfigError
from trainer.measure.comparison import mean_over_seeds
from trainer.run.demo import demo_settings
from trainer.student_steps.recipe import load_recipe

ONLY = [BASE, "no-topic", "no-relational", "random", "popularity"]
PAGE = (
    "Title\n<!-- log -->\nold\n<!-- end -->\nbetween\n<!-- sizes -->\n<!-- end -->\n<!-- languages -->\n<!-- end -->\n"
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    log = tmp_path_factory.mktemp("log")
    simulate_to(log, SimulatorSettings(readers=30, seed=3, days=5), load_corpus()[:500])
    return demo_settings(log, seed=0, text_vectors="lsa")


def by_name(settings):
    return {variant.name: variant for variant in variants(settings)}


class Trainer:
    """Reads the log as it is; instead of training it scores by lot, and it fails where it is told to."""

    def __init__(self, failing=()):
        self.failing, self.calls = failing, []

    def __call__(self, work, *arguments):
        if work is train:
            return self._train(arguments[0], arguments[4], arguments)
        self.calls.append(work.__name__)
        if work is train_baseline:
            name, dataset, _, _, seed, scores = arguments
            self._score(scores, dataset, seed)
            return Outcome({"title": name, "parameters": 10, "size_bytes": 40, "training_s": 1.0}, "", 1.0, 50.0)
        return Outcome({}, "", 1.0, 50.0)

    def _train(self, out, settings, arguments):
        self.calls.append(out.name)
        if out.name in self.failing:
            return Outcome(None, "Traceback ...\nMemoryError: none left", 1.0, 1.0)
        if out.name == "data":
            return attempt(train, *arguments)
        for name in ("teacher", "student", "bundle"):
            self._score(out / f"scores-{name}.npy", out.parent / "data" / "dataset", settings.seed)
        stages = ("prepare", "teacher", "distill", "compress", "export", "evaluate")
        return Outcome({stage: {"seconds": 2.0, "bytes": 400, "parameters": 100} for stage in stages}, "", 9.0, 100.0)

    def _score(self, path, dataset, seed):
        path.parent.mkdir(exist_ok=True)
        np.save(path, np.random.default_rng(seed).random(len(load_dataset(dataset).dev.clicked)))


@pytest.fixture(scope="module")
def finished(settings, tmp_path_factory):
    out = tmp_path_factory.mktemp("study")
    page = out / "page.md"
    page.write_text(PAGE)
    trainer, lines = Trainer(failing=("no-topic-1",)), []
    status = run_study(out, settings, (0, 1), ONLY, page, lines.append, trainer)
    return out, page, status, trainer.calls, lines


def test_a_change_leaves_all_else_as_it_is(settings):
    changed = by_name(settings)["no-prior"].change(settings)
    assert changed.teacher.without == ("prior",)
    assert changed.teacher.members == 1
    assert dataclasses.replace(changed, teacher=settings.teacher) == settings


def test_small_from_the_start_is_as_small_as_pruning_leaves_it(settings):
    pruned, small = load_recipe(BASE), load_recipe(by_name(settings)["no-pruning"].change(settings).recipe)
    units, tokens = (step.keep for step in pruned.steps if step.method.startswith("prune"))
    assert small.student["vocabulary_size"] == round(pruned.student["vocabulary_size"] * tokens)
    assert small.student["hidden"] == round(pruned.student["hidden"] * units)
    assert small.student["token_dim"] == pruned.student["token_dim"]


def test_translations_add_a_bundle_of_their_language_and_one_of_both(settings):
    data = dataclasses.replace(settings.data, translations=("zh=titles.tsv",))
    added = by_name(dataclasses.replace(settings, data=data)).keys() - by_name(settings).keys()
    assert added == {"zh", "en-zh"}


def test_a_variant_that_cannot_be_trained_is_refused_before_anything_is(settings, tmp_path):
    broken = dataclasses.replace(settings, teacher=dataclasses.replace(settings.teacher, text_vectors="word2vec"))
    with pytest.raises(ConfigError, match=r"variant 300KB: .*word2vec.*--only"):
        run_study(tmp_path / "out", broken, (0,), ["random"], None, print, Trainer())
    assert not (tmp_path / "out").exists()
    with pytest.raises(ConfigError, match="2TB"):
        check_variant(by_name(settings)[BASE], dataclasses.replace(settings, recipe="2TB"))


def test_an_unknown_name_is_refused_with_the_known_ones(settings, tmp_path):
    with pytest.raises(ConfigError, match=r"--only lstm: .*300KB.*nrms"):
        run_study(tmp_path, settings, (0,), ["lstm"], None, print, Trainer())


def test_what_a_variant_is_compared_with_or_starts_from_comes_first(settings, tmp_path):
    trainer = Trainer()
    run_study(tmp_path, settings, (0,), ["one-teacher"], None, lambda line: None, trainer)
    assert trainer.calls == ["data", "encode_texts", f"{BASE}-0", f"{ONE_MEMBER}-0", "one-teacher-0"]


def test_baselines_that_draw_nothing_are_scored_once(finished):
    out, _, _, _, _ = finished
    assert sorted(path.name for path in (out / "baselines").iterdir()) == [
        "popularity-0.npy",
        "random-0.npy",
        "random-1.npy",
    ]


def test_a_baseline_leaves_its_scores_and_its_cost(finished, tmp_path):
    dataset = finished[0] / "data" / "dataset"
    data = load_dataset(dataset)
    np.save(tmp_path / "texts.npy", np.random.default_rng(0).normal(size=(len(data.articles), 4)).astype(np.float32))
    scores = tmp_path / "new" / "text-mean.npy"
    outcome = attempt(train_baseline, "text-mean", dataset, str(tmp_path / "texts.npy"), tmp_path, 0, scores)
    assert outcome.facts == {"title": "text vectors, mean", "parameters": 0, "size_bytes": 0, "training_s": 0.0}
    assert np.load(scores).shape == data.dev.clicked.shape


def test_a_failure_is_told_and_loses_nothing_else(finished):
    out, _, status, _, lines = finished
    assert status == 1
    assert lines[-1].startswith("failed: no-topic-1: MemoryError: none left (see ")
    assert (out / "errors" / "no-topic-1.txt").read_text().startswith("Traceback")
    done = json.loads((out / "results.json").read_text())
    assert {"no-topic-0", "no-relational-1", "popularity-0"} <= done.keys()
    assert "no-topic-1" not in done


def test_the_next_study_does_only_what_failed(finished, settings):
    out, _, _, _, _ = finished
    trainer = Trainer()
    assert run_study(out, settings, (0, 1), ONLY, None, lambda line: None, trainer) == 0
    assert trainer.calls == ["no-topic-1"]


def test_other_settings_are_done_again(settings, tmp_path):
    known = variants(settings)
    longer = dataclasses.replace(settings.student.distillation, epochs=11.0)
    changed = dataclasses.replace(settings, student=dataclasses.replace(settings.student, distillation=longer))
    ours, theirs = ({job.name: job.key for job in study_jobs(tmp_path, s, known, (0,))} for s in (settings, changed))
    assert ours[f"{BASE}-0"] != theirs[f"{BASE}-0"]
    assert ours["data"] == theirs["data"] and ours["nrms-0"] == theirs["nrms-0"]


def test_the_page_has_its_tables_and_keeps_its_words(finished):
    _, page, _, _, _ = finished
    text = page.read_text()
    assert text.startswith("Title\n<!-- log -->\n") and "\nold\n" not in text
    assert "<!-- end -->\nbetween\n<!-- sizes -->\n| model |" in text
    # 400 bytes: of the bundle the file, of its student 100 numbers; teacher to export 4 times 2 s.
    assert "| bundle, 300 KB | 400 | 100 | 8 s |" in text
    assert "<!-- languages -->\nNot measured in this run.\n<!-- end -->" in text
    assert (page.parent / "images" / "quality_sizes.png").stat().st_size > 10_000


def test_figures_are_of_both_seeds(finished):
    out, _, _, _, _ = finished
    found = json.loads((out / "figures.json").read_text())
    rows = {row["name"]: row for row in found["rows"]}
    assert len(rows[BASE]["seed_auc"]) == 2 and len(rows["popularity"]["seed_auc"]) == 1
    assert rows[BASE]["metrics"]["auc"]["mean"] == approx(np.mean(rows[BASE]["seed_auc"]))
    assert rows[BASE]["difference"]["auc"] == {"mean": 0, "low": 0, "high": 0}
    # The faked teacher gives the scores of the faked bundle.
    assert rows["teacher"]["difference"]["auc"]["mean"] == 0


def test_seeds_are_averaged_impression_by_impression():
    mean = mean_over_seeds([{"auc": np.array([0.4, np.nan])}, {"auc": np.array([0.8, np.nan])}])
    assert mean["auc"] == approx(np.array([0.6, np.nan]), nan_ok=True)


def test_a_mark_that_nothing_belongs_to_is_refused():
    with pytest.raises(ConfigError, match="'sizs'"):
        filled("<!-- sizs -->\n<!-- end -->\n", None, {"sizes": str})
