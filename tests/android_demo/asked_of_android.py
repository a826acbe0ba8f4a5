"""Calls into the doubles of Android's classes; run by test_platform.py with `CLASSES SETTINGS WHAT`."""

import os
import sys
import types

classes, settings, what = sys.argv[1:]
os.environ["ANDROID_ARGUMENT"] = "/data"
import jnius_config  # noqa: E402

jnius_config.set_classpath(classes)
jnius_config.add_options(*(f"-D{setting}" for setting in settings.split(",") if setting))
import jnius  # noqa: E402

# python-for-android's module, in the place of its own.
sys.modules["android"] = types.ModuleType("android")
runnable = sys.modules["android.runnable"] = types.ModuleType("android.runnable")
runnable.run_on_ui_thread = lambda call: call
permissions = sys.modules["android.permissions"] = types.ModuleType("android.permissions")
permissions.request_permissions = lambda names, answered: (print("asked for", *names), answered(names, [True]))

from android_demo.platform import background, bars, links, sharing, zone  # noqa: E402
from android_demo.platform.notifier import device_notifier  # noqa: E402

notifier = device_notifier()
calls = {
    "post": lambda: notifier.post("Ferries & trams", "Because you open 'transit'", "a1"),
    "ask": lambda: notifier.ask(print),
    "browse": lambda: links.open_in_browser("https://example.org/a?b=1"),
    "share": lambda: sharing.share("Ferries", "https://example.org/a"),
    "service": lambda: (background.start_background_sync("Fetching your feeds"), background.stop_background_sync()),
    "bars": lambda: bars.keep_clear_of_bars(243 / 255, 241 / 255, 235 / 255, is_light=True),
    "zone": zone.device_zone,
}
print("returned", calls[what]())
print(jnius.autoclass("asked.Calls").taken())
