"""What a server encodes is what every device's cache holds, to the byte."""

from __future__ import annotations

import sqlite3

import numpy as np

from edge_runtime import ArticleEncoder, demo_articles, read_bundle
from edge_runtime.storage.places import DEFAULT_BUNDLE


def test_codes_scales_and_topics_are_those_of_a_devices_cache(reader, tmp_path, make_article, now):
    strange = [
        make_article("long", "word " * 900, category="World"),
        make_article("german", "Die Katze liegt auf dem Sofa und schläft seit heute Morgen", language="de"),
        make_article("half", "a lone \ud800 surrogate"),
    ]
    articles = [*demo_articles(now)[:200], *strange]
    reader.add(articles, now)
    with sqlite3.connect(tmp_path / "data" / "cache.db") as db:
        rows = db.execute("SELECT article_id, topic, codes, scale FROM articles")
        kept = {name: (topic, codes, scale) for name, topic, codes, scale in rows.fetchall()}
    found = ArticleEncoder(read_bundle(DEFAULT_BUNDLE)).encode(articles)
    assert len(kept) == len(articles)
    for article, topic, codes, scale in zip(articles, found.topics, found.codes, found.scales, strict=True):
        assert kept[article.article_id] == (topic, codes.tobytes(), float(scale)), article.article_id
    assert not found.codes[-2].any() and found.codes[-1].any()


def test_an_article_gets_the_same_vector_alone_and_among_others(now):
    encoder, articles = ArticleEncoder(read_bundle(DEFAULT_BUNDLE)), demo_articles(now)[:150]
    together = encoder.encode(articles)
    for row in (0, 63, 64, 149):
        np.testing.assert_array_equal(encoder.encode([articles[row]]).codes[0], together.codes[row])
    assert encoder.encode([]).codes.shape == (0, together.codes.shape[1])
