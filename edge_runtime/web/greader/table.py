"""Which call answers which address of the API, and in which words nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus

from edge_runtime import EdgeError, FeedError, UnknownFeedError
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request, text_answer
from edge_runtime.web.greader import calls, subscribing
from edge_runtime.web.greader.calls import Asked

Call = Callable[[Asked], Answer]

GETS: Mapping[str, Call] = {
    "token": calls.token,
    "user-info": calls.user_info,
    "tag/list": calls.tag_list,
    "subscription/list": calls.subscription_list,
    "subscription/export": subscribing.export,
    "unread-count": calls.unread_count,
    "stream/items/ids": calls.item_ids,
    "stream/items/contents": calls.item_contents,
    "stream/contents": calls.stream_contents,
}
POSTS: Mapping[str, Call] = {
    "stream/items/ids": calls.item_ids,
    "stream/items/contents": calls.item_contents,
    "edit-tag": calls.edit_tag,
    "mark-all-as-read": calls.mark_all_as_read,
    "subscription/quickadd": subscribing.quick_add,
    "subscription/edit": subscribing.edit,
    "rename-tag": subscribing.rename_folder,
    "disable-tag": subscribing.remove_folder,
}
_STREAM = "stream/contents/"  # and the stream's name


def answer(desk: Desk, request: Request, app: str, token: str) -> Answer:
    """What an app that may ask is answered.

    Args:
        desk: Whose news it is.
        request: With the "call" or the "stream" of the address.
        app: Its name.
        token: By which it is known.
    """
    call, stream = _found(request)
    asked = Asked(desk, request, desk.now(), app, calls.action_token(token), stream)
    if request.method == "POST" and not asked.is_meant:
        bad = text_answer("Unauthorized\n", HTTPStatus.UNAUTHORIZED)
        return Answer(bad.body, bad.content_type, bad.status, {"X-Reader-Google-Bad-Token": "true"})
    if call is None:
        return text_answer("This call is not known here.\n", HTTPStatus.BAD_REQUEST)
    try:
        return call(asked)
    except FeedError as error:
        return _told(error, HTTPStatus.BAD_REQUEST)
    except UnknownFeedError as error:
        return _told(error, HTTPStatus.NOT_FOUND)
    except EdgeError as error:
        return _told(error, HTTPStatus.SERVICE_UNAVAILABLE)


def _told(error: EdgeError, status: HTTPStatus) -> Answer:
    """Why nothing was done; after 503 an app tries again."""
    return text_answer(f"{error.fact}\n", status)


def _found(request: Request) -> tuple[Call | None, str]:
    """The call, None if there is no such one, and the stream that the address names."""
    if "stream" in request.path_parts:
        return calls.atom, request.path_parts["stream"]
    name = request.path_parts["call"].strip("/")
    if name.startswith(_STREAM) and request.method == "GET":
        return calls.stream_contents, name.removeprefix(_STREAM)
    return (GETS if request.method == "GET" else POSTS).get(name), ""
