"""Bad disks and bad files under the engine: a typed error or a sensible result, nothing lost, reading goes on."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Article, DamagedError, Reader, RuleEffect, RuleKind, Signal, StorageError, demo_articles
from edge_runtime.storage import database
from edge_runtime.storage.articles import ArticleCache, quantize_vectors

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DATABASES = ("cache.db", "profile.db", "feeds.db")


@pytest.fixture
def data(tmp_path) -> Path:
    """A data directory with articles, a profile and a feed."""
    with Reader.open(tmp_path / "data") as reader:
        reader.add(demo_articles(NOW)[:60], NOW)
        for scored, signal in zip(
            reader.feed(NOW, 4), (Signal.OPEN, Signal.LIKE, Signal.SAVE, Signal.HIDE), strict=True
        ):
            reader.record(scored.article.article_id, signal, NOW)
        reader.set_rule(RuleKind.WORD, "weather", RuleEffect.MUTE, NOW)
        reader.feeds.subscribe("https://news.example/feed", "News", "", NOW)
    return tmp_path / "data"


@pytest.fixture
def reader(data) -> Iterator[Reader]:
    with Reader.open(data) as opened:
        yield opened


def read_everything(reader: Reader) -> None:
    """All that a reader can do without writing."""
    feed = reader.feed(NOW)
    assert feed and reader.latest() and reader.hidden(NOW) and reader.saved()
    assert reader.explain(feed[0].article.article_id, NOW).scored.parts
    assert reader.search("the", NOW)
    assert reader.decide_pushes(NOW, UTC).verdicts
    assert len(reader.profile().events) == 4
    reader.export_profile()
    reader.info()


def first_of(reader: Reader) -> str:
    return reader.feed(NOW, 1)[0].article.article_id


@pytest.mark.parametrize("dim", [1, 32, 128])
def test_vectors_of_a_bundle_of_other_dimensions_are_made_anew_and_the_profile_is_kept(data, dim):
    with Reader.open(data) as reader:
        before, profile, texts = reader.feed(NOW), reader.profile(), reader.latest()
    # A profile has no vectors, and of the cache's articles an older bundle made others.
    rows = np.random.default_rng(0).normal(size=(len(texts), dim)).astype(np.float32)
    cache = ArticleCache(data / "cache.db")
    cache.replace_vectors(texts, quantize_vectors(rows), "an older bundle")
    cache.close()
    for _ in range(2):
        with Reader.open(data) as reader:
            again = reader.feed(NOW)
            assert [scored.article for scored in again] == [scored.article for scored in before]
            assert [scored.score for scored in again] == pytest.approx([scored.score for scored in before])
            assert reader.profile() == profile


@pytest.mark.parametrize("name", DATABASES)
def test_a_database_of_a_newer_release_is_refused_and_left_as_it_is(data, name):
    db = sqlite3.connect(data / name)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = (data / name).read_bytes()
    with pytest.raises(StorageError, match=rf"{name}: written by a newer release .* update edge-news"):
        Reader.open(data)
    assert (data / name).read_bytes() == before


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize("harm", [b"", b"no database at all, but text\n" * 400])
def test_a_file_that_is_no_database_can_be_moved_away_and_the_rest_is_kept(data, name, harm):
    (data / name).write_bytes(harm)
    if harm and name != "cache.db":
        with pytest.raises(DamagedError, match=f"{name}: .*move it away"):
            Reader.open(data)
        (data / name).rename(data / f"{name}.damaged")
    with Reader.open(data) as reader:  # the cache moves away by itself, and what was saved is in the new one
        assert bool(reader.notices) == (name == "cache.db" and harm != b"")
        assert len(reader.profile().events) == (0 if name == "profile.db" else 4)
        assert len(reader.latest()) == (len(reader.notices) if name == "cache.db" else 60)
        assert len(reader.feeds.feeds()) == (0 if name == "feeds.db" else 1)
        reader.add(demo_articles(NOW)[:60], NOW)
        reader.record(first_of(reader), Signal.OPEN, NOW)


def damage_pages(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(1, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["profile.db", "feeds.db"])
def test_a_damaged_page_is_a_typed_error_wherever_it_is_met(data, name):
    damage_pages(data / name)
    with pytest.raises(DamagedError, match=f"{name}: .*move it away"), Reader.open(data) as reader:
        read_everything(reader)
        reader.feeds.feeds()


def test_of_a_cache_with_damaged_pages_nothing_is_needed(data):
    damage_pages(data / "cache.db")
    with Reader.open(data) as reader:
        assert reader.notices and len(reader.latest()) == 1
        reader.add(demo_articles(NOW)[:60], NOW)
        read_everything(reader)


@pytest.mark.parametrize("name", DATABASES)
def test_while_another_program_writes_reading_goes_on_and_writing_is_a_typed_error(data, name, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    other = sqlite3.connect(data / name, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Reader.open(data) as reader:
        read_everything(reader)
        article = Article("new", "Storm reaches the coast")
        writes = {
            "cache.db": lambda: reader.add([article], NOW),
            "profile.db": lambda: reader.record(first_of(reader), Signal.OPEN, NOW),
            "feeds.db": lambda: reader.feeds.subscribe("https://more.example/feed", "", "", NOW),
        }
        with pytest.raises(StorageError, match="another program is writing"):
            writes[name]()
        other.execute("COMMIT")
        for write in writes.values():
            write()
        assert reader.article("new") == article
        assert len(reader.profile().events) == 5 and len(reader.feeds.feeds()) == 2
        assert sum(scored.is_read for scored in reader.feed(NOW)) >= 1  # what is learned is what was kept
    other.close()


def test_a_database_that_is_locked_for_readers_too_is_a_typed_error_that_passes(data, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    with Reader.open(data) as reader:
        reader.feed(NOW)
        other = sqlite3.connect(data / "profile.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="another program is writing"):
            reader.profile()
        other.execute("ROLLBACK")
        other.close()
        read_everything(reader)


def test_a_data_directory_that_vanishes_is_a_typed_error_for_what_is_written(data):
    reader = Reader.open(data)
    name = first_of(reader)
    shutil.rmtree(data)
    for write in (
        lambda: reader.record(name, Signal.OPEN, NOW),
        lambda: reader.add([Article("new", "Storm reaches the coast")], NOW),
        lambda: reader.mark_shown(reader.feed(NOW, 3), NOW),
        lambda: reader.set_rule(RuleKind.WORD, "rain", RuleEffect.MUTE, NOW),
        lambda: reader.feeds.subscribe("https://more.example/feed", "", "", NOW),
        lambda: reader.erase(),
    ):
        with pytest.raises(StorageError):
            write()
    assert not data.exists()  # nothing of it comes back by itself
    reader.close()
    with Reader.open(data) as again:
        assert again.latest() == [] and again.profile().events == ()


def test_adding_that_failed_leaves_nothing_of_it_and_works_the_next_time(reader, data, monkeypatch):
    (pages,) = reader._cache._db.execute("PRAGMA page_count").fetchone()
    reader._cache._db.execute(f"PRAGMA max_page_count = {pages}")
    articles = [Article(f"n{n}", f"Storm {n} reaches the coast", "A long text. " * 500) for n in range(50)]
    with pytest.raises(StorageError, match="disk is full"):
        reader.add(articles, NOW)
    assert len(reader.latest()) == 60
    reader._cache._db.execute("PRAGMA max_page_count = 100000")
    assert reader.add(articles, NOW).added == 50
    stories = {name: made.story for name, made in zip(["n0"], reader._cache.analysed(["n0"]), strict=True)}
    assert stories["n0"] in {article.article_id for article in reader.latest()}


def in_namespace(script: str, mount: str, directory: Path) -> str:
    """What a script prints that runs with a mount of its own over a directory."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("unshare -rm is not permitted here")
    shell = f'{mount} && exec "$2" -c "$3" "$1"'
    command = ["unshare", "-rm", "sh", "-c", shell, "sh", str(directory), sys.executable, script]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert done.returncode == 0, done.stderr
    return done.stdout


IN_A_READ_ONLY_PLACE = """
import sys
from pathlib import Path
from tests.integration.test_bad_conditions import NOW, first_of, read_everything
from edge_runtime import Article, Reader, RuleEffect, RuleKind, Signal, StorageError
with Reader.open(Path(sys.argv[1])) as reader:
    read_everything(reader)
    for write in (
        lambda: reader.record(first_of(reader), Signal.OPEN, NOW),
        lambda: reader.add([Article("new", "Storm reaches the coast")], NOW),
        lambda: reader.mark_shown(reader.feed(NOW, 3), NOW),
        lambda: reader.set_rule(RuleKind.WORD, "rain", RuleEffect.MUTE, NOW),
        lambda: reader.erase(),
    ):
        try:
            write()
        except StorageError as error:
            assert "can only be read" in str(error), error
        else:
            raise SystemExit("it was written")
    read_everything(reader)
print("read")
"""


def test_a_read_only_directory_can_be_read(data):
    mount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1"'
    assert in_namespace(IN_A_READ_ONLY_PLACE, mount, data) == "read\n"


ON_A_FULL_DISK = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.integration.test_bad_conditions import NOW, fill, some_articles
from edge_runtime import Reader, Signal, StorageError
data = Path(sys.argv[1])
with Reader.open(data) as reader:
    saved = some_articles(0, 1)
    reader.add(saved, NOW - timedelta(days=2))
    reader.record("s0", Signal.SAVE, NOW)
    for begin in range(1, 801, 200):
        reader.add(some_articles(begin, begin + 200), NOW)
    fill(data)
    done, cached = 1, len(reader.latest())
    for number in range(700, 780):
        try:
            reader.record(f"s{number}", Signal.OPEN, NOW)
            done += 1
        except StorageError as error:
            assert "disk is full" in str(error), error
        assert len(reader.profile().events) == done
    assert done > 60, done  # articles went, what the reader did did not
    assert reader.feed(NOW) and len(reader.latest()) < cached
    assert [article.article_id for article in reader.saved()] == ["s0"] and reader.article("s0")
with Reader.open(data) as reader:
    assert len(reader.profile().events) == done and reader.feed(NOW)
print("kept", done, "events;", cached - len(saved), "articles before")
"""


def some_articles(begin: int, end: int) -> list[Article]:
    """Articles with texts that take a page of the database each."""
    return [
        Article(
            f"s{n}",
            f"Storm {n} reaches coast {n % 7}",
            "A long text. " * 250,
            published=NOW - timedelta(minutes=end - n),
        )
        for n in range(begin, end)
    ]


def fill(directory: Path) -> None:
    """Leave no byte of a disk."""
    with (directory / "filler").open("wb", buffering=0) as filler:
        for step in (65536, 512, 1):
            try:
                while True:
                    filler.write(bytes(step))
            except OSError:
                continue


def test_on_a_full_disk_the_oldest_articles_make_room_for_what_the_reader_did(tmp_path):
    said = in_namespace(ON_A_FULL_DISK, 'mount -t tmpfs -o size=12m none "$1"', tmp_path)
    assert said.startswith("kept")
