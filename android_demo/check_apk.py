"""Checks a built APK: `python -m android_demo.check_apk FILE.apk`. It needs this checkout and no Android SDK.

One line a check, with what is wrong and how it is mended. The exit status is 1 if a check fails, 2 for no APK.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from android_demo.apk.archive import Apk, ApkError, read_apk
from android_demo.apk.checks import CHECKS, sizes_mb
from android_demo.apk.expected import Expected, expected_apk

NUM_NAMED = 3  # of what one check finds wrong


def verdicts(apk: Apk, expected: Expected) -> dict[str, list[str]]:
    """What each check finds wrong, by its name; a part that cannot be read fails the checks that read it."""
    found: dict[str, list[str]] = {}
    for check in CHECKS:
        try:
            found[check.name] = list(check.problems(apk, expected))
        except (ValueError, KeyError) as error:
            found[check.name] = [f"cannot be read: {error}"]
    return found


def main(arguments: Sequence[str]) -> int:
    """Print the verdicts; see the module's docstring."""
    if len(arguments) != 1:
        print("usage: python -m android_demo.check_apk FILE.apk", file=sys.stderr)
        return 2
    try:
        apk = read_apk(Path(arguments[0]))
    except ApkError as error:
        print(error, file=sys.stderr)
        return 2
    found = verdicts(apk, expected_apk())
    for check in CHECKS:
        print(_line(check.name, found[check.name], check.remedy))
    print("size: " + (", ".join(f"{abi} {size:.1f} MB" for abi, size in sizes_mb(apk).items()) or "no libraries"))
    return int(any(found.values()))


def _line(name: str, problems: list[str], remedy: str) -> str:
    if not problems:
        return f"pass  {name}"
    more = f" and {len(problems) - NUM_NAMED} more" if len(problems) > NUM_NAMED else ""
    return f"FAIL  {name}: {'; '.join(problems[:NUM_NAMED])}{more}. To mend it: {remedy}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
