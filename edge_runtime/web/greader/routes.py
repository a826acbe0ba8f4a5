"""The addresses of the API: who asks, and which call answers. They lie under "/", and where FreshRSS has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from json import dumps

from edge_runtime import EdgeError, FeedError, StorageError, UnknownFeedError
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request, text_answer
from edge_runtime.web.greader import calls, subscribing
from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.greader.calls import Asked
from edge_runtime.web.login import Pauses
from edge_runtime.web.router import Handler, Route

# What is added to the address that an app is given may begin with a slash of its own.
PREFIXES = ("", "/", "/api/greader.php", "/api/greader.php/")

Call = Callable[[Asked], Answer]

GETS: Mapping[str, Call] = {
    "token": calls.token,
    "user-info": calls.user_info,
    "tag/list": calls.tag_list,
    "subscription/list": calls.subscription_list,
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
}
_STREAM = "stream/contents/"  # and the stream's name


def greader_routes(apps: AppPasswords, pauses: Pauses | None = None) -> list[Route]:
    """Every route of the API.

    Args:
        apps: Who may ask.
        pauses: After wrong passwords.
    """
    log_in = _log_in(apps, pauses or Pauses())
    get, post, atom = _call(apps, GETS), _call(apps, POSTS), _atom(apps)
    routes = []
    for prefix in PREFIXES:
        routes += [
            Route("POST", f"{prefix}/accounts/ClientLogin", log_in, False, is_for_apps=True, is_slow=True),
            Route("GET", f"{prefix}/reader/api/0/{{call*}}", get, False, is_for_apps=True),
            Route("POST", f"{prefix}/reader/api/0/{{call*}}", post, False, is_for_apps=True),
            Route("GET", f"{prefix}/reader/atom/{{stream*}}", atom, False, is_for_apps=True),
        ]
    return routes


def _log_in(apps: AppPasswords, pauses: Pauses) -> Handler:
    """ClientLogin. Some apps send name and password behind the address: a POST's is kept nowhere here."""

    def handler(desk: Desk, request: Request) -> Answer:
        if not pauses.is_passed(request.peer):
            return text_answer("Error=ServiceUnavailable\n", HTTPStatus.TOO_MANY_REQUESTS)
        try:
            is_private = desk.run(lambda: desk.reading.reader.private)
            name = request.one("Email").strip()
            token = apps.log_in(name, request.one("Passwd"), desk.now(), keeps=not is_private)
        except EdgeError as error:
            return _told(error)
        pauses.note(request.peer, is_right=bool(token))
        if not token:
            return text_answer("Error=BadAuthentication\n", HTTPStatus.UNAUTHORIZED)
        given = dict.fromkeys(("SID", "LSID", "Auth"), token)  # none may be empty: some apps take it apart blindly
        if request.one("output") == "json":
            return Answer(dumps(given).encode(), "application/json; charset=utf-8")
        return text_answer("".join(f"{key}={value}\n" for key, value in given.items()))

    return handler


def _call(apps: AppPasswords, known: Mapping[str, Call]) -> Handler:
    def handler(desk: Desk, request: Request) -> Answer:
        name = request.path_parts["call"].strip("/")
        call, stream = known.get(name), ""
        if name.startswith(_STREAM) and _STREAM.strip("/") in known:
            call, stream = calls.stream_contents, name.removeprefix(_STREAM)
        return _answer(apps, desk, request, call, stream)

    return handler


def _atom(apps: AppPasswords) -> Handler:
    return lambda desk, request: _answer(apps, desk, request, calls.atom, request.path_parts["stream"])


def _answer(apps: AppPasswords, desk: Desk, request: Request, call: Call | None, stream: str) -> Answer:
    try:
        token = _token_of(request)
        app = apps.app_of(token) if token else ""
        if not app:
            return text_answer("Unauthorized\n", HTTPStatus.UNAUTHORIZED)
        asked = Asked(desk, request, desk.now(), app, calls.action_token(token), stream)
        if request.method == "POST" and not asked.is_meant:
            bad = text_answer("Unauthorized\n", HTTPStatus.UNAUTHORIZED)
            return Answer(bad.body, bad.content_type, bad.status, {"X-Reader-Google-Bad-Token": "true"})
        if call is None:
            return text_answer("This call is not known here.\n", HTTPStatus.BAD_REQUEST)
        return call(asked)
    except EdgeError as error:
        return _told(error)


def _token_of(request: Request) -> str:
    """What stands in the header alone: an address is kept by too many."""
    scheme, _, given = request.headers.get("authorization", "").strip().partition(" ")
    key, _, token = given.strip().partition("=")
    return token.strip().strip('"') if (scheme.lower(), key.strip().lower()) == ("googlelogin", "auth") else ""


def _told(error: EdgeError) -> Answer:
    """Why nothing was done; after 503 an app tries again."""
    if isinstance(error, UnknownFeedError):
        status = HTTPStatus.NOT_FOUND
    else:
        is_asked_wrong = isinstance(error, FeedError) and not isinstance(error, StorageError)
        status = HTTPStatus.BAD_REQUEST if is_asked_wrong else HTTPStatus.SERVICE_UNAVAILABLE
    return text_answer(f"{error.fact}\n", status)
