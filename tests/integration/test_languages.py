"""A bundle in a language without spaces, distilled from an English teacher through the articles' ids."""

from __future__ import annotations

import dataclasses
import json
import zlib
from datetime import UTC, datetime

import pytest

from edge_runtime import Article, NewsModel, Reader, read_articles, read_bundle
from trainer.cli.command_line import main, progress_bar
from trainer.data.corpus import load_corpus
from trainer.data.simulate import SimulatorSettings, simulate_to
from trainer.errors import ConfigError
from trainer.run.stages import Run


def in_signs(title: str) -> str:
    """A made-up translation: one Chinese sign a word, no spaces."""
    return "".join(chr(0x4E00 + zlib.crc32(word.lower().encode()) % 1500) for word in title.split())


@pytest.fixture(scope="module")
def finished(tmp_path_factory, small_settings):
    log = tmp_path_factory.mktemp("log")
    simulate_to(log, SimulatorSettings(readers=120, seed=4), load_corpus()[:2000])
    articles, _ = read_articles(log / "articles.jsonl")
    lines = [f"{article.article_id}\t{in_signs(article.title)}\t" for article in articles[::2]]
    translations = log / "zh.tsv"
    translations.write_text("\n".join(lines) + "\n", "utf-8")
    settings = small_settings(log, vocabulary_size=2000, token_dim=32, hidden=8)
    data = dataclasses.replace(settings.data, languages=("zh", "en"), translations=(f"zh={translations}",))
    settings = dataclasses.replace(settings, data=data)
    run = Run(tmp_path_factory.mktemp("run"), settings, progress_bar)
    run.all()
    return run, articles


def test_the_bundle_ranks_in_both_languages(finished):
    run, _ = finished
    report = json.loads((run.out / "run.json").read_text())
    assert report["auc"]["mean"] > 0.5
    assert report["by_language"]["en"]["auc"]["mean"] > 0.5
    assert report["by_language"]["en"]["impressions"] == report["stages"]["teacher"]["impressions"]
    assert read_bundle(run.out / "news.bundle").manifest.languages == ("zh", "en")


def test_a_title_and_its_translation_are_alike_to_the_bundle(finished):
    run, articles = finished
    news = NewsModel(read_bundle(run.out / "news.bundle"))
    some = articles[:400:2]
    english = news.encode([Article("e", article.title) for article in some])
    chinese = news.encode([Article("z", in_signs(article.title)) for article in some])
    own = (english * chinese).sum(axis=1).mean()
    others = (english @ chinese.T).mean()
    assert own > others + 0.1


def test_a_folder_with_translations_is_measured_in_the_languages_of_its_run(finished, capsys):
    run, _ = finished
    arguments = [
        "evaluate",
        "--bundle",
        str(run.out / "news.bundle"),
        "--impressions",
        str(run.out / "dataset"),
        "--json",
    ]
    assert main(arguments) == 1
    assert "say with --languages" in capsys.readouterr().err
    assert main([*arguments, "--languages", "zh", "en"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["auc"] == json.loads((run.out / "run.json").read_text())["auc"]


def test_members_with_hidden_layers_are_refused(finished):
    run, _ = finished
    teacher = dataclasses.replace(run.settings.teacher, members=2, hidden=8)
    with pytest.raises(ConfigError, match="set members = 1"):
        Run(run.out, dataclasses.replace(run.settings, teacher=teacher), progress_bar).teacher()


def test_a_title_in_a_script_without_tokens_is_listed_all_the_same(finished, tmp_path):
    run, _ = finished
    now = datetime(2026, 11, 24, tzinfo=UTC)
    with Reader.open(tmp_path / "data", run.out / "news.bundle") as reader:
        reader.add([Article("k", "안녕하세요"), Article("e", "Election night")], now)
        feed = reader.feed(now)
    assert {scored.article.article_id for scored in feed} == {"k", "e"}
