"""Whom a request says to ask, and from which page it comes: what is not ours is refused before anything is looked at.

A page of somebody else's can lead its own name to this device (DNS rebinding), or send a form here. The browser tells
both: by `Host` and by `Origin`. An address in numbers leads nowhere else, so the one that was asked is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9_.-]+))(?::([0-9]{1,5}))?", re.IGNORECASE)
_ORIGIN = re.compile(r"(https?)://([^/?#@]+)", re.IGNORECASE)
_NO_PAGE = re.compile(r"null|(?!https?:)[a-z][a-z0-9+.-]*://[^/?#@\s]*", re.IGNORECASE)
_USUAL_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class Hosts:
    """The names by which this device may be asked.

    Attributes:
        names: In lower case, without ports; addresses too.
        told: Those of them that the reader told: a proxy in front of this may ask for another one of ours.
    """

    names: frozenset[str] = frozenset(LOOPBACK_NAMES)
    told: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, names: Iterable[str] = (), told: Iterable[str] = ()) -> Hosts:
        """The loopback's names and more.

        Raises:
            ValueError: One is no name of a host, such as one with a port; or one that was told is no other name.
        """
        asked = [_told_name(name) for name in told]
        return cls(frozenset({*LOOPBACK_NAMES, *map(host_name, names), *asked}), frozenset(asked))

    def is_ours(self, host: str, local: str) -> bool:
        """Whether a `Host` is this device.

        Args:
            host: As it was sent.
            local: The address that was connected to.
        """
        name = _split(host)[0]
        address = _address(name)
        return name in self.names or (address is not None and address == _address(local))

    def is_from_here(self, origin: str, host: str) -> bool:
        """Whether an `Origin` is a page of ours; another port of the same device is somebody else.

        Args:
            origin: As it was sent.
            host: The request's `Host`, which is ours.
        """
        found = _ORIGIN.fullmatch(origin)
        if found is None:
            return False
        scheme, (name, port) = found[1].lower(), _split(found[2])
        asked, asked_port = _split(host)
        usual = _USUAL_PORTS[scheme]
        if name and (name, port or usual) == (asked, asked_port or usual):
            return True
        return scheme == "https" and name in self.told and port in ("", usual)

    @staticmethod
    def is_of_no_page(origin: str) -> bool:
        """Whether an `Origin` is no web page's, as an app's own window has; a page can hide behind "null" too."""
        return _NO_PAGE.fullmatch(origin) is not None

    def asker(self, peer: str, forwarded: str) -> str:
        """For whom a request comes: behind a proxy, all would be one else.

        Args:
            peer: Who connected.
            forwarded: `X-Forwarded-For`, whose last address is the proxy's own word. It counts only from this device,
                and where the reader told the name of a proxy.
        """
        near, far = _address(peer), _address(forwarded.rpartition(",")[2].strip())
        is_proxy = bool(self.told) and near is not None and near.is_loopback
        return str(far) if is_proxy and far else peer


def host_name(text: str) -> str:
    """A name or address as it is compared.

    Raises:
        ValueError: It is none.
    """
    name, port = _split(f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)
    if not name or port:
        raise ValueError(f"{text!r} is no name of a host; give one without http:// and port, as news.example")
    return name


def _told_name(text: str) -> str:
    """A name that others ask by; this device's own for itself, and "everywhere", are not taken for where to listen."""
    name = host_name(text)
    address = _address(name)
    if name in LOOPBACK_NAMES or (address is not None and (address.is_loopback or address.is_unspecified)):
        raise ValueError(f"{text!r} leads to whoever asks, so nobody needs to be told it; give a name as news.example")
    return name


def is_at_home(address: str) -> bool:
    """Whether an address is of this device or a network of one's own, and not of the whole internet."""
    found = _address(address)
    return found is not None and not found.is_global


def _split(authority: str) -> tuple[str, str]:
    """Name and port, each "" where there is none."""
    found = _AUTHORITY.fullmatch(authority)
    if found is None or (found[1] and _address(found[1]) is None):
        return "", ""
    address = _address(found[1] or found[2])
    return str(address) if address else found[2].lower(), found[3] or ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
