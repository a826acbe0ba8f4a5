"""The addresses of the API, and who may ask. They lie under "/", and where FreshRSS has them."""

from __future__ import annotations

from http import HTTPStatus
from json import dumps

from edge_runtime import EdgeError
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request, text_answer
from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.login import Pauses
from edge_runtime.web.router import Handler, Route

# What is added to the address that an app is given may begin with a slash of its own.
PREFIXES = ("", "/", "/api/greader.php", "/api/greader.php/")


def greader_routes(apps: AppPasswords, pauses: Pauses | None = None) -> list[Route]:
    """Every route of the API.

    Args:
        apps: Who may ask.
        pauses: After wrong passwords.
    """
    log_in, answer = _log_in(apps, pauses or Pauses()), _answer(apps)
    routes = []
    for prefix in PREFIXES:
        routes += [
            Route("POST", f"{prefix}/accounts/ClientLogin", log_in, False, is_for_apps=True, is_slow=True),
            Route("GET", f"{prefix}/reader/api/0/{{call*}}", answer, False, is_for_apps=True),
            Route("POST", f"{prefix}/reader/api/0/{{call*}}", answer, False, is_for_apps=True),
            Route("GET", f"{prefix}/reader/atom/{{stream*}}", answer, False, is_for_apps=True),
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
        except EdgeError:
            return _unsettled()
        pauses.note(request.peer, is_right=bool(token))
        if not token:
            return text_answer("Error=BadAuthentication\n", HTTPStatus.UNAUTHORIZED)
        given = dict.fromkeys(("SID", "LSID", "Auth"), token)  # none may be empty: some apps take it apart blindly
        if request.one("output") == "json":
            return Answer(dumps(given).encode(), "application/json; charset=utf-8")
        return text_answer("".join(f"{key}={value}\n" for key, value in given.items()))

    return handler


def _answer(apps: AppPasswords) -> Handler:
    """What an app that has a token is answered."""

    def handler(desk: Desk, request: Request) -> Answer:
        try:
            token = _token_of(request)
            app = apps.app_of(token) if token else ""
        except EdgeError:
            return _unsettled()
        if not app:
            return text_answer("Unauthorized\n", HTTPStatus.UNAUTHORIZED)
        from edge_runtime.web.greader.table import answer  # loaded here: who has no app needs nothing of it

        return answer(desk, request, app, token)

    return handler


def _token_of(request: Request) -> str:
    """What stands in the header alone: an address is kept by too many."""
    scheme, _, given = request.headers.get("authorization", "").strip().partition(" ")
    key, _, token = given.strip().partition("=")
    return token.strip().strip('"') if (scheme.lower(), key.strip().lower()) == ("googlelogin", "auth") else ""


def _unsettled() -> Answer:
    """Who may ask cannot be told now; an app tries again. Why is not for strangers: it names folders of this device."""
    return text_answer("Error=ServiceUnavailable\n", HTTPStatus.SERVICE_UNAVAILABLE)
