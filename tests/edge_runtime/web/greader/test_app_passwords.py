"""Passwords for apps: one for each, taken back one by one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from edge_runtime import StorageError, UnknownNameError
from edge_runtime.web.greader.app_passwords import FILE, MOST_TOKENS, AppPasswords


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def test_a_token_outlives_the_process_and_goes_with_its_password(folder, now):
    first = AppPasswords(folder)
    phone, tablet = first.make("phone", now), first.make("tablet", now)
    tokens = {name: first.log_in(name, typed, now) for name, typed in (("phone", phone), ("tablet", tablet))}
    assert first.log_in("phone", tablet, now) == first.log_in("nobody", phone, now) == ""
    server = AppPasswords(folder)
    assert {name: server.app_of(token) for name, token in tokens.items()} == {"phone": "phone", "tablet": "tablet"}
    assert server.apps() == [("phone", now), ("tablet", now)]
    first.revoke("phone")
    assert (server.app_of(tokens["phone"]), server.app_of(tokens["tablet"])) == ("", "tablet")
    first.make("tablet", now + timedelta(seconds=1))
    assert server.app_of(tokens["tablet"]) == "" and server.log_in("tablet", tablet, now) == ""
    with pytest.raises(UnknownNameError, match="tablet"):
        first.revoke("phone")


def test_the_file_is_for_the_reader_alone_and_opens_nothing(folder, now):
    apps = AppPasswords(folder)
    made = apps.make("phone", now)
    token = apps.log_in("phone", made.upper().replace("-", " "), now)
    written = (folder / FILE).read_text()
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    assert token and made not in written and made.replace("-", "") not in written and token not in written
    assert apps.app_of("") == apps.app_of(made) == apps.app_of(next(iter(json.loads(written)["phone"]["tokens"]))) == ""


def test_in_private_mode_a_token_is_kept_in_memory_alone(folder, now):
    apps = AppPasswords(folder)
    made = apps.make("phone", now)
    before = (folder / FILE).read_bytes()
    token = apps.log_in("phone", made, now, keeps=False)
    assert (folder / FILE).read_bytes() == before
    assert (apps.app_of(token), AppPasswords(folder).app_of(token)) == ("phone", "")
    AppPasswords(folder).make("tablet", now)
    assert apps.app_of(token) == "phone"
    AppPasswords(folder).revoke("phone")
    assert apps.app_of(token) == ""


@pytest.mark.parametrize("keeps", [True, False])
def test_an_app_that_logs_in_at_each_start_fills_nothing(folder, now, keeps):
    apps = AppPasswords(folder)
    made = apps.make("newsboat", now)
    tokens = [apps.log_in("newsboat", made, now + timedelta(seconds=n), keeps=keeps) for n in range(MOST_TOKENS + 2)]
    assert [bool(apps.app_of(token)) for token in tokens] == [False] * 2 + [True] * MOST_TOKENS


@pytest.mark.parametrize("name", ["", " phone", "a\nb", "x" * 41])
def test_a_name_has_to_be_typed_by_a_person(folder, now, name):
    with pytest.raises(ValueError, match="such as phone"):
        AppPasswords(folder).make(name, now)


def test_what_cannot_be_read_or_written_is_said(folder, now):
    (folder / FILE).write_text("[]")
    with pytest.raises(StorageError, match="no passwords of apps"):
        AppPasswords(folder).app_of("x")
    with pytest.raises(StorageError, match="not written"):
        AppPasswords(folder / "nowhere").make("phone", now)
    assert not list(folder.glob("*.partial"))
