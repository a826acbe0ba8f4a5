"""Logging in, and out: what the cookie promises, wrong passwords, and other passwords."""

from __future__ import annotations

import json
import stat
import threading
from datetime import timedelta
from urllib.parse import quote

import pytest

from edge_runtime.web import password
from edge_runtime.web.access import LASTS, Access
from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.hosts import Hosts
from edge_runtime.web.login import COOKIE, Pauses, own_path
from edge_runtime.web.password import hashed, is_right, new_password
from edge_runtime.web.site import Received
from tests.edge_runtime.web.conftest import NOW

HOME = {"host": "pi.local", "origin": "http://pi.local"}


def enter(site, password, peer="192.168.1.9", headers=HOME, then="/saved"):
    body = f"password={quote(password)}&then={quote(then)}".encode()
    return site.answer(Received("POST", "/login", headers, body, peer))


def cookie_of(answer):
    return answer.cookies[0].partition(";")[0]


def page(site, cookie):
    return site.answer(Received("GET", "/", {**HOME, "cookie": f"other=1; {cookie}"}))


def test_the_right_password_leads_on_with_a_cookie_that_only_this_page_sends(locked, access):
    answer = enter(locked, access.new_password())
    assert (answer.status, answer.headers["Location"]) == (303, "/saved")
    assert answer.cookies[0].split("; ")[1:] == [f"Max-Age={180 * 86400}", "Path=/", "HttpOnly", "SameSite=Strict"]
    assert page(locked, cookie_of(answer)).status == 200
    https = enter(locked, access.new_password(), headers={**HOME, "origin": "https://news.example"})
    assert https.cookies[0].endswith("; Secure")


def test_a_password_is_typed_as_one_likes_and_only_its_hash_is_kept(access):
    made = access.new_password()
    assert access.is_right(made) and access.is_right(f" {made.upper().replace('-', ' ')} ")
    assert not access.is_right(made[:-1]) and not access.is_right("")
    text = (access._path).read_text()
    assert made not in text and made.replace("-", "") not in text
    assert stat.S_IMODE(access._path.stat().st_mode) == 0o600
    # 24 of 31 letters: 118 bits
    assert len(made.replace("-", "")) == 24 and made != new_password()
    assert not is_right("", hashed(made))


def test_a_wrong_password_is_slowed_and_the_right_one_still_goes_in(locked, access):
    right, waited = access.new_password(), []
    locked._pauses = Pauses(sleep=waited.append)
    for _ in range(10):
        assert enter(locked, "guess").status == 401
    # three for nothing, then a quarter of a second, twice that and so on, and never more than five
    assert waited == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    assert enter(locked, right, peer="192.168.1.20").status == 303 and len(waited) == 7  # others do not wait for them
    assert enter(locked, right).status == 303 and len(waited) == 8
    assert enter(locked, "typo").status == 401 and len(waited) == 8  # the right one wiped it out


def test_behind_a_proxy_each_waits_for_their_own_guesses(locked, access):
    right, waited = access.new_password(), []
    locked._pauses = Pauses(sleep=waited.append)
    guesser, reader = ({**HOME, "x-forwarded-for": f"192.168.1.20, {address}"} for address in ("8.8.8.8", "9.9.9.9"))
    for _ in range(5):
        assert enter(locked, "guess", "127.0.0.1", guesser).status == 401
    assert len(waited) == 2 and enter(locked, right, "127.0.0.1", reader).status == 303 and len(waited) == 2
    # Nobody else is believed, nor is a proxy that the reader did not tell of.
    assert Hosts.of([], ["news.example"]).asker("192.168.1.9", "8.8.8.8") == "192.168.1.9"
    assert Hosts().asker("127.0.0.1", "8.8.8.8") == "127.0.0.1"
    assert Hosts.of([], ["news.example"]).asker("127.0.0.1", "x" * 9_000) == "127.0.0.1"


def test_of_those_who_wait_few_hold_a_thread(locked, access):
    access.new_password()
    held = []
    pauses = Pauses(sleep=lambda _: held.append(enter(locked, "guess").status))
    locked._pauses = pauses
    for _ in range(3):
        enter(locked, "guess")
    enter(locked, "guess")
    assert held == [429, 401, 401]  # the fourth to wait at one time is asked to come again


def test_while_a_password_is_looked_at_others_are_known(access, data, desk, monkeypatch):
    apps, looks, ends = AppPasswords(data), threading.Barrier(3), threading.Event()
    typed, token = access.new_password(), access.log_in(desk.now())
    app_token = apps.log_in("phone", apps.make("phone", desk.now()), desk.now())
    monkeypatch.setattr(password, "is_right", lambda *_: looks.wait(5) < 0 or not ends.wait(5))
    guesses = (lambda: access.is_right(typed), lambda: apps.log_in("phone", "guess", desk.now()))
    threads = [threading.Thread(target=guess) for guess in guesses]
    for thread in threads:
        thread.start()
    looks.wait(5)
    answers = []
    asks = threading.Thread(target=lambda: answers.extend([access.is_logged_in(token, NOW), apps.app_of(app_token)]))
    asks.start()
    asks.join(1)
    known = list(answers)
    ends.set()
    for thread in (*threads, asks):
        thread.join()
    assert known == [True, "phone"]


def test_the_addresses_of_one_network_share_their_pause_and_few_are_remembered():
    pauses = Pauses(sleep=lambda _: None)
    for number in range(4):
        pauses.note(f"2001:db8::{number}", is_right=False)
    assert pauses.pause_s("2001:db8::ffff") == 0.5 and pauses.pause_s("2001:db8:1::1") == 0
    for number in range(3_000):
        pauses.note(f"10.0.{number // 250}.{number % 250}", is_right=False)
    assert len(pauses._wrong) == 1_000


def test_a_cookie_of_before_a_new_password_opens_nothing(locked, access, data):
    cookie = cookie_of(enter(locked, access.new_password()))
    assert page(locked, cookie).status == 200
    Access(data).new_password()  # as another process does
    assert page(locked, cookie).status == 303


@pytest.mark.parametrize("is_private", [False, True])
def test_the_old_password_opens_nothing_that_lasts_while_another_is_made(
    locked, access, desk, data, monkeypatch, is_private
):
    old, is_right = access.new_password(), password.is_right
    desk.reading.reader.private = is_private

    def looked_at(typed, kept):
        found = is_right(typed, kept)
        Access(data).new_password()  # as another process does, just then
        return found

    monkeypatch.setattr(password, "is_right", looked_at)
    answer = enter(locked, old)
    assert (answer.status, answer.cookies) == (401, ())


def test_a_cookie_ends_with_logging_out_and_with_time(locked, access, desk):
    access.new_password()
    first, second = (f"{COOKIE}={access.log_in(desk.now())}" for _ in range(2))
    assert locked.answer(Received("GET", "/logout", {**HOME, "cookie": first})).status == 405
    out = locked.answer(Received("POST", "/logout", {**HOME, "cookie": first}))
    assert out.status == 303 and "Max-Age=0" in out.cookies[0]
    assert out.headers["Clear-Site-Data"] == '"storage"'  # what the browser kept of the pages
    assert page(locked, first).status == 303 and page(locked, second).status == 200
    assert not access.is_logged_in(second.partition("=")[2], desk.now() + LASTS + timedelta(seconds=1))


@pytest.mark.parametrize("cookie", [COOKIE, f"{COOKIE}=", f"{COOKIE}=guess", f"{COOKIE}=\0", f"x{COOKIE}=guess"])
def test_a_made_up_cookie_opens_nothing(locked, access, cookie):
    access.new_password()
    assert page(locked, cookie).status == 303


def test_a_password_in_the_address_is_not_looked_at(locked, access):
    password = access.new_password()
    assert locked.answer(Received("POST", f"/login?password={password}", HOME)).status == 401
    assert locked.answer(Received("GET", f"/login?password={password}", HOME)).cookies == ()


def test_a_login_from_another_page_is_refused(locked, access):
    password = access.new_password()
    for headers in ({"host": "pi.local"}, {**HOME, "origin": "http://evil.example"}, {**HOME, "origin": "null"}):
        assert enter(locked, password, headers=headers).status == 403


@pytest.mark.parametrize(
    ("then", "path"),
    [
        ("/a/7?x=1", "/a/7?x=1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\r\nSet-Cookie: x", "/"),
        ("/login?then=/login", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_led_elsewhere_after_logging_in(then, path):
    assert own_path(then) == path


def test_a_browser_that_was_not_seen_for_long_gives_way(access, desk):
    access.new_password()
    tokens = [access.log_in(desk.now() + timedelta(seconds=number)) for number in range(51)]
    now = desk.now() + timedelta(minutes=2)
    assert [access.is_logged_in(token, now) for token in tokens] == [False, *[True] * 50]
    assert len(json.loads(access._path.read_text())["sessions"]) == 50


def test_a_damaged_file_is_refused_in_words(access):
    access.new_password()
    access._path.write_text("{}")
    with pytest.raises(Exception, match=r"web\.json: no settings of this program"):
        access.is_logged_in("x", None)
