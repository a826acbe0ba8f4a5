"""What an APK of this checkout must be: read from buildozer.spec and from what `stage` lays out."""

from __future__ import annotations

import hashlib
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

from android_demo.stage import ROOT, staged_files

SPEC = ROOT / "android_demo" / "buildozer.spec"


@dataclass(frozen=True, slots=True)
class Expected:
    """The spec's values, and the app's files."""

    package: str
    permissions: frozenset[str]
    min_api: int
    target_api: int
    abis: frozenset[str]
    files: dict[
        str, str
    ]  # name in the app's directory -> SHA-256; "" for compiled Python, which every build makes anew


def expected_apk() -> Expected:
    """Of the checkout that this file lies in."""
    spec = ConfigParser()
    spec.read(SPEC, encoding="utf-8")
    app = spec["app"]
    return Expected(
        f"{app['package.domain']}.{app['package.name']}",
        frozenset(_listed(app["android.permissions"])),
        int(app["android.minapi"]),
        int(app["android.api"]),
        frozenset(_listed(app["android.archs"])),
        dict(map(_packed, (Path("main.py"), *staged_files()))),
    )


def _listed(value: str) -> list[str]:
    return [one.strip() for one in value.split(",")]


def _packed(path: Path) -> tuple[str, str]:
    if path.suffix == ".py":
        return path.with_suffix(".pyc").as_posix(), ""
    return path.as_posix(), hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
