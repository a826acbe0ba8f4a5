"""Which certificate authorities vouch for servers: a file that is given, this device's own, else those of certifi."""

from __future__ import annotations

import functools
import ssl
from contextlib import suppress
from pathlib import Path

from edge_runtime.errors import FetchError, Remedy


@functools.lru_cache(maxsize=4)
def tls_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """What encrypted connections are made by.

    A platform may have no certificate authorities where Python looks for them, as Android has not. Then those of the
    package certifi are taken, where it is installed.

    Args:
        ca_file: PEM; its certificates are trusted in the place of this device's.

    Raises:
        FetchError: The file cannot be read or holds no certificate, or there are none at all.
    """
    if ca_file is not None:
        return _of_file(ca_file)
    context = ssl.create_default_context()
    if _has_authorities(context):
        return context
    try:
        import certifi  # no requirement: where a platform has none, what is built for it brings this
    except ImportError:
        raise FetchError("this device has no CA certificates to check servers with", Remedy.GIVE_CA_FILE) from None
    return _of_file(Path(certifi.where()))


def _of_file(ca_file: Path) -> ssl.SSLContext:
    try:
        if not ca_file.read_bytes().strip():
            raise FetchError(f"{ca_file}: empty, where CA certificates in PEM are wanted", Remedy.CHECK_PATH)
        return ssl.create_default_context(cafile=str(ca_file))
    except ssl.SSLError as error:
        said = f"{ca_file}: no CA certificates in PEM that can be read: {error.reason or error}"
        raise FetchError(said, Remedy.CHECK_PATH) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise FetchError(f"{ca_file}: CA certificates cannot be read: {why}", Remedy.CHECK_PATH) from error


def _has_authorities(context: ssl.SSLContext) -> bool:
    """Whether there are any. Those of a folder are loaded when one is asked for, so they do not count before."""
    if context.cert_store_stats()["x509_ca"]:
        return True
    paths = ssl.get_default_verify_paths()
    with suppress(OSError):
        return paths.capath is not None and any(Path(paths.capath).iterdir())
    return False
