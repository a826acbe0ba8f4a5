"""Which hosts may be asked: public ones alone, unless others are allowed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from edge_runtime.addresses import Target
from edge_runtime.errors import PrivateAddressError, Remedy, UnreachedError
from edge_runtime.sentences import Sentence

Resolver = Callable[[str, int], Sequence[str]]  # host and port to IP addresses, in order of preference

# What a name server says of a name; any other failure is one of asking it. Android says so without a network too.
_NOT_KNOWN = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY") if hasattr(socket, name)}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address as a network without IPv4 reaches it


def resolve(host: str, port: int) -> list[str]:
    """The system's answer; how long it may take is the system's setting too."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def checked_addresses(target: Target, resolver: Resolver, *, allow_private: bool) -> list[str]:
    """The IP addresses of the target's host, each of them allowed; connect to these and ask for no others.

    Raises:
        UnreachedError: The name is not known, or nobody could be asked for it.
        PrivateAddressError: One of its addresses is not public, and that is not allowed.
    """
    try:
        found = list(dict.fromkeys(resolver(target.host, target.port)))
    except (OSError, UnicodeError) as error:
        if isinstance(error, UnicodeError) or error.errno in _NOT_KNOWN:
            said = Sentence(
                "{address}: no address found for {host}; look for a typing mistake, or is the network down?",
                address=target.shown,
                host=target.host,
            )
            raise UnreachedError(said) from error
        said = Sentence(
            "{address}: {host} could not be looked up ({cause}); is the network down?",
            address=target.shown,
            host=target.host,
            cause=error.strerror or str(error),
        )
        raise UnreachedError(said, is_local=True) from error
    if not found:
        raise UnreachedError(
            Sentence(
                "{address}: {host} has no address; look for a typing mistake", address=target.shown, host=target.host
            )
        )
    for address in found:
        if not (allow_private or is_public(address)):
            raise PrivateAddressError(
                Sentence(
                    "{address}: {host} is at {ip}, which is not a public address",
                    address=target.shown,
                    host=target.host,
                    ip=address,
                ),
                Remedy.ALLOW_PRIVATE,
            )
    return found


def is_public(address: str) -> bool:
    """Whether an IP address is for everyone; one that wraps an IPv4 address is what that one is."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            ip = wrapped
        elif ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
