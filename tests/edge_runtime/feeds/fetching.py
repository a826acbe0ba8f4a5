"""What tests of fetching have in common."""

from __future__ import annotations

from datetime import UTC, datetime

from edge_runtime.feeds.fetch import FetchOptions
from tests.edge_runtime.feeds.hostile_server import rss

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCAL = FetchOptions(allow_private=True, time_limit_s=5)
PUBLIC_IP = "93.184.216.34"  # never reached: `dialled` leads it to the local server
FEED = rss("One", "Two")
