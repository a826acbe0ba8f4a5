"""Answers that need not be sent again: the browser names what it has, and hears that it is still right."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from http import HTTPStatus

from edge_runtime.web.exchange import Answer, Request


def with_etag(request: Request, answer: Answer) -> Answer:
    """The answer with a mark of what is in it; without its body if the browser has just that.

    What has a mark may be kept, and is asked for again each time unless the answer says otherwise.
    """
    mark = f'"{hashlib.sha256(answer.body).hexdigest()[:24]}"'
    headers = {"Cache-Control": "private, no-cache", **answer.headers, "ETag": mark}
    named = request.headers.get("if-none-match", "")
    known = {one.strip().removeprefix("W/") for one in named.split(",")}
    if answer.status is HTTPStatus.OK and known & {mark, "*"}:
        return Answer(status=HTTPStatus.NOT_MODIFIED, headers=headers, is_private=answer.is_private)
    return replace(answer, headers=headers)
