"""The default bundle's job: what it learns from, and what it never sees."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge_runtime import Article
from trainer.data.corpus import article_row
from trainer.data.open_headlines import held_out
from trainer.run.default_bundle import (
    RECIPE,
    default_settings,
    mixed,
    simulated_articles,
    without_coarse_topics,
    write_reading,
)
from trainer.settings.recipes import read_recipe


@pytest.mark.slow
def test_no_held_out_title_is_among_the_training_articles():
    learned = simulated_articles(7)
    kept_back = held_out()
    assert len(learned) == 23_629
    assert not {article.title.casefold() for article in learned} & {article.title.casefold() for article in kept_back}
    assert not {article.abstract for article in learned if len(article.abstract) > 40} & {
        article.abstract for article in kept_back
    }


def test_times_are_exchanged_and_nothing_else():
    articles = [
        Article(f"a{n}", f"Title {n}", category="food", published=datetime(2020, 1, 1 + n, tzinfo=UTC))
        for n in range(9)
    ]
    other = mixed(articles, 1)
    assert Counter(article.published for article in other) == Counter(article.published for article in articles)
    assert other != articles and mixed(articles, 1) == other
    assert [replace(article, published=None) for article in other] == [
        replace(article, published=None) for article in articles
    ]


def test_the_aggregator_s_four_topics_are_left_out():
    articles = [Article("uci-1", "Stocks fall", category="business"), Article("huff-1", "Soup", category="food")]
    assert [article.category for article in without_coarse_topics(articles)] == ["", "food"]


def test_summaries_and_withheld_topics_are_read_but_not_those_of_the_last_days(tmp_path):
    articles = [
        Article("told", "Soup", "A soup.", category="food"),
        Article("withheld", "Rice", "A soup.", category="food"),  # the same summary, read once
        Article("late", "Bread", "A bread.", category="food"),
    ]
    times = dict(zip(("told", "withheld", "late"), ("2025-01-07", "2025-01-08", "2025-02-04"), strict=True))
    rows = [article_row(article) | {"published": f"{times[article.article_id]}T00:00:00Z"} for article in articles]
    del rows[1]["category"]
    (tmp_path / "articles.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert write_reading(tmp_path, articles) == 2
    read = [json.loads(line) for line in (tmp_path / "reading.jsonl").read_text("utf-8").splitlines()]
    assert [(row["article_id"], row["title"], row["category"]) for row in read] == [
        ("told-summary", "A soup.", "food"),
        ("withheld-topic", "Rice", "food"),
    ]


def test_the_recipe_is_found_and_analyses(tmp_path):
    assert read_recipe(str(RECIPE)).analysis
    settings = default_settings(tmp_path, 7)
    assert settings.student.distillation.vocabulary_size == read_recipe(str(RECIPE)).student["vocabulary_size"]
    assert settings.student.refit.encoder_rate == settings.teacher.training.encoder_rate == 0
