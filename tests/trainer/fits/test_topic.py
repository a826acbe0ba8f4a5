"""Topic head and word counts from a log's articles: right on held-out ones, honest about it, the same again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edge_runtime import Article, read_bundle, write_bundle
from edge_runtime.content.analysis import Analyst
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.data.corpus import load_corpus
from trainer.fits.topic import add_analysis, fit_topic_head
from trainer.settings.recipes import recipe_names
from trainer.student_steps.recipe import load_recipe

TOPICS = ("food", "sports", "politics")


@pytest.fixture(scope="module")
def bundle():
    return replace(read_bundle(DEFAULT_BUNDLE), topic_head=None, word_counts=None)


@pytest.fixture(scope="module")
def some() -> list[Article]:
    """120 articles each of three topics."""
    by_topic = {topic: [a for a in load_corpus() if a.category == topic][:120] for topic in TOPICS}
    return [article for articles in by_topic.values() for article in articles]


def test_a_head_knows_three_topics_on_held_out_articles_and_is_calibrated(bundle, some):
    head, facts = fit_topic_head(bundle, some, seed=0)
    assert head.weights.shape == (len(bundle.manifest.topics) - 1, bundle.manifest.token_dim)
    assert facts.articles == sum(article.category in TOPICS for article in some)
    assert facts.accuracy >= 0.8 and facts.log_loss <= 0.6
    assert facts.calibration_error <= 0.1
    assert facts.covered_accuracy >= facts.accuracy


def test_topics_without_articles_never_win(bundle, some):
    head, _ = fit_topic_head(bundle, some, seed=0)
    shares = head.probabilities(
        np.random.default_rng(0).normal(size=(50, bundle.manifest.token_dim)).astype(np.float32)
    )
    known = [bundle.manifest.topics.index(topic) - 1 for topic in TOPICS]
    assert np.delete(shares, known, axis=1).max() == 0


def test_an_analysed_bundle_is_read_back_says_how_good_it_is_and_is_the_same_again(bundle, some, tmp_path):
    made = add_analysis(bundle, some, seed=3)
    write_bundle(tmp_path / "one", made)
    write_bundle(tmp_path / "two", add_analysis(bundle, some, seed=3))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = read_bundle(tmp_path / "one")
    assert again.manifest.metrics["topic_head"]["accuracy"] >= 0.8
    assert again.manifest.metrics["content"] == bundle.manifest.metrics["content"]
    assert again.word_counts.num_titles == len(some)
    names = Analyst(again).topics([replace(article, category="") for article in some]).names
    named = [(name, article.category) for name, article in zip(names, some, strict=True) if name]
    assert len(named) >= 0.7 * len(some)
    assert np.mean([name == category for name, category in named]) >= 0.9  # it has seen them


def test_articles_without_topics_or_texts_give_what_they_can(bundle, some):
    bare = [replace(article, category="") for article in some]
    made = add_analysis(bundle, bare, seed=0)
    assert made.topic_head is None and made.word_counts is not None
    assert made.manifest == bundle.manifest
    assert add_analysis(bundle, [], seed=0) is bundle


def test_two_topics_are_enough_and_four_articles_are_no_topic(bundle, some):
    few = [*some[:120], *some[120:140], *some[240:244]]
    head, facts = fit_topic_head(bundle, few, seed=0)
    assert facts.articles == 140
    biases = dict(zip(bundle.manifest.topics[1:], head.biases, strict=True))
    assert biases["politics"] == -1e4 < min(biases["food"], biases["sports"])


def test_recipes_have_analysis_from_300_kb_on():
    assert {name for name in recipe_names() if load_recipe(name).analysis} == {"300KB", "500KB", "1MB"}
