"""Answers taken apart: what a server may say, and nothing else. Whoever asks gets the type that it expects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge_runtime.addresses import MAX_URL_CHARS, hide_credentials, parse_target
from edge_runtime.errors import AccountError, FetchError
from edge_runtime.sentences import Sentence

MAX_TEXT_CHARS = 2 << 20  # of one article
MAX_NAME_CHARS = 500


@dataclass(frozen=True, slots=True)
class Answers:
    """Takes answers apart, and refuses them in words."""

    untrue: Callable[[str], AccountError]

    def mapping(self, value: object, where: str) -> dict[str, object]:
        """A JSON object.

        Raises:
            AccountError: It is none.
        """
        if not isinstance(value, dict):
            raise self.untrue(Sentence("{where} is no object", where=where))
        return value

    def listed(self, value: object, where: str) -> list[object]:
        """A JSON list; what is missing is an empty one, as some servers leave those out.

        Raises:
            AccountError: It is something else.
        """
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.untrue(Sentence("{where} is no list", where=where))
        return value

    def text(self, value: object, where: str, most: int = MAX_NAME_CHARS) -> str:
        """A text, cut at a length; what is missing is an empty one.

        Raises:
            AccountError: It is something else.
        """
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.untrue(Sentence("{where} is no text", where=where))
        return value[:most]

    def number(self, value: object, where: str, *, least: int = 0) -> int:
        """A whole number of 64 bits.

        Raises:
            AccountError: It is none, or below `least`.
        """
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 63:
            raise self.untrue(Sentence("{where} is no number that it can be", where=where))
        return value

    def feed_address(self, value: object, where: str) -> str:
        """The address of a feed in the spelling that subscriptions are kept in; "" where there is none.

        Raises:
            AccountError: It is no text.
        """
        try:
            return parse_target(self.text(value, where, MAX_URL_CHARS)).address
        except FetchError:
            return ""


def said_of(value: object) -> str:
    """A value for a message."""
    return repr(hide_credentials(str(value)))[:80]
