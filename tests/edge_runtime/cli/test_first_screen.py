"""The kept list: it is the one that would be made, is shown without what ranks, and ends with any change."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Article, Reader, Signal
from edge_runtime.cli.command_line import main
from edge_runtime.cli.first_screen import HOLDS_FOR, show_kept

NOW = datetime.now(UTC)
TITLES = ("Rain again in the hills", "Senate votes on the budget", "Soup for cold days", "Football: the cup final")


@pytest.fixture
def kept(edge_news, capsys):
    """A data directory whose feed was listed, and that list."""
    begin = datetime.now(UTC) - timedelta(seconds=20)  # ages change at no moment of the test
    articles = [
        Article(f"a{n}", title, source="Example", published=begin - timedelta(hours=n))
        for n, title in enumerate(TITLES)
    ]
    with Reader.open(edge_news.data) as reader:
        reader.add(articles, NOW)
        reader.record("a2", Signal.OPEN, NOW)
    made = listed(edge_news, capsys)
    assert "Soup for cold days" in made and "read" in made
    return edge_news, made


def listed(edge_news, capsys, *options: str) -> str:
    capsys.readouterr()
    assert main(["--data", str(edge_news.data), "feed", *options]) == 0
    return capsys.readouterr().out


def is_kept(edge_news, *options: str, after: timedelta = timedelta(minutes=1)) -> bool:
    return show_kept(["--data", str(edge_news.data), "feed", "--peek", *options], datetime.now(UTC) + after)


def test_the_kept_list_is_the_one_that_was_made_with_the_ages_of_now(kept, capsys):
    edge_news, made = kept
    assert is_kept(edge_news, after=timedelta(seconds=5))
    lines = [line[4:].replace("[a", "").strip() for line in capsys.readouterr().out.splitlines() if "[a" not in line]
    assert lines == [line[4:].strip() for line in made.splitlines()]
    assert is_kept(edge_news, after=timedelta(minutes=20))
    assert "20 min" in capsys.readouterr().out


def test_its_numbers_name_articles_and_it_counts_as_shown(kept, capsys):
    edge_news, made = kept
    with Reader.open(edge_news.data) as reader:
        reader.remember_list([])
        reader._profile.store._db.execute("DELETE FROM shown")  # one look a day counts
    assert show_kept(["--data", str(edge_news.data)], datetime.now(UTC) + timedelta(minutes=2))
    (second,) = (line[5:] for line in made.splitlines() if line.startswith("  2. "))
    with Reader.open(edge_news.data) as reader:
        assert reader.article(reader.listed(2)).title == second
        shown = reader.export_profile()["shown"]
    assert {one["article_id"] for one in shown} == {"a0", "a1", "a3"}  # a2 was read


CHANGES = {
    "opened": lambda reader: reader.record("a1", Signal.OPEN, NOW),
    "liked": lambda reader: reader.record("a1", Signal.LIKE, NOW),
    "marked as unread": lambda reader: reader.mark_read(["a2"], NOW, is_read=False),
    "undone": lambda reader: reader.undo(),
    "topics": lambda reader: reader.pick_topics(["food"]),
    "added": lambda reader: reader.add([Article("b", "Another one", published=NOW)], NOW),
    "changed": lambda reader: reader.add([Article("a1", "Senate votes again", published=NOW)], NOW),
    "variety": lambda reader: setattr(reader, "variety", 0.1),
    "languages": lambda reader: setattr(reader, "languages", ["en"]),
    "private": lambda reader: setattr(reader, "private", True),
    "imported": lambda reader: reader.import_profile(json.dumps(reader.export_profile()).encode()),
    "erased": lambda reader: reader.erase(),
    "erased with everything": lambda reader: reader.erase_everything(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_ends_it(kept, change):
    edge_news, _ = kept
    assert is_kept(edge_news)
    with Reader.open(edge_news.data) as reader:
        change(reader)
    assert not is_kept(edge_news)


@pytest.mark.parametrize(
    "rule", [("mute", "word", "rain"), ("follow", "source", "example"), ("search", "--teach", "rain")]
)
def test_a_rule_ends_it(kept, rule):
    edge_news, _ = kept
    edge_news.text(*rule)
    assert not is_kept(edge_news)


def test_seeing_lists_and_seeing_what_was_sent_do_not_end_it(kept):
    edge_news, _ = kept
    for command in ("latest", "search rain", "hidden", "push --dry-run", "info"):
        edge_news.text(*command.split())
    assert is_kept(edge_news)


def test_it_holds_for_half_an_hour_and_not_before_it_was_made(kept):
    edge_news, _ = kept
    assert is_kept(edge_news, after=HOLDS_FOR - timedelta(minutes=2))
    assert not is_kept(edge_news, after=HOLDS_FOR + timedelta(minutes=2))
    assert not is_kept(edge_news, after=-timedelta(minutes=2))  # the clock was set


def test_another_length_another_bundle_and_options_are_another_list(kept, tmp_path):
    edge_news, _ = kept
    assert is_kept(edge_news, "--limit", "10")
    assert not is_kept(edge_news, "--limit", "9")
    for wrong in ("0", "-1", "9" * 5000, "\u0661\u0660", "x"):
        assert not is_kept(edge_news, "--limit", wrong)  # the parser says what is wrong
    assert not is_kept(edge_news, "--unread")
    (edge_news.data / "news.bundle").write_bytes(b"another one")
    assert not is_kept(edge_news)


def test_nothing_is_kept_in_private_and_erasing_leaves_no_byte(kept):
    edge_news, _ = kept
    profile = edge_news.data / "profile.db"
    assert b"Football: the cup final" in profile.read_bytes()
    with Reader.open(edge_news.data) as reader:
        reader.erase()
    assert b"Football: the cup final" not in profile.read_bytes()
    with Reader.open(edge_news.data) as reader:
        reader.private = True
    assert main(["--data", str(edge_news.data), "feed"]) == 0
    assert b"Football: the cup final" not in profile.read_bytes()
    assert not is_kept(edge_news)


def test_a_list_that_was_overtaken_is_not_kept(kept):
    edge_news, _ = kept
    with Reader.open(edge_news.data) as reader, Reader.open(edge_news.data) as other:
        reader.feed(NOW, 10)
        other.record("a0", Signal.OPEN, NOW)
        reader.keep_first_screen("{}")
        reader.feed(NOW, 10)
        reader.record("a1", Signal.OPEN, NOW)
        reader.keep_first_screen("{}")
    assert not is_kept(edge_news)


def test_it_is_shown_without_numpy_and_what_ranks(kept):
    edge_news, made = kept
    program = (
        "import sys; from edge_runtime.cli.command_line import main\n"
        "status = main(sys.argv[1:])\n"
        "assert not {'numpy', 'edge_runtime.reader', 'edge_runtime.cli.parser'} & sys.modules.keys()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "--data", str(edge_news.data), "feed"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == made.splitlines()[0]
