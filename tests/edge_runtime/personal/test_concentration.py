from __future__ import annotations

from pytest import approx

from edge_runtime import Signal
from edge_runtime.personal.concentration import shares_of_sources


def test_shares_are_smoothed_and_leave_out_what_was_not_opened():
    # 6 of 12, and three articles of nowhere: 6 / 15
    assert shares_of_sources({"x": 6, "y": 6, "z": 0}) == {"x": approx(0.4), "y": approx(0.4)}
    assert shares_of_sources({}) == {}


def test_who_reads_one_topic_is_one_of_it(reader, make_article, now):
    articles = [make_article(str(n), f"Cup final {n}", category="sports", source=f"S{n % 2}") for n in range(5)]
    reader.add(articles, now)
    rows = reader._intake.rows()
    assert reader._maker(now).learned.shares(rows, now.timestamp()) == ({}, {})
    for article in articles[:3]:
        reader.record(article.article_id, Signal.OPEN, now)
    topics, sources = reader._maker(now).learned.shares(rows, now.timestamp())
    assert topics == {"sports": approx(3 / 6)}  # 3 of 3, and three of nowhere
    assert sources == {"S0": approx(2 / 6), "S1": approx(1 / 6)}
