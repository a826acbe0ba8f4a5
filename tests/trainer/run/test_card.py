from __future__ import annotations

import tomllib
import zlib
from dataclasses import replace

import pytest

from edge_runtime import read_bundle, write_bundle
from edge_runtime.cli.command_line import main
from trainer.data.dataset import DatasetFacts
from trainer.run.card import model_card
from trainer.run.facts import CompressFacts, TeacherFacts
from trainer.student_steps.recipe import load_recipe, recipe_from


@pytest.fixture(scope="module")
def card(finished) -> str:
    kinds = {"prepare": DatasetFacts, "teacher": TeacherFacts, "compress": CompressFacts}
    facts = (finished.facts(stage, kind) for stage, kind in kinds.items())
    return model_card(finished.settings, load_recipe(finished.settings.recipe), *facts)


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
