from __future__ import annotations

import tomllib
import zlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from edge_runtime import read_bundle, write_bundle
from edge_runtime.cli.command_line import main
from trainer.pipeline import Job, bundle_origin
from trainer.run.card import model_card
from trainer.run.facts import CompressFacts, TeacherFacts
from trainer.student_steps.recipe import load_recipe, recipe_from


@pytest.fixture(scope="module")
def card(finished) -> str:
    return card_of(finished, finished.data)


def card_of(finished, log) -> str:
    facts = finished.facts("teacher", TeacherFacts), finished.facts("compress", CompressFacts)
    return model_card(finished.settings, load_recipe(finished.settings.recipe), log, *facts)


def test_the_card_names_every_step_with_its_bytes(card, finished):
    lines = card.splitlines()
    for step in finished.steps:
        assert any(line.startswith(f"| {step.method} | {step.facts.bytes:,} |") for line in lines)


def test_the_card_tells_data_licence_languages_and_seed(card, finished):
    told = " ".join(card.split())
    data = finished.data.dataset.facts
    assert data.name in told and f"Licence: {data.licence}" in told
    assert "Reads en." in told and f"--seed {finished.settings.seed}" in told
    assert f"nDCG@10 {finished.facts('compress', CompressFacts).left.measured.quality.ndcg10.mean:.3f}" in told


def test_card_and_manifest_read_what_the_log_is_in(finished):
    log = SimpleNamespace(
        dataset=finished.data.dataset, languages=("zh", "da"), topics=("",), text_rows=np.zeros(1, np.int32)
    )
    assert "Reads zh, da." in " ".join(card_of(finished, log).split())
    job = Job(finished.settings, log, finished.out, None)
    assert bundle_origin(job).provenance.languages == ("zh", "da")


def test_the_recipe_of_the_card_is_that_of_the_run(card, finished):
    written = recipe_from(tomllib.loads(card.split("```toml\n")[1].split("```")[0]), "card")
    ran = load_recipe(finished.settings.recipe)
    assert written.steps == ran.steps
    usual = type(finished.settings.student.distillation)()
    assert written.start(usual) == finished.settings.student.distillation


def test_the_card_is_small(card):
    assert len(zlib.compress(card.encode(), 9)) < 1200


def test_a_device_prints_the_card_of_its_bundle(card, finished, tmp_path, capsys):
    path = tmp_path / "with-card.bundle"
    write_bundle(path, replace(read_bundle(finished.bundle), card=card))
    assert main(["--data", str(tmp_path), "about", "--bundle", str(path)]) == 0
    assert capsys.readouterr().out == card


def test_a_bundle_without_a_card_says_so(finished, tmp_path, capsys):
    path = tmp_path / "bare.bundle"
    write_bundle(path, replace(read_bundle(finished.bundle), card=""))
    assert main(["--data", str(tmp_path), "about", "--bundle", str(path)]) == 0
    assert "bare.bundle has no model card" in capsys.readouterr().out
