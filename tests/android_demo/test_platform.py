"""What Android and the desktop are asked. Android's classes are doubles on a desktop's Java, with Android's signatures.

pyjnius picks among the forms of a Java method by what it is given: that is what can go wrong, and what is tried here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from android_demo.platform import background, notifier
from android_demo.platform.notifier import DesktopNotifier, device_notifier

DOUBLES = Path(__file__).with_name("java")
PROGRAM = Path(__file__).with_name("asked_of_android.py")
PACKAGE = "org.edgenews.edgenews"


@pytest.fixture(scope="module")
def android(tmp_path_factory):
    """Asks the doubles one thing, in a process of its own: Java starts once a process, with its settings."""
    if shutil.which("javac") is None or find_spec("jnius") is None:
        pytest.skip("a JDK or pyjnius is missing; on Debian: apt install default-jdk-headless, then make setup")
    classes = tmp_path_factory.mktemp("classes")
    sources = [str(path) for path in DOUBLES.rglob("*.java")]
    subprocess.run(["javac", "-d", str(classes), *sources], check=True, capture_output=True)

    def ask(what: str, *settings: str) -> list[str]:
        command = [sys.executable, str(PROGRAM), str(classes), ",".join(settings), what]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return ask


@pytest.mark.parametrize("settings", [(), ("service=true",)])
def test_a_notification_is_posted_from_the_app_and_from_its_service(slow, android, settings):
    assert android("post", *settings) == [
        "returned True",
        "channel news Edge News 3",
        "notified a1 0 on news, Ferries & trams, Because you open 'transit', BigTextStyle, icon 77, "
        f"to launch {PACKAGE} 3",
    ]


def test_an_old_android_knows_no_channels(slow, android):
    assert android("post", "sdk=24")[1].startswith("notified a1 0 no channel, Ferries & trams")


def test_what_is_forbidden_is_not_posted_and_android_13_asks(slow, android):
    assert android("post", "forbidden=true") == ["returned False", ""]
    assert android("ask", "forbidden=true", "sdk=33")[:2] == ["asked for android.permission.POST_NOTIFICATIONS", "True"]
    assert android("ask", "forbidden=true", "sdk=32")[0] == "False"
    assert android("ask")[0] == "True"


def test_a_link_goes_to_another_app_or_nowhere(slow, android):
    view = "android.intent.action.VIEW https://example.org/a?b=1"
    assert android("browse") == ["returned True", f"started {view}  {{}}"]
    assert android("browse", "alone=true") == ["returned False", ""]


def test_a_story_is_shared_as_text(slow, android):
    returned, *started = android("share")
    assert returned == "returned offered"
    assert "\n".join(started) == (
        "started CHOOSER null  {target=android.intent.action.SEND null text/plain "
        "{android.intent.extra.SUBJECT=Ferries, android.intent.extra.TEXT=Ferries\nhttps://example.org/a}}"
    )
    assert android("share", "alone=true") == ["returned not shared", ""]


def test_the_service_is_started_and_stopped(slow, android):
    assert android("service")[1:] == ["service notification, Edge News, Fetching your feeds", "no service"]


def test_room_is_made_for_the_bars_from_api_35_on(slow, android):
    assert android("bars")[1:] == ["colour fff3f1eb", "fits true", "insets", "appearance 8 of 8"]
    assert android("bars", "sdk=34")[1:] == [""]


def test_the_zone_has_its_name_from_java(slow, android):
    assert android("zone", "user.timezone=Europe/Berlin")[0] == "returned Europe/Berlin"


# On a desktop


@pytest.fixture
def desktop(monkeypatch, tmp_path):
    """A desktop with programs of some names, which write down what they are given."""

    def make(*names: str, status: int = 0) -> Path:
        notifier._desktop_program.cache_clear()
        for name in names:
            (tmp_path / name).write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/given\nexit {status}\n')
            (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return tmp_path / "given"

    yield make
    notifier._desktop_program.cache_clear()


def test_a_desktop_shows_plain_text(desktop):
    given = desktop("notify-send")
    assert DesktopNotifier().post("-1 °C & <b>snow</b>", "5 < 6", "a1")
    assert given.read_text().splitlines() == ["--app-name", "Edge News", "--", "-1 °C & <b>snow</b>", "5 &lt; 6"]


def test_gdbus_gets_strings_whatever_they_hold(desktop):
    given = desktop("gdbus")
    assert DesktopNotifier().post("5", 'say "no"', "a1")
    assert given.read_text().splitlines()[-8:] == [
        *('"Edge News"', "uint32 0", '""', '"5"', '"say \\"no\\""'),
        *("@as []", "@a{sv} {}", "int32 -1"),
    ]


def test_a_desktop_without_a_program_or_with_one_that_fails_shows_nothing(desktop):
    desktop()
    assert not DesktopNotifier().is_allowed()
    assert not DesktopNotifier().post("a", "b", "c")
    desktop("notify-send", status=1)
    answers = []
    DesktopNotifier().ask(answers.append)
    assert answers == [True]
    assert not DesktopNotifier().post("a", "b", "c")


def test_a_desktop_has_no_service_to_start():
    assert isinstance(device_notifier(), DesktopNotifier)
    assert not background.has_background_sync()
    background.start_background_sync("Fetching your feeds")
    background.stop_background_sync()
