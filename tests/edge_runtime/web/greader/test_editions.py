""" "For you" in apps: copies with numbers of their own, in the order of the rank."""

from __future__ import annotations

from datetime import timedelta

from edge_runtime import Wording

READ = "user/-/state/com.google/read"


def test_the_order_of_for_you_is_kept_by_times_and_by_ids(phone, now):
    ids = phone.unread("feed/1")
    ranked = [one.article.article_id for one in phone.reader.feed(now, 30)]
    items = phone.items(ids)
    titles = [phone.reader.article(name).title for name in ranked]
    assert [item["title"] for item in items] == titles
    assert [item["published"] for item in items] == [
        int((now - timedelta(minutes=position)).timestamp()) for position in range(1, 11)
    ]
    by_time = sorted(items, key=lambda item: (item["published"], item["id"]), reverse=True)
    assert by_time == items and ids == sorted(ids, reverse=True)
    assert {item["origin"]["streamId"] for item in items} == {"feed/1"}
    assert {item["origin"]["title"] for item in items} == {"For you"}
    assert items[0]["summary"]["content"].startswith("<p><em>")  # the reason; one told before is not told again


def test_reasons_and_names_are_in_the_language_of_who_asks_whoever_asked_before(phone):
    copies = phone.unread("feed/1")
    english = phone.items(copies)[0]["summary"]["content"]
    reason = phone.reader.editions()[0].reasons[0]
    assert reason and reason in english and phone.reader.feed(phone.now, 1)[0].reason == reason
    phone.desk.reading.tr = Wording("zh")  # a browser asked last
    assert phone.items(copies)[0]["summary"]["content"] == english
    phone.headers["accept-language"] = "zh-CN,zh;q=0.9"
    (item,) = phone.items(copies[:1])
    assert Wording("zh").sentence(reason) in item["summary"]["content"] and reason not in item["summary"]["content"]
    assert item["origin"]["title"] == Wording("zh")("For you") != "For you"


def test_nothing_is_unread_twice(phone):
    everything = phone.unread()
    assert len(everything) == 10 and everything == phone.unread("feed/1")
    assert phone.unread("user/-/label/News") == []
    assert len(phone.ids("s=user/-/label/News")) == 5  # they are there all the same
    assert len(phone.ids(f"s={READ}")) == 10


def test_an_edition_lasts_six_hours_and_then_its_copies_are_read_and_stay_listed_for_a_month(phone, make_article):
    first = phone.unread("feed/1")
    phone.later(hours=5, minutes=59)
    assert phone.unread("feed/1") == first
    phone.reader.add([make_article("new", "Something else")], phone.now)
    phone.later(minutes=1)
    second = phone.unread("feed/1")
    assert len(second) == 11 and not set(second) & set(first)
    assert set(first) <= set(phone.ids(f"s={READ}&ot={phone.now.timestamp() - 86400 * 30}"))
    assert all(READ in item["categories"] for item in phone.items(first))
    phone.later(days=30)
    phone.reader.add([make_article("newer", "Nothing of the kind")], phone.now)
    phone.unread()
    assert set(first) <= set(phone.ids(f"s={READ}"))
    phone.later(days=2)
    phone.reader.add([make_article("newest", "Third of its kind")], phone.now)
    phone.unread()
    assert not set(first) & set(phone.ids(f"s={READ}"))


def test_an_edition_without_anything_new_is_not_made(phone):
    first = phone.unread("feed/1")
    phone.post("edit-tag", f"i={first[0]}&a={READ}")
    phone.later(hours=7)
    assert phone.unread("feed/1") == first[1:]


def test_one_that_was_read_to_the_end_is_followed_after_an_hour_by_what_is_unread(phone, make_article):
    phone.unread()
    assert phone.post("mark-all-as-read", "s=feed/1") == "OK"
    assert phone.unread() == []
    phone.later(minutes=30)
    phone.reader.add([make_article("new", "Something else", source="Alpha")], phone.now)
    assert phone.unread("feed/1") == [] and len(phone.unread()) == 1
    phone.later(minutes=31)
    (copy,) = phone.unread("feed/1")
    assert [item["title"] for item in phone.items([copy])] == ["Something else"]
    assert phone.unread() == [copy]


def test_what_is_done_with_a_copy_is_done_with_the_article_and_the_other_way_round(phone):
    copies = phone.unread("feed/1")
    titles = {item["title"]: one for item, one in zip(phone.items(copies), copies, strict=True)}
    own = {item["title"]: one for one in phone.ids("s=user/-/label/News") for item in phone.items([one])}
    title = next(iter(own))
    phone.post("edit-tag", f"i={titles[title]}&a={READ}&a=user/-/state/com.google/starred")
    (article,) = (one for one in phone.reader.latest() if one.title == title)
    assert phone.reader.is_read(article.article_id) and article.article_id in phone.reader.saved_ids()
    assert set(phone.ids("s=user/-/state/com.google/starred")) == {titles[title], own[title]}
    phone.post("edit-tag", f"i={own[title]}&r={READ}&r=user/-/state/com.google/starred")
    assert titles[title] in phone.unread("feed/1") and not phone.reader.saved_ids()


def test_an_article_that_is_gone_is_gone_from_its_edition(phone):
    copies = phone.unread()
    phone.reader.remove(["a0", "b3"])
    assert len(phone.unread()) == 8 and len(phone.items(copies)) == 8
    phone.post("edit-tag", "&".join(f"i={one}" for one in copies) + f"&a={READ}")
    assert phone.unread() == []


def test_a_clock_that_was_far_ahead_stops_no_edition(phone):
    phone.later(days=900)
    ahead = phone.unread("feed/1")
    phone.later(days=-900)
    right = phone.unread("feed/1")
    assert len(right) == 10 and not set(right) & set(ahead)
    assert len(phone.reader.editions()) == 1


def test_in_private_mode_no_edition_is_made_and_the_last_one_stays(phone, tmp_path):
    first = phone.unread("feed/1")
    phone.reader.private = True
    before = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()}
    phone.later(hours=7)
    phone.log_in()
    assert phone.unread("feed/1") == first
    for body in (f"i={first[0]}&a={READ}", f"i={first[0]}&a=user/-/state/com.google/starred", f"i={first[0]}&r={READ}"):
        assert phone.post("edit-tag", body) == "OK"
    assert phone.post("mark-all-as-read", "s=user/-/state/com.google/reading-list") == "OK"
    assert phone.send("POST", "/reader/api/0/subscription/quickadd", "quickadd=https://c.example/feed").status == 403
    assert phone.send("POST", "/reader/api/0/subscription/edit", "s=feed/1&ac=unsubscribe").status == 403
    assert phone.unread("feed/1") == first
    assert {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()} == before
