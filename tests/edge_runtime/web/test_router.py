"""Paths and what stands for their names; all without sockets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edge_runtime.screens.reading import Reading
from edge_runtime.web.desk import Desk, open_desk
from edge_runtime.web.exchange import Answer, Request, text_answer
from edge_runtime.web.router import NoSuchRoute, Route, Router

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def say_parts(_: Desk, request: Request) -> Answer:
    return text_answer(repr(dict(request.path_parts)))


ROUTER = Router(
    [
        Route("GET", "/", say_parts),
        Route("GET", "/a/{article_id}", say_parts),
        Route("POST", "/a/{article_id}/like", say_parts),
        Route("GET", "/stream/contents/{stream*}", say_parts),
    ]
)


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/", {}),
        ("/a/guardian-7", {"article_id": "guardian-7"}),
        # A slash that is part of an id comes encoded, and does not end the part.
        ("/a/a%2Fb%20c", {"article_id": "a/b c"}),
        ("/stream/contents/feed/7", {"stream": "feed/7"}),
    ],
)
def test_the_parts_of_a_path_come_decoded(desk, path, parts):
    answer = ROUTER.answer(desk, Request("GET", path), path)
    assert answer.body.decode() == repr(parts)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/nowhere", set()), ("GET", "/a/", set()), ("POST", "/", {"GET"}), ("GET", "/a/7/like", {"POST"})],
)
def test_what_is_not_there_says_which_methods_are(method, path, allowed):
    with pytest.raises(NoSuchRoute) as refused:
        ROUTER.answer(Desk(Reading(), lambda: NOW), Request(method, path), path)
    assert (refused.value.allowed, refused.value.status) == (frozenset(allowed), 405 if allowed else 404)


def test_a_desk_of_its_own_thread_brings_back_what_is_raised():
    desk = open_desk(Reading, lambda: NOW)
    with pytest.raises(ZeroDivisionError):
        desk.run(lambda: 1 // 0)
    assert desk.run(lambda: "still there") == "still there"
    desk.close()


def test_a_kept_page_is_made_once_for_all_who_look_the_same(desk):
    made = []

    def page(_: Desk, request: Request) -> Answer:
        made.append(request.cookie("look"))
        return text_answer(made[-1])

    router = Router([Route("GET", "/", page, is_kept=True)])

    def ask(cookie, **query):
        request = Request("GET", "/", {name: [value] for name, value in query.items()}, headers={"cookie": cookie})
        return router.answer(desk, request, "/").body.decode()

    looks = [ask("look=dark; edge_news_session=a"), ask("edge_news_session=b; look=dark"), ask("look=light")]
    assert (looks, made) == (["dark", "dark", "light"], ["dark", "light"])
    ask("look=light", page="2")
    first = desk.reading.reader.latest(1)[0].article_id
    desk.reading.save(first, desk.now(), is_saved=True)
    ask("look=light")
    assert made == ["dark", "light", "light", "light"]
