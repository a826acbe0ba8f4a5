"""What a reader is told when something fails, on the screen: plain words, no path, no command."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from android_demo.core.remedies import UNKNOWN, told
from edge_runtime import (
    BundleError,
    EdgeError,
    FetchError,
    ProfileFileError,
    Reader,
    Remedy,
    StorageError,
    SyncOptions,
    Wording,
    demo_articles,
    preview_feed,
    read_bundle,
    wanted_feed,
)
from edge_runtime.screens.feed_words import trouble_in_words
from tests.edge_runtime.feeds.hostile_server import response

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
LOCAL = SyncOptions(allow_private=True, time_limit_s=5)
FORBIDDEN = re.compile(r"`|--\w|\bpip\b|/\w+/|\.db\b|sqlite|Error\b", re.IGNORECASE)


def filled(data_dir: Path) -> None:
    with Reader.open(data_dir) as reader:
        reader.add(demo_articles(NOW)[:3], NOW)


def damaged_cache(tmp_path: Path) -> object:
    filled(tmp_path)
    (tmp_path / "cache.db").write_bytes(b"no database at all" * 500)
    with Reader.open(tmp_path) as reader:
        return reader.notices[0]


def damaged_profile(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "profile.db").write_bytes(b"no database at all" * 500)
    Reader.open(tmp_path)


def newer_database(tmp_path: Path) -> None:
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "profile.db")) as db:
        db.execute("PRAGMA user_version = 999")
    Reader.open(tmp_path)


def broken_bundle(tmp_path: Path) -> None:
    (tmp_path / "broken.bundle").write_bytes(b"no bundle" * 64)
    read_bundle(tmp_path / "broken.bundle")


def full_disk(tmp_path: Path) -> None:
    raise StorageError(f"{tmp_path}/profile.db: cannot be written: database or disk is full", Remedy.FREE_SPACE)


def read_only_directory(tmp_path: Path) -> None:
    path = f"{tmp_path}/profile.db"
    raise StorageError(f"{path}: cannot be written: attempt to write a readonly database", Remedy.MAKE_WRITABLE)


def no_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Reader.open(tmp_path / "file" / "reader")


def profile_of_another_program(tmp_path: Path) -> None:
    with Reader.open(tmp_path) as reader:
        reader.import_profile(b'{"format": "another"}')


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (damaged_cache, "The stored stories were damaged."),
        (damaged_profile, "The data of this app is damaged."),
        (newer_database, "A newer version of the app made this."),
        (broken_bundle, "The model of this app is damaged."),
        (full_disk, "This could not be kept: the device is full."),
        (read_only_directory, "Nothing can be kept: the storage of this device can only be read."),
        (no_directory, "This app has no folder of its own"),
        (profile_of_another_program, "This is no file that the app exported."),
    ],
)
def test_a_fault_of_this_device_is_said_with_a_way_out(tmp_path, fault: Callable[[Path], object], words):
    try:
        what = fault(tmp_path)
    except EdgeError as error:
        what = error
    said = told(what)
    assert said.startswith(words) and not FORBIDDEN.search(said)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (response("404 Not Found"), "The feed is not there any more."),
        (response("410 Gone"), "The feed is not there any more."),
        (response("403 Forbidden"), "The site lets nobody at this feed."),
        (response("500 Oh"), "The site is in trouble."),
        (response("503 Later"), "The site asks for patience."),
        (response(body=b"<html><p>Hello</html>", Content_Type="text/html"), "This page has no feed."),
        (response(body=b"plain words", Content_Type="text/plain"), "What is at this address is no feed."),
        (response(body=b"<list><entry/></list>", Content_Type="text/xml"), "What is at this address is no feed."),
        (b"this is no HTTP\r\n\r\n", "The site could not be reached."),
    ],
)
def test_a_fault_of_a_site_is_said_without_its_address(server, answer, words):
    server.answers["/feed"] = answer
    for place in ("/", *(f"/{name}" for name in ("feed/", "rss", "rss.xml", "atom.xml", "index.xml", "feed.xml"))):
        server.answers.setdefault(place, response("404 Not Found"))
    with pytest.raises(EdgeError) as caught:
        preview_feed(wanted_feed(server.url("/feed")), NOW, LOCAL)
    said = trouble_in_words(caught.value.fact, Wording())
    assert said.startswith(words) and "127.0.0.1" not in said
    assert told(caught.value) == said


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("https://a.example: its certificate is not good (expired); is this device's clock right?", "The site cannot"),
        ("https://a.example: a.example could not be looked up (x); is the network down?", "There is no network."),
        ("https://a.example: a.example has no address; look for a typing mistake", "There is no site of this name."),
        ("https://a.example: this device has no way there (x); is the network down?", "There is no network."),
        ("https://a.example: the server does not answer; try again later", "The site does not answer."),
        ("a b: not an address; look for a typing mistake, or copy it again", "This is no web address."),
        ("https://a.example: something new", "It could not be fetched."),
    ],
)
def test_what_the_network_does_is_said(fact, words):
    assert told(FetchError(fact)).startswith(words)


def test_a_fact_that_only_a_programs_user_can_use_is_not_shown():
    for fact in ("run: pip install x", "use `edge-news sync`", "/home/a b/x.y: no", "sqlite3.OperationalError: locked"):
        assert told(BundleError(fact)) in (UNKNOWN, "no")
    assert told(ProfileFileError("profile file: 9 bytes; at most 5 are read")) == "The file is too large to be read."


def test_every_remedy_is_said_without_a_command(tmp_path):
    for remedy in Remedy:
        assert not FORBIDDEN.search(told(EdgeError("It failed", remedy)))
    shutil.rmtree(tmp_path)
