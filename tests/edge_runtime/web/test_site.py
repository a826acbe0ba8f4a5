"""Who may ask for what: by name, by page, by login; and what those see who may not."""

from __future__ import annotations

import re

import pytest

from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.greader.routes import greader_routes
from edge_runtime.web.hosts import Hosts
from edge_runtime.web.login import COOKIE
from edge_runtime.web.routes import page_routes
from edge_runtime.web.site import Received, Rules, Site
from tests.edge_runtime.web.conftest import HERE, OURS, ROUTES

EVERY = [*((route.method, route.pattern) for route in ROUTES), ("GET", "/nowhere"), ("POST", "/api/nowhere")]


@pytest.mark.parametrize(("method", "path"), EVERY)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", ""])
def test_another_name_is_refused_on_every_path_before_anything_is_looked_at(site, method, path, host):
    answer = site.answer(Received(method, path, {"host": host, "authorization": "x"}))
    assert answer.status == 421 and b"by that name" in answer.body and b"href" not in answer.body


@pytest.mark.parametrize(("method", "path"), [one for one in EVERY if one[0] == "POST"])
@pytest.mark.parametrize("origin", ["null", "http://evil.example", "http://localhost:9000", ""])
def test_a_form_of_another_page_is_refused_on_every_path(site, method, path, origin):
    headers = {**HERE, "origin": origin, "authorization": "GoogleLogin auth=x"}
    is_app = origin == "null" and path == "/api/said"
    assert site.answer(Received(method, path, headers)).status == (200 if is_app else 403)


@pytest.mark.parametrize("origin", ["null", "file://", "app://fluent", "capacitor://localhost"])
def test_a_window_of_an_app_may_ask_what_is_for_apps_and_nothing_else(locked, access, desk, origin):
    access.new_password()
    cookie = f"{COOKIE}={access.log_in(desk.now())}"
    headers = {"host": "pi.local", "origin": origin, "cookie": cookie}
    answer = locked.answer(Received("POST", "/api/said", headers))
    assert answer.body == b"False 0"  # the cookie, which a page of others could use so, counts for nothing
    assert not any(name.startswith("Access-Control") for name in answer.headers)  # and such a page reads nothing
    for path in ("/said", "/like", "/login", "/logout", "/nowhere"):
        assert locked.answer(Received("POST", path, headers)).status == 403
    # What asks before a header that a page of others is not free to send hears no.
    assert locked.answer(Received("OPTIONS", "/api/said", headers)).status == 405
    assert locked.answer(Received("POST", "/api/said", {**headers, "host": "evil.example"})).status == 421


@pytest.mark.parametrize("site_of", ["cross-site", "same-site"])  # another port of this device is "same-site"
@pytest.mark.parametrize(("mode", "dest"), [("no-cors", "image"), ("cors", "empty"), ("navigate", "iframe")])
def test_what_another_page_loads_as_a_part_of_it_is_no_look_at_ours(desk, access, site_of, mode, dest):
    site, before = Site(desk, access, page_routes(access), Rules()), desk.reading.reader.state()
    foreign = {**HERE, "sec-fetch-site": site_of, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    for path in ("/", "/search?q=rain", "/nowhere/x"):
        assert site.answer(Received("GET", path, foreign)).status in (403, 404)
    assert (
        desk.reading.reader.state() == before
    )  # without our script, a look at the list counts its first stories as seen
    for of_link in ("document", "empty"):  # the second where our worker hands it on
        followed = {**foreign, "sec-fetch-mode": "navigate", "sec-fetch-dest": of_link}
        assert site.answer(Received("GET", "/", followed)).status == 200
    assert site.answer(Received("GET", "/manifest.webmanifest", foreign)).status == 200


def test_without_an_origin_only_an_app_may_send_something(site):
    assert site.answer(Received("POST", "/said", HERE)).status == 403
    assert site.answer(Received("POST", "/said", {**HERE, "authorization": "x"})).status == 200
    assert site.answer(Received("POST", "/api/said", HERE)).status == 200
    assert site.answer(Received("POST", "/said", OURS)).status == 200


def test_a_route_for_apps_knows_no_cookie(locked, access, desk):
    access.new_password()
    token = access.log_in(desk.now())
    headers = {"host": "pi.local", "cookie": f"{COOKIE}={token}"}
    assert locked.answer(Received("GET", "/", headers)).status == 200
    assert locked.answer(Received("GET", "/api/said", headers)).body == b"False 0"
    assert locked.answer(Received("POST", "/api/said", headers)).body == b"False 0"


def test_the_loopback_asks_for_no_password(site):
    answer = site.answer(Received("GET", "/", HERE))
    assert answer.status == 200 and answer.body.count(b"\n") == 29
    assert site.answer(Received("GET", "/login", HERE)).headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/", "/a/x", "/nowhere", "/fail"])
def test_who_is_not_logged_in_sees_no_page_and_not_which_there_are(locked, path):
    answer = locked.answer(Received("GET", path + "?q=1", {"host": "pi.local"}))
    assert answer.status == 303 and answer.headers["Location"] == f"/login?then={path.replace('/', '%2F')}%3Fq%3D1"


def test_who_is_not_logged_in_does_nothing(locked, desk):
    before = desk.reading.reader.state()
    headers = {"host": "pi.local", "origin": "http://pi.local", "authorization": "x"}
    (first,) = desk.reading.reader.latest(1)
    body = f"article={first.article_id}".encode()
    assert locked.answer(Received("POST", "/like", headers, body)).status == 401
    assert desk.reading.reader.state() == before
    assert locked.answer(Received("GET", "/open", headers)).status == 200


@pytest.mark.parametrize(
    ("method", "target", "status", "allow"),
    [
        ("GET", "/nowhere", 404, None),
        ("GET", "/like", 405, "POST"),
        ("POST", "/", 405, "GET, HEAD"),
        ("PUT", "/", 405, "GET, HEAD, POST"),
        ("GET", "/a/unknown", 404, None),
        ("GET", "http://localhost:8765/", 400, None),
        ("GET", "/fail", 500, None),
    ],
)
def test_what_is_not_there_is_told_in_words(site, capsys, method, target, status, allow):
    answer = site.answer(Received(method, target, OURS))
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)
    assert len(answer.body) > 20 and answer.is_private


def test_a_fault_tells_nobody_what_was_read(site, desk, capsys):
    title = desk.reading.reader.latest(1)[0].title
    answer = site.answer(Received("GET", "/fail", HERE))
    said = answer.body.decode() + "".join(capsys.readouterr())
    assert title not in said and "ZeroDivisionError" in said and "in fail" in said


def test_a_stranger_is_not_told_where_something_is_damaged(locked, access, desk, data, capsys):
    access.new_password()
    (data / "web.json").write_text("{}")
    (data / "apps.json").write_text("[]")
    apps = Site(desk, access, greader_routes(AppPasswords(data)), Rules(needs_login=True))
    call = Received("GET", "/reader/api/0/token", {**HERE, "authorization": "GoogleLogin auth=x"})
    log_in = Received("POST", "/accounts/ClientLogin", HERE, b"Email=x&Passwd=y")
    page = Received("GET", "/", {"host": "pi.local", "cookie": f"{COOKIE}=x"})
    for answer in (locked.answer(page), apps.answer(call), apps.answer(log_in)):
        assert answer.status == 503 and str(data).encode() not in answer.body and b".json" not in answer.body
    assert "StorageError" in capsys.readouterr().err


def test_refusals_are_worded_in_the_readers_language(site):
    answer = site.answer(Received("GET", "/nowhere", {**HERE, "accept-language": "zh-CN,zh;q=0.9"}))
    assert 'lang="zh' in answer.body.decode() and "no such page" not in answer.body.decode()


@pytest.mark.parametrize(("peer", "local"), [("8.8.8.8", "192.168.1.7"), ("192.168.1.9", "2606:4700::1111")])
def test_the_internet_is_answered_only_if_that_was_asked_for(make_site, peer, local):
    hosts = Hosts.of(["pi.local"])
    got = Received("GET", "/open", {"host": "pi.local"}, peer=peer, local=local)
    assert make_site(hosts=hosts, needs_login=True).answer(got).status == 403
    assert make_site(hosts=hosts, needs_login=True, is_public=True).answer(got).status == 200


def test_the_same_list_is_made_once_until_something_is_done(site, desk, monkeypatch):
    made = []
    feed = type(desk.reading.reader).feed
    monkeypatch.setattr(
        type(desk.reading.reader), "feed", lambda *given, **more: made.append(1) or feed(*given, **more)
    )
    for _ in range(3):
        site.answer(Received("GET", "/", HERE))
    assert len(made) == 1
    (first,) = desk.reading.reader.latest(1)
    site.answer(Received("POST", "/like", OURS, f"article={first.article_id}".encode()))
    site.answer(Received("GET", "/", HERE))
    assert len(made) == 2


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_private_mode_leaves_every_byte_alone(locked, access, desk, data, method):
    password = access.new_password()
    access.new_feed_secret()
    desk.reading.reader.private = True
    before = {path: path.read_bytes() for path in data.iterdir()}
    ours = {"host": "pi.local", "origin": "http://pi.local"}
    entered = locked.answer(Received("POST", "/login", ours, f"password={password}".encode()))
    cookie = {"cookie": entered.cookies[0].partition(";")[0]}
    assert locked.answer(Received("GET", "/", {**ours, **cookie})).status == 200
    (first,) = desk.reading.reader.latest(1)
    for path in ("/", "/like", "/said", "/feeds/x/feed.atom", f"/feeds/{access.feed_secret}/feed.atom", "/logout"):
        locked.answer(Received(method, path, {**ours, **cookie}, f"article={first.article_id}".encode()))
    assert {path: path.read_bytes() for path in data.iterdir()} == before


def test_private_mode_leaves_every_byte_alone_on_every_page_that_there_is(desk, access, data):
    desk.reading.reader.private = True
    (first,) = desk.reading.reader.latest(1)
    routes = page_routes(access)
    paths = {re.sub(r"\{article_id\}", first.article_id, route.pattern) for route in routes if route.method == "GET"}
    site = Site(desk, access, routes, Rules())
    before = {path: path.read_bytes() for path in data.iterdir()}
    for path in sorted(path for path in paths if "{" not in path):
        answer = site.answer(Received("GET", path, {**HERE, "accept-language": "zh"}))
        assert answer.status == 200, path
    deeds = {"like": "1", "deed": "like", "do": "save", "ids": first.article_id, "q": "rain"}
    body = "&".join(f"{name}={value}" for name, value in deeds.items()).encode()
    for path in (f"/a/{first.article_id}", "/read", "/shown", "/search", "/settings/feed"):
        assert site.answer(Received("POST", path, OURS, body)).status < 500
    assert {path: path.read_bytes() for path in data.iterdir()} == before


def test_every_page_is_for_the_reader_alone(desk, access):
    site = Site(desk, access, page_routes(access), Rules(needs_login=True))
    open_to_all = {route.pattern for route in page_routes(access) if not route.needs_login}
    assert open_to_all == {"/static/{name}", "/sw.js", "/manifest.webmanifest"}
    for route in page_routes(access):
        if route.needs_login:
            path = re.sub(r"\{\w+\}", "x", route.pattern)
            assert site.answer(Received(route.method, path, OURS)).status == (303 if route.method == "GET" else 401)
