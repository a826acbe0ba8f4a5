"""What the calls answer, and the traps that apps have fallen into with other servers."""

from __future__ import annotations

import json
from datetime import timedelta
from http import HTTPStatus
from xml.etree import ElementTree

import pytest

from edge_runtime import Article, Signal, read_opml
from tests.edge_runtime.web.greader.conftest import Phone

ALL, READ, STARRED, KEPT = (
    f"user/-/state/com.google/{name}" for name in ("reading-list", "read", "starred", "kept-unread")
)
API = "/reader/api/0/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def plain(phone, monkeypatch):
    """An app before the first edition: lists are of articles alone."""
    monkeypatch.setattr("edge_runtime.web.greader.calls.editions", lambda *_: [])
    return phone


def names(phone, ids) -> list[str]:
    titles = {article.title: article.article_id for article in phone.reader.latest()}
    return [titles[item["title"]] for item in phone.items(ids)]


def feeds_of(phone) -> dict[str, str]:
    return {one["title"]: one["id"] for one in phone.get("subscription/list?output=json")["subscriptions"]}


# Who may ask


def test_without_a_token_nothing_is_told(phone):
    good = phone.headers
    for headers in (
        {},
        {"authorization": "GoogleLogin auth="},
        {"authorization": "GoogleLogin auth=phone/x"},
        {"authorization": good["authorization"].replace("GoogleLogin", "Bearer")},
        {"authorization": f"GoogleLogin auth={phone.password}"},
    ):
        phone.headers = headers
        for call in ("token", "user-info", "subscription/list", f"stream/items/ids?s={ALL}", "nowhere"):
            assert phone.send("GET", API + call).status is HTTPStatus.UNAUTHORIZED
        assert phone.send("POST", f"{API}edit-tag", f"i=1&a={READ}").status is HTTPStatus.UNAUTHORIZED
        assert phone.send("GET", "/reader/atom/feed%2F1").status is HTTPStatus.UNAUTHORIZED
    token = good["authorization"].partition("=")[2]
    phone.headers = {}
    assert phone.send("GET", f"{API}token?auth={token}&Auth={token}").status is HTTPStatus.UNAUTHORIZED
    phone.headers = good
    phone.apps.revoke("phone")
    assert phone.send("GET", f"{API}token").status is HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("base", ["", "/", "/api/greader.php", "/api/greader.php/"])
def test_the_same_calls_lie_under_every_address_that_apps_make(phone, base):
    phone.log_in(base)
    assert phone.send("GET", f"{base}/reader/api/0/user-info?output=json").status is HTTPStatus.OK
    assert phone.send("GET", f"{base}/reader/atom/feed%2F1?n=3").status is HTTPStatus.OK


def test_login_by_json_and_behind_the_address_and_a_wrong_one(phone):
    login = f"Email=phone&Passwd={phone.password}"
    answer = phone.send("POST", "/accounts/ClientLogin", f"output=json&{login}&client=x&accountType=HOSTED_OR_GOOGLE")
    assert set(json.loads(answer.body)) == {"SID", "LSID", "Auth"}
    assert phone.send("POST", f"/accounts/ClientLogin?{login}").status is HTTPStatus.OK  # Capy Reader
    wrong = phone.send("POST", "/accounts/ClientLogin", "Email=phone&Passwd=x")
    assert (wrong.status, wrong.body) == (HTTPStatus.UNAUTHORIZED, b"Error=BadAuthentication\n")


def test_a_token_of_deeds_may_be_missing_but_not_wrong(phone):
    (first, *_) = phone.unread()
    token = phone.send("GET", f"{API}token").body.decode()
    assert len(token) == 57 and token.isalnum()
    for given in ("", "&T=", "&T=x", f"&T={token}", f"&T={token}%0A"):
        assert phone.post("edit-tag", f"i={first}&a={READ}{given}") == "OK"
    bad = phone.send("POST", f"{API}edit-tag", f"i={first}&r={READ}&T=wrong")
    assert bad.status is HTTPStatus.UNAUTHORIZED and bad.headers == {"X-Reader-Google-Bad-Token": "true"}
    assert first not in phone.unread()


# Lists


def test_subscriptions_have_every_text_that_apps_demand(phone):
    found = phone.get("subscription/list?output=json")["subscriptions"]
    assert [one["title"] for one in found] == ["For you", "Alpha", "Beta"]
    for one in found:
        assert all(isinstance(one[key], str) for key in ("id", "title", "url", "htmlUrl", "iconUrl"))
        assert one["url"].startswith("http") and one["htmlUrl"].startswith("http")
    assert [one["categories"][0]["label"] for one in found] == ["edge-news", "News", "News › Tech"]
    tags = phone.get("tag/list?output=json")["tags"]
    assert tags[0] == {"id": STARRED}
    assert {one["categories"][0]["id"] for one in found} == {one["id"] for one in tags[1:]}
    assert all(one["type"] == "folder" for one in tags[1:])


def test_credentials_of_a_feed_are_not_shown(phone):
    phone.reader.feeds.subscribe("https://me:secret@c.example/feed?key=hidden", "Gamma", "", phone.now)
    text = json.dumps(phone.get("subscription/list?output=json"))
    assert "secret" not in text and "hidden" not in text and "c.example" in text


def test_lists_that_change_seldom_are_not_sent_twice_and_lists_of_items_always_are(phone):
    answer = phone.send("GET", f"{API}subscription/list?output=json")
    mark = answer.headers["ETag"]
    again = phone.send("GET", f"{API}subscription/list?output=json", if_none_match=mark)
    assert (again.status, again.body) == (HTTPStatus.NOT_MODIFIED, b"")
    # NetNewsWire takes "not modified" for a list without items, and would mark everything as read.
    assert "ETag" not in phone.send("GET", f"{API}stream/items/ids?s={ALL}&xt={READ}").headers


def test_only_and_without_work_on_every_kind_of_stream(plain):
    alpha, beta = feeds_of(plain)["Alpha"], feeds_of(plain)["Beta"]
    ids = dict(zip(names(plain, plain.ids(f"s={alpha}")), plain.ids(f"s={alpha}"), strict=True))
    assert set(ids) == {f"a{n}" for n in range(5)}
    plain.post("edit-tag", f"i={ids['a1']}&i={ids['a2']}&a={READ}")
    plain.post("edit-tag", f"i={ids['a2']}&i={ids['a3']}&a={STARRED}")

    def found(query: str) -> set[str]:
        return set(names(plain, plain.ids(query)))

    assert found(f"s={alpha}&xt={READ}") == {"a0", "a3", "a4"}
    assert found(f"s={alpha}&it={READ}") == found(f"s={READ}") == {"a1", "a2"}
    assert found(f"s={READ}&xt={STARRED}") == {"a1"}
    assert found(f"s={STARRED}&xt={READ}") == {"a3"}
    assert found(f"s=user/-/label/News&xt={READ}&xt={STARRED}") == {"a0", "a4"}
    assert found("s=user/17/state/com.google/starred&it=user/-/label/News") == {"a2", "a3"}
    assert len(found(f"s={beta}&xt={alpha}")) == len(found("s=user/-/label/News%20%E2%80%BA%20Tech")) == 5
    assert found("s=feed/99") == found("s=user/-/state/com.google/broadcast") == found("s=user/-/label/None") == set()


def test_ot_is_when_an_article_came_and_not_when_it_was_published(plain, now):
    plain.reader.add([Article("late", "Came late", source="Alpha", published=now - timedelta(days=9))], now)
    since = (now - timedelta(minutes=1)).timestamp()
    for ot in (f"{since:.0f}", f"{since}", f"{since:.6f}"):  # NetNewsWire sends fractions
        assert names(plain, plain.ids(f"s={ALL}&ot={ot}")) == ["late"]
    assert len(plain.ids(f"s={ALL}&nt={since}")) == 10
    assert len(plain.ids(f"s={ALL}&ot=0")) == len(plain.ids(f"s={ALL}&ot=none")) == 11


def test_pages_follow_each_other_though_items_come_between(plain, make_article):
    everything = plain.ids(f"s={ALL}")
    newest_first = [item["published"] for item in plain.items(everything)]
    assert newest_first == sorted(newest_first, reverse=True)
    assert plain.ids(f"s={ALL}&r=o") == everything[::-1]
    seen, more = [], ""
    for round_number in range(4):
        page = plain.get(f"stream/items/ids?s={ALL}&n=3&c={more}")
        seen += [one["id"] for one in page["itemRefs"]]
        more = page.get("continuation", "")
        assert isinstance(more, str) and bool(more) == (round_number < 3)
        plain.reader.add([make_article(f"new{round_number}", f"Number {round_number}")], plain.now)
        if round_number == 0:
            plain.reader.remove([names(plain, [seen[2]])[0]])  # the one that the next page begins behind
    assert seen == everything
    assert "continuation" not in plain.get(f"stream/items/ids?s={ALL}&n=13")
    assert len(plain.get(f"stream/items/ids?s={ALL}&n=5&c=null")["itemRefs"]) == 5
    oldest = plain.get(f"stream/items/ids?s={ALL}&n=4&r=o")
    assert (
        plain.get(f"stream/items/ids?s={ALL}&n=1&r=o&c={oldest['continuation']}")["itemRefs"][0]["id"]
        != oldest["itemRefs"][-1]["id"]
    )


def test_a_number_that_is_none_asks_for_as_many_as_usual(plain):
    usual = plain.get("stream/items/ids")
    assert all(plain.get(f"stream/items/ids?n={n}") == usual for n in ("-1", "x", "", "9" * 5_000))


def test_counts(phone):
    alpha = feeds_of(phone)["Alpha"]
    phone.post("mark-all-as-read", "s=feed/1")
    (copy,) = (one for one in phone.ids(f"s={alpha}")[:1])
    phone.post("edit-tag", f"i={copy}&r={READ}")
    phone.later(hours=7)
    found = phone.get("unread-count?output=json")
    counts = {one["id"]: one["count"] for one in found["unreadcounts"]}
    assert counts == {ALL: 1, "feed/1": 1, "user/-/label/edge-news": 1} and found["max"] == 1
    assert all(len(one["newestItemTimestampUsec"]) == 16 for one in found["unreadcounts"])


# Items


def test_an_item_has_every_field_that_an_app_needs(plain):
    (one,) = [one for one in plain.ids(f"s={ALL}") if names(plain, [one]) == ["a3"]]
    plain.post("edit-tag", f"i={one}&a={READ}&a={STARRED}")
    answer = plain.post("stream/items/contents?output=json", f"i={one}")
    assert isinstance(answer["id"], str) and isinstance(answer["updated"], int)
    (item,) = answer["items"]
    assert item["id"] == f"tag:google.com,2005:reader/item/{int(one):016x}"
    came = plain.now - timedelta(minutes=30)
    assert item["crawlTimeMsec"] == f"{came.timestamp():.0f}000" and item["timestampUsec"].endswith("000000")
    assert item["published"] == int((plain.now - timedelta(hours=4)).timestamp())
    assert item["title"] == "About chess & <more>" and item["author"] == "Alpha"
    assert item["canonical"][0]["href"] == item["alternate"][0]["href"] == "https://a.example/3"
    assert item["summary"]["content"].startswith("<p>A text with &lt;b&gt; and &amp; in it.</p>")
    assert item["origin"] == {
        "streamId": feeds_of(plain)["Alpha"],
        "title": "Alpha",
        "htmlUrl": "https://a.example/",
    }
    assert item["categories"] == [ALL, READ, STARRED, "user/-/label/News"]


def test_texts_of_feeds_bring_no_script_and_no_picture(plain):
    hostile = (
        '<img src="http://spy.example/x"><script>x()</script><a href="javascript:x()">a</a> <a href="/b">b</a><b>c'
    )
    plain.reader.add([Article("evil", "<img src=x>", url="javascript:x()", source="Alpha")], plain.now)
    plain.reader._cache.put_contents({"evil": hostile})
    (item,) = [item for item in plain.items(plain.ids(f"s={ALL}")) if item["title"] == "<img src=x>"]
    assert "<script" not in item["summary"]["content"] and "<img" not in item["summary"]["content"]
    assert "javascript:" not in json.dumps(item)
    atom = plain.send("GET", f"/reader/atom/{ALL}?n=100").body.decode()
    assert "<img" not in atom and "javascript:" not in atom


def test_ids_come_in_all_spellings_and_what_is_none_is_passed_over(plain):
    (one, other, *_) = plain.ids(f"s={ALL}")
    n = int(one)
    for text in (str(n), f"tag:google.com,2005:reader/item/{n:016x}", f"tag:google.com,2005:reader/item/{n:x}",
                 f"{n:016x}", f"{n:x}"):  # fmt: skip
        assert [item["id"][-16:] for item in plain.items([text, other, "junk", "7" * 13])] == [
            f"{n:016x}",
            f"{int(other):016x}",
        ]
    for body in ("", "i=junk", "T=x"):
        assert plain.send("POST", f"{API}stream/items/contents", body).status is HTTPStatus.BAD_REQUEST
        assert plain.send("POST", f"{API}edit-tag", f"{body}&a={READ}").status is HTTPStatus.BAD_REQUEST


def test_contents_of_a_stream_with_and_without_its_name(plain):
    alpha = feeds_of(plain)["Alpha"]
    for target in (f"stream/contents/{alpha.replace('/', '%2F')}?n=2", f"stream/contents/{alpha}?n=2",
                   f"stream/contents?s={alpha}&n=2"):  # fmt: skip
        answer = plain.get(target)
        assert answer["id"] == alpha and len(answer["items"]) == 2 and answer["continuation"]
    assert len(plain.get("stream/contents?n=1000")["items"]) == 10


def test_the_same_as_atom_with_states_as_categories(plain):
    alpha = feeds_of(plain)["Alpha"]
    plain.post("edit-tag", f"i={plain.ids(f's={alpha}')[0]}&a={READ}&a={STARRED}")
    answer = plain.send("GET", f"/reader/atom/{alpha.replace('/', '%2F')}?n=4")
    assert answer.content_type.startswith("application/atom+xml")
    entries = ElementTree.fromstring(answer.body).findall(f"{ATOM}entry")
    assert len(entries) == 4
    first = entries[0]
    assert first.findtext(f"{ATOM}title") == "About rain & <more>"
    assert first.findtext(f"{ATOM}published") == "2026-11-24T11:00:00Z"
    assert first.find(f"{ATOM}link").attrib["href"] == "https://a.example/0"
    assert first.findtext(f"{ATOM}summary").startswith("<p>A text with &lt;b&gt;")
    states = [[one.attrib["label"] for one in entry.findall(f"{ATOM}category")] for entry in entries[:2]]
    assert states == [["reading-list", "read", "starred", "News"], ["reading-list", "News", "kept-unread"]]
    plain.reader.add([Article("odd", "A\x0btab \ufffe", source="Alpha")], plain.now)
    ElementTree.fromstring(plain.send("GET", f"/reader/atom/{ALL}").body)


# Deeds


def test_a_read_hides_and_teaches_nothing_and_a_star_is_a_save(plain):
    before = {one.article.article_id: one.score for one in plain.reader.feed(plain.now)}
    (one, *_) = plain.ids(f"s={ALL}")
    (name,) = names(plain, [one])
    plain.post("edit-tag", f"i={one}&a={READ}&r={KEPT}&ac=edit")  # newsboat
    assert plain.reader.profile().events == () and plain.reader.is_read(name)
    after = {one.article.article_id: one.score for one in plain.reader.feed(plain.now)}
    assert {key: after.get(key) for key in before if key != name} == {
        key: score for key, score in before.items() if key != name
    }
    plain.post("edit-tag", f"i={one}&r={READ}&a={KEPT}&a=user/-/state/com.google/tracking-kept-unread&ac=edit")
    assert not plain.reader.is_read(name)
    plain.post("edit-tag", f"i={one}&a={STARRED}&a=user/-/state/com.google/like&a=user/-/label/Mine")
    plain.post("edit-tag", f"i={one}&a={STARRED}")
    assert [event.signal for event in plain.reader.profile().events] == [Signal.SAVE]
    plain.post("edit-tag", f"i={one}&r={STARRED}")
    assert plain.reader.profile().events == () and plain.reader.undo().signal is Signal.SAVE


def test_mark_all_leaves_what_came_after_the_app_looked(plain, make_article):
    alpha = feeds_of(plain)["Alpha"]
    looked = plain.now
    plain.later(minutes=5)
    plain.reader.add([make_article("new", "Came meanwhile", source="Alpha")], plain.now)
    for ts in (f"{looked.timestamp():.0f}", f"{looked.timestamp():.0f}000000"):
        plain.post("mark-all-as-read", f"s={alpha}&ts={ts}")
        assert names(plain, plain.unread(alpha)) == ["new"]
        assert len(plain.unread()) == 6
    plain.post("mark-all-as-read", "s=user/-/label/News")
    assert plain.unread(alpha) == []
    plain.post("mark-all-as-read", f"s={ALL}&ts=0")
    assert plain.unread() == []
    assert plain.send("POST", f"{API}mark-all-as-read", "").status is HTTPStatus.BAD_REQUEST


def test_a_thousand_marks_are_one_commit(full, apps, now):
    phone = Phone(full, apps, now, apps.make("phone", now))
    phone.log_in()
    ids = phone.ids(f"s={ALL}")
    body = "&".join(f"i=tag:google.com,2005:reader/item/{int(one):016x}" for one in ids)
    store = full._profile.store
    commits: list[str] = []
    store._db.set_trace_callback(lambda sql: commits.append(sql) if sql.startswith("BEGIN IMMEDIATE") else None)
    for deed in (f"a={READ}", f"r={READ}", f"a={STARRED}", f"r={STARRED}"):
        commits.clear()
        phone.post("edit-tag", f"{body}&{deed}")
        assert len(commits) == 1, deed
    store._db.set_trace_callback(None)


def test_subscriptions_are_changed_from_an_app(phone):
    added = phone.post("subscription/quickadd?output=json", "quickadd=https://c.example/feed")
    assert (added["numResults"], added["query"]) == (1, "https://c.example/feed")
    stream = added["streamId"]
    assert phone.post("subscription/edit", f"ac=edit&s={stream}&t=Gamma&a=user/-/label/News › Far") == "OK"
    (feed,) = (one for one in phone.reader.feeds.feeds() if one.title == "Gamma")
    assert feed.folder == "News/Far" and feed.last_ok is None
    assert phone.post("subscription/edit", f"ac=edit&s={stream}&r=user/-/label/Other") == "OK"
    assert phone.post("subscription/edit", f"ac=edit&s={stream}&r=user/-/label/News › Far") == "OK"
    assert [one.folder for one in phone.reader.feeds.feeds()] == ["News", "News/Tech", ""]
    assert phone.post("subscription/edit", f"ac=unsubscribe&s={stream}") == "OK"
    assert (
        phone.post("subscription/edit", "ac=subscribe&s=feed/https://d.example/feed&t=Delta&a=user/-/label/News")
        == "OK"
    )
    assert [(one.title, one.folder) for one in phone.reader.feeds.feeds()][2:] == [("Delta", "News")]
    for body in (
        "ac=unsubscribe&s=feed/1",
        "ac=edit&s=feed/99&t=x",
        "ac=subscribe&s=feed/file:///etc/passwd",
        "s=feed/1",
    ):
        assert phone.send("POST", f"{API}subscription/edit", body).status is HTTPStatus.BAD_REQUEST
    assert phone.send("POST", f"{API}subscription/quickadd", "quickadd=nothing").status is HTTPStatus.BAD_REQUEST


def test_folders_are_renamed_and_taken_away_from_an_app(phone):
    def folders():
        return [one.folder for one in phone.reader.feeds.feeds()]

    assert phone.post("rename-tag", "s=user/-/label/News&dest=user/-/label/Day › Morning&T=x") == "OK"  # NetNewsWire
    assert folders() == ["Day/Morning", "News/Tech"]
    assert phone.post("rename-tag", "s=user/17/label/Day › Morning&dest=user/17/label/News › Tech") == "OK"
    assert folders() == ["News/Tech", "News/Tech"]
    assert len(phone.ids("s=user/-/label/News › Tech")) == 10
    assert phone.post("disable-tag", "s=user/-/label/News › Tech") == "OK" and folders() == ["", ""]
    assert [tag["id"] for tag in phone.get("tag/list")["tags"][1:]] == ["user/-/label/edge-news"]
    for call, body in (
        ("rename-tag", "s=user/-/label/News&dest=user/-/label/Other"),
        ("rename-tag", "s=user/-/label/edge-news&dest=user/-/label/Other"),
        ("rename-tag", "s=user/-/label/News"),
        ("rename-tag", "s=user/-/label/News&dest=user/-/label/"),
        ("disable-tag", "s=feed/1"),
        ("disable-tag", "s=user/-/label/"),
        ("disable-tag", ""),
    ):
        assert phone.send("POST", API + call, body).status is HTTPStatus.BAD_REQUEST
    phone.reader.private = True
    assert phone.send("POST", f"{API}disable-tag", "s=user/-/label/News").status is HTTPStatus.FORBIDDEN


def test_a_feed_may_lie_beside_for_you(plain):
    alpha = feeds_of(plain)["Alpha"]
    plain.post("subscription/edit", f"ac=edit&s={alpha}&a=user/-/label/edge-news")
    assert plain.ids("s=user/-/label/edge-news") == plain.ids(f"s={alpha}")


def test_the_list_of_feeds_as_a_file_tells_no_secret(phone):
    phone.reader.feeds.subscribe("https://me:secret@c.example/feed?key=hidden", "Gamma", "", phone.now)
    answer = phone.send("GET", f"{API}subscription/export")
    assert (
        answer.content_type.startswith("text/x-opml") and b"secret" not in answer.body and b"hidden" not in answer.body
    )
    found, warnings = read_opml(answer.body)
    assert warnings == [] and [(one.title, one.folder) for one in found] == [
        ("Gamma", ""), ("Alpha", "News"), ("Beta", "News/Tech"),
    ]  # fmt: skip


def test_calls_that_are_not_known_say_so(phone):
    for method, call in (("GET", "preference/list"), ("GET", "rename-tag"), ("POST", "stream/contents/feed/1")):
        assert phone.send(method, API + call, "T=x").status is HTTPStatus.BAD_REQUEST
