"""The API behind the rules of the whole site: who is asked and from where, a login of its own, bodies as they come."""

from __future__ import annotations

import pytest

from edge_runtime.web.access import Access
from edge_runtime.web.greader.routes import greader_routes
from edge_runtime.web.login import Pauses
from edge_runtime.web.site import Received, Rules, Site

FORM = {"content-type": "application/x-www-form-urlencoded"}
READ = "user/-/state/com.google/read"


@pytest.fixture
def ask(phone, tmp_path):
    """Asks the site, which has a password of its own that no app knows."""
    waited: list[float] = []
    pauses = Pauses(sleep=waited.append)
    site = Site(phone.desk, Access(tmp_path / "data"), greader_routes(phone.apps, pauses), Rules(needs_login=True))

    def answer(method: str, target: str, body: str = "", **headers: str):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return site.answer(Received(method, target, {"host": "localhost:8765", **FORM, **named}, body.encode()))

    answer.waited = waited
    return answer


def test_an_app_logs_in_without_a_cookie_or_an_origin_and_a_page_of_others_does_not(ask, phone):
    login = f"Email=phone&Passwd={phone.password}"
    given = ask("POST", "/accounts/ClientLogin", login)
    assert given.status == 200 and not given.cookies
    auth = f"GoogleLogin auth={given.body.decode().partition('Auth=')[2].strip()}"
    assert ask("GET", "/reader/api/0/user-info", authorization=auth).status == 200
    assert ask("GET", "/reader/api/0/user-info").status == 401  # and no page of logging in
    assert ask("POST", "/accounts/ClientLogin", login, origin="http://evil.example").status == 403
    assert ask("POST", "/accounts/ClientLogin", login, host="evil.example").status == 421
    assert ask("GET", "/reader/api/0/token", authorization=auth, host="evil.example").status == 421
    assert ask("POST", "/reader/api/0/edit-tag", "i=1", origin="http://evil.example", authorization=auth).status == 403
    assert ask("GET", "/accounts/ClientLogin?" + login).status == 405


@pytest.mark.parametrize("origin", ["null", "file://"])  # as windows of Electron have it
def test_an_app_with_a_window_of_its_own_logs_in_and_marks(ask, phone, origin):
    given = ask("POST", "/accounts/ClientLogin", f"Email=phone&Passwd={phone.password}", origin=origin)
    auth = f"GoogleLogin auth={given.body.decode().partition('Auth=')[2].strip()}"
    (first, *others) = phone.unread()
    call = "POST", "/reader/api/0/edit-tag", f"i={first}&a={READ}"
    assert ask(*call, origin=origin).status == 401
    assert ask(*call, origin=origin, authorization=auth).body == b"OK"
    assert phone.unread() == others


def test_a_body_that_is_not_percent_encoded_and_one_of_ten_thousand_ids(ask, phone):
    auth = phone.headers["authorization"]
    ids = phone.unread()
    raw = "&".join(f"i=tag:google.com,2005:reader/item/{int(one):016x}" for one in ids[:2])
    assert ask("POST", "/reader/api/0/edit-tag", f"{raw}&a={READ}", authorization=auth).body == b"OK"
    assert phone.unread() == ids[2:]
    many = "&".join(f"i=tag%3Agoogle.com%2C2005%3Areader%2Fitem%2F{10**12 + n:016x}" for n in range(10_000))
    assert len(many) < 1_000_000
    answer = ask("POST", "/reader/api/0/edit-tag", f"{many}&i={ids[2]}&a={READ}", authorization=auth)
    assert answer.body == b"OK" and phone.unread() == ids[3:]


def test_wrong_passwords_wait_longer_and_longer_and_the_right_one_still_gets_in(ask, phone):
    for _ in range(8):
        assert ask("POST", "/accounts/ClientLogin", "Email=phone&Passwd=wrong").status == 401
    assert ask.waited == sorted(ask.waited) and len(ask.waited) == 5 and ask.waited[-1] <= 5
    assert ask("POST", "/accounts/ClientLogin", f"Email=phone&Passwd={phone.password}").status == 200
