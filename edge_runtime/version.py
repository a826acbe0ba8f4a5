"""The release: for manifests, user agents and `edge-news --version`, below every layer that names it."""

__version__ = "0.1.0"
