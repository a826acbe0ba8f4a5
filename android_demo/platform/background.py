"""Starting and stopping the service that syncs while the app is not looked at; only Android has one."""

from __future__ import annotations

from android_demo.platform.device import PACKAGE, activity, java_class, on_android

SERVICE = f"{PACKAGE}.ServiceSync"  # python-for-android names it after the entry in buildozer.spec
TITLE = "Edge News"


def has_background_sync() -> bool:
    """Whether there is anything to start; a desktop has timers of its own."""
    return on_android()


def start_background_sync(text: str) -> None:
    """Start the service, from the app while it is in sight; one that runs already is left alone.

    Args:
        text: What its notification says that it does.
    """
    if has_background_sync():
        java_class(SERVICE).start(activity(), "notification", TITLE, text, "")


def stop_background_sync() -> None:
    """End the service's process, whatever it does: nothing that was told as kept is lost."""
    if has_background_sync():
        java_class(SERVICE).stop(activity())
