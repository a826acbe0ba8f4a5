"""Which authorities a connection trusts. The Python inside an APK knows none: OpenSSL looks for a desktop's folders."""

from __future__ import annotations

import importlib
import os
import ssl


def trust_certificates() -> None:
    """Let OpenSSL read certifi's list where the system has none; before the first connection."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile is None and paths.capath is None:
        os.environ["SSL_CERT_FILE"] = importlib.import_module("certifi").where()
