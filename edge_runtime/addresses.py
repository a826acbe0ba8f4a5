"""Addresses of feeds: taken apart once, so that what is kept, shown, checked and asked is one and the same."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from edge_runtime.errors import FetchError
from edge_runtime.sentences import Sentence

MAX_URL_CHARS = 4000
_MAX_HOST_CHARS = 253  # of DNS; also keeps encoding quick, which takes quadratic time

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_UNQUOTED = "/%:=&?~+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Target:
    """An http or https address in its parts."""

    scheme: str
    host: str  # ASCII, lower case, an IPv6 address without brackets
    port: int
    path: str  # with the query, percent-encoded
    credentials: str = ""  # "user:password", decoded

    @property
    def host_and_port(self) -> str:
        """As the Host header has it: the port only if it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as it is fetched, without name and password."""
        return f"{self.scheme}://{self.host_and_port}{self.path}"

    @property
    def address(self) -> str:
        """The address with its credentials: to be kept and asked, never to be shown."""
        if not self.credentials:
            return self.url
        user, colon, password = self.credentials.partition(":")
        return f"{self.scheme}://{quote(user, '')}{colon}{quote(password, '')}@{self.host_and_port}{self.path}"

    @property
    def shown(self) -> str:
        """For messages: neither credentials nor the query, which holds keys at some publishers."""
        path, question, _ = self.path.partition("?")
        return f"{self.scheme}://{self.host_and_port}{path}{'?…' if question else ''}"


def parse_target(url: str) -> Target:
    """Take an address apart; two spellings of one address give the same parts.

    Raises:
        FetchError: Not http or https, or without a sound host.
    """
    shown = hide_credentials(url)
    if len(url) > MAX_URL_CHARS:
        raise FetchError(
            Sentence(
                "{address}…: an address of more than {number} characters; is it one?",
                address=shown,
                number=f"{MAX_URL_CHARS:,}",
            )
        )
    try:
        parts = urlsplit(url.strip())
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        path = quote(parts.path or "/", _UNQUOTED) + (f"?{quote(parts.query, _UNQUOTED)}" if parts.query else "")
        credentials = ":".join(unquote(part) for part in (parts.username, parts.password) if part is not None)
        host = ascii_host(host)
    except ValueError:  # no "from": its text may hold the password
        raise FetchError(
            Sentence("{address}: not an address; look for a typing mistake, or copy it again", address=shown)
        ) from None
    if scheme not in _PORTS:
        raise FetchError(
            Sentence(
                "{address}: only http:// and https:// addresses are fetched; put one of them in front", address=shown
            )
        )
    if not (_HOST.fullmatch(host) or _is_ip6(host)) or port == 0 or not path.startswith("/"):
        raise FetchError(
            Sentence("{address}: has no sound host name; look for a typing mistake, or copy it again", address=shown)
        )
    return Target(scheme, host, _PORTS[scheme] if port is None else port, path, credentials)


def ascii_host(host: str) -> str:
    """A host's name as it is asked for: "faß.de" is xn--fa-hia.de, not fass.de, which is another owner's.

    As browsers do it: UTS 46 with the characters of IDNA 2008, and with emoji and underscores, which are asked for too.

    Raises:
        UnicodeError: No name can be like that.
    """
    if host.isascii():
        return host.lower()
    if len(host) > _MAX_HOST_CHARS:
        raise UnicodeError("a host's name of too many characters")
    import idna  # its tables take a moment, and few hosts need them

    try:
        return ".".join(map(_ascii_label, idna.uts46_remap(host, std3_rules=False).split(".")))
    except ValueError as error:  # for some characters that have no name yet it raises no UnicodeError
        raise UnicodeError(str(error)) from error


def _ascii_label(label: str) -> str:
    """What `idna.alabel` does, but for the characters that it alone refuses."""
    import idna

    if label.isascii():
        return label
    idna.check_initial_combiner(label)
    idna.check_bidi(label)
    if not all(idna.valid_contextj(label, at) for at, char in enumerate(label) if char in "\u200c\u200d"):
        raise UnicodeError("a joiner where it joins nothing")
    return f"xn--{label.encode('punycode').decode('ascii')}"


def redirect_target(target: Target, location: str) -> Target:
    """Where a redirect leads. Credentials go along to the same host alone, and never from https to http.

    Raises:
        FetchError: It leads to no http or https address.
    """
    try:
        joined = urljoin(target.url, location.strip())
    except ValueError:
        raise FetchError(
            Sentence("{address}: redirects to what is no address; tell its publisher", address=target.shown)
        ) from None
    new = parse_target(joined)
    same_origin = (new.scheme, new.host, new.port) == (target.scheme, target.host, target.port)
    to_tls = new.host == target.host and (target.port, new.port) == (80, 443) and new.scheme == "https"
    return Target(new.scheme, new.host, new.port, new.path, target.credentials if same_origin or to_tls else "")


def hide_credentials(text: str) -> str:
    """Text without anything that could be "user:password@" of an address in it; it may lose more than that."""
    before, at, after = text.rpartition("@")
    start, slashes, _ = before.partition("//")
    return (f"{start.rpartition('@')[2]}{slashes}{after}" if at and slashes else after)[:300]


def _is_ip6(host: str) -> bool:
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False
