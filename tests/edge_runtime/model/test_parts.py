"""The one table of score parts, and what follows from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge_runtime import NewsModel, Part, RuleEffect, RuleKind, Signal, demo_articles, read_bundle, score_part
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.intake.articles import Intake
from edge_runtime.model.parts import PARTS, READ, WEIGHTS, Sign, judged, learned, part_weights
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.storage.articles import ArticleCache

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "ranking.md"
WITH_MOOD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from edge_runtime import Article, Reader
from edge_runtime.cli.printing import Screen
from edge_runtime.cli.why import score_table
now = datetime(2026, 11, 24, tzinfo=UTC)
with Reader.open(Path(sys.argv[1])) as reader:
    reader.add([Article(f"a{n}", f"Rain in {place}") for n, place in enumerate(["Rome", "Oslo", "Lima"])], now)
    top = reader.feed(now)[0]
    print(top.parts["mood"], top.reason, flush=True)
print(*score_table(Screen(False, False, 80), top.parts, top.score), sep="\\n")
"""


@pytest.fixture
def well_read(full, now):
    """A reader who has done a little of everything."""
    feed = full.feed(now)
    full.mark_shown(feed[:9], now.replace(hour=1))
    for place, signal in enumerate((Signal.OPEN, Signal.LIKE, Signal.DISLIKE)):
        full.record(feed[place].article.article_id, signal, now)
    full.set_rule(RuleKind.TOPIC, feed[9].article.category, RuleEffect.FOLLOW, now)
    return full


def weight_in_words(part: Part) -> str:
    """What a part counts, as docs/ranking.md says it."""
    if part.weighed_with:
        return f"with {part.weighed_with}"
    return "in the bundle" if part.weight is None else f"{part.weight:g}"


def test_the_page_about_ranking_has_the_table():
    rows = [
        f"| {part.name} | {part.meaning} | {part.origin} | {part.sign} | {weight_in_words(part)} |"
        for part in PARTS.values()
    ]
    table = "\n".join(["| part | what it says | from | can be a | weight |", "|---|---|---|---|---|", *rows])
    assert f"\n\n{table}\n\n" in PAGE.read_text(encoding="utf-8"), f"docs/ranking.md:\n{table}"


def test_every_score_has_each_part_of_the_table_and_no_other(well_read, now):
    assert all(scored.parts.keys() == PARTS.keys() for scored in well_read.feed(now))


def test_a_gain_never_takes_and_a_loss_never_gives(well_read, now):
    for scored in well_read.feed(now):
        for name, value in scored.parts.items():
            assert PARTS[name].sign is not Sign.GAIN or value >= 0
            assert PARTS[name].sign is not Sign.LOSS or value <= 0


def test_names_that_a_row_gives_are_rows_too():
    for part in PARTS.values():
        assert not part.weighed_with or PARTS[part.weighed_with].weight is not None
        assert not part.told_with or PARTS[part.told_with].reason
        assert part.meaning and part.label


def test_what_a_notification_goes_by_and_what_lists_taught():
    parts = dict.fromkeys([*PARTS, "new"], 1.0)
    assert parts.keys() - judged(parts).keys() == {READ, "exploration", "rare"}
    assert learned(parts).keys() == {"learned", "words"}


def test_an_unknown_part_is_called_by_its_name():
    assert score_part("mood").label == "mood"
    assert score_part("mood").meaning == score_part("mood").reason == ""
    assert score_part("topic") is PARTS["topic"]


def test_some_weights_can_be_changed_but_none_made_up():
    assert part_weights({"topic": 0.0}) == {**WEIGHTS, "topic": 0.0}
    with pytest.raises(ValueError, match="no weight of mood"):
        part_weights({"mood": 1.0})


def test_a_weight_of_nothing_switches_a_part_off(tmp_path, now):
    model, cache = NewsModel(read_bundle(DEFAULT_BUNDLE)), ArticleCache(tmp_path / "cache.db")
    intake = Intake(model, cache)
    intake.add(demo_articles(now), now)
    reader = ReaderModel(model, picks=["food"], weights={"topic": 0.0, "interest": 0.0})
    parts = reader.parts(intake.rows(), now.timestamp(), None)
    cache.close()
    assert not parts["topic"].any() and not parts["prior"].any()  # prior has the weight of interest
    assert parts["freshness"].all()


@pytest.mark.usefixtures("slow")
def test_a_new_part_is_one_row_and_its_computation(tmp_path):
    package = shutil.copytree(ROOT / "edge_runtime", tmp_path / "edge_runtime")
    insert(
        package / "model" / "parts.py",
        "    Part(\n        READ,",
        '    Part("mood", "what mood it is in", "Mood", weight=2.0, reason="It suits your mood"),\n',
    )
    insert(
        package / "personal" / "score_parts.py",
        '        parts["source"] =',
        '        parts["mood"] = np.arange(len(rows.titles), dtype=np.float32)\n',
    )
    done = subprocess.run(
        [sys.executable, "-c", WITH_MOOD, str(tmp_path / "data")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == "4.0 It suits your mood"  # the third of three: 2.0 * 2
    assert "+4.00  mood          what mood it is in" in done.stdout


def insert(path: Path, before: str, text: str) -> None:
    old = path.read_text(encoding="utf-8")
    assert old.count(before) == 1
    path.write_text(old.replace(before, text + before), encoding="utf-8")
