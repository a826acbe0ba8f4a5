"""What the settings say of what the runtime keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from android_demo.core.session import Session


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """What is not of the app's own settings."""

    order: str  # of OrderChoice
    feeds: str  # how many there are
    is_notifying: bool


def settings_page(session: Session, now: datetime) -> SettingsPage:
    """What the runtime keeps."""
    number = len(session.reader.feeds.feeds())
    feeds = session.tr.count("{number} feed", "{number} feeds", number) if number else session.tr("None yet")
    return SettingsPage(str(session.reader.order.value), feeds, session.reader.channels.desktop)
