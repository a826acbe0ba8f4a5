"""Putting a notification on the screen: Android's own, or the desktop's through `notify-send` or `gdbus`."""

from __future__ import annotations

import functools
import html
import importlib
import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from android_demo.platform.device import PACKAGE, activity, api_level, context, java_class, on_android

NAME = "Edge News"
CHANNEL = "news"  # Android keeps what the reader set for it under this id
PERMISSION = "android.permission.POST_NOTIFICATIONS"
FIRST_WITH_CHANNELS = 26
FIRST_WITH_PERMISSION = 33
TIMEOUT_S = 10.0


class Notifier(Protocol):
    """What shows notifications on this device."""

    def is_allowed(self) -> bool:
        """Whether a notification would be seen now."""

    def ask(self, answered: Callable[[bool], None]) -> None:
        """Ask the reader once for leave, at the first use; `answered` may be called later and on another thread."""

    def post(self, title: str, body: str, tag: str) -> bool:
        """Show plain text; one of the same tag takes the place of the last. Returns whether it was handed over."""


class AndroidNotifier:
    """Android's notifications, from the app or from its service."""

    def is_allowed(self) -> bool:
        """What the reader said in Android's settings, or when asked."""
        return bool(self._manager().areNotificationsEnabled())

    def ask(self, answered: Callable[[bool], None]) -> None:
        """Android 13 and later ask; before, notifications are allowed until they are forbidden in the settings."""
        if self.is_allowed() or api_level() < FIRST_WITH_PERMISSION or activity() is None:
            answered(self.is_allowed())
            return
        permissions = importlib.import_module("android.permissions")
        permissions.request_permissions([PERMISSION], lambda _names, granted: answered(all(granted) and bool(granted)))

    def post(self, title: str, body: str, tag: str) -> bool:
        """A tap opens the app."""
        if not self.is_allowed():
            return False
        here, texts = context(), java_class("java.lang.String")
        builders = java_class("android.app.Notification$Builder")
        if api_level() >= FIRST_WITH_CHANNELS:
            self._make_channel()
            builder = builders(here, CHANNEL)
        else:
            builder = builders(here)
        style = java_class("android.app.Notification$BigTextStyle")()
        style.bigText(texts(body))
        builder.setContentTitle(texts(title))
        builder.setContentText(texts(body))
        builder.setStyle(style)
        builder.setSmallIcon(here.getResources().getIdentifier("notification", "drawable", PACKAGE))
        builder.setAutoCancel(True)
        builder.setContentIntent(self._to_open_the_app(here))
        self._manager().notify(tag, 0, builder.build())
        return True

    def _manager(self) -> Any:
        # By its name: the constant of Context is no member of the activity's wrapped class.
        manager = context().getSystemService("notification")
        return importlib.import_module("jnius").cast("android.app.NotificationManager", manager)

    def _make_channel(self) -> None:
        channels = java_class("android.app.NotificationChannel")
        importance = java_class("android.app.NotificationManager").IMPORTANCE_DEFAULT
        self._manager().createNotificationChannel(channels(CHANNEL, java_class("java.lang.String")(NAME), importance))

    def _to_open_the_app(self, here: Any) -> Any:
        pending = java_class("android.app.PendingIntent")
        intent = here.getPackageManager().getLaunchIntentForPackage(PACKAGE)
        return pending.getActivity(here, 0, intent, pending.FLAG_IMMUTABLE | pending.FLAG_UPDATE_CURRENT)


class DesktopNotifier:
    """A desktop that shows freedesktop's notifications; one without shows none."""

    def is_allowed(self) -> bool:
        """Whether there is a program that shows them."""
        return bool(_desktop_program())

    def ask(self, answered: Callable[[bool], None]) -> None:
        """No desktop asks."""
        answered(self.is_allowed())

    def post(self, title: str, body: str, tag: str) -> bool:
        """The text is plain, so what the desktop would read as markup is escaped."""
        call = {"notify-send": _notify_send, "gdbus": _gdbus}.get(_desktop_program())
        if call is None:
            return False
        with suppress(OSError, subprocess.TimeoutExpired):
            command = call(title, html.escape(body, quote=False))
            return not subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False).returncode
        return False


def device_notifier() -> Notifier:
    """The one of this device."""
    return AndroidNotifier() if on_android() else DesktopNotifier()


@functools.cache
def _desktop_program() -> str:
    return next((name for name in ("notify-send", "gdbus") if shutil.which(name)), "")


def _notify_send(title: str, body: str) -> list[str]:
    return ["notify-send", "--app-name", NAME, "--", title, body]


def _gdbus(title: str, body: str) -> list[str]:
    place = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications.Notify")
    command = ["gdbus", "call", "--session", "--dest", place[0], "--object-path", place[1], "--method", place[2]]
    # A string of GVariant is written as one of JSON.
    name, shown, text = (json.dumps(one, ensure_ascii=False) for one in (NAME, title, body))
    return [*command, name, "uint32 0", '""', shown, text, "@as []", "@a{sv} {}", "int32 -1"]
