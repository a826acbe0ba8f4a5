"""What buildozer and python-for-android make of a staged directory, without either of them.

buildozer 1.6.0 copies the files of some extensions, and those without one. python-for-android 2026.5.9 compiles every
Python file with -OO, leaves the source out, and packs the rest into `assets/private.tar`, which the app unpacks.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from configparser import ConfigParser
from importlib.util import find_spec
from pathlib import Path

from android_demo.stage import ROOT, stage

# What the APK's Python can import beside its standard library: the requirements of the spec, without Kivy and Java.
PACKAGES = ("numpy", "urllib3", "idna", "tzdata")


def read_spec() -> ConfigParser:
    """buildozer.spec as buildozer reads it, with interpolation."""
    spec = ConfigParser()
    spec.optionxform = str  # type: ignore[assignment, method-assign]
    spec.read(ROOT / "android_demo" / "buildozer.spec", encoding="utf-8")
    return spec


def listed(spec: ConfigParser, name: str) -> list[str]:
    return [value.strip() for value in spec["app"][name].split(",")]


def pack(staged: Path, target: Path) -> None:
    """Fill `target` with what the APK's private.tar would hold."""
    spec = read_spec()
    extensions, left_out = listed(spec, "source.include_exts"), set(listed(spec, "source.exclude_dirs"))
    for path in staged.rglob("*"):
        place = path.relative_to(staged)
        if path.is_file() and place.parts[0] not in left_out and path.suffix[1:] in ("", *extensions):
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / place)
    compileall = [sys.executable, "-OO", "-m", "compileall", "-q", "-b", "-f", str(target)]
    subprocess.run(compileall, check=True)
    for source in target.rglob("*.py"):
        source.unlink()


def stage_and_pack(folder: Path) -> Path:
    """A packed directory of the repository as it is."""
    stage(folder / "stage")
    pack(folder / "stage", folder / "app")
    return folder / "app"


def link_packages(folder: Path) -> None:
    """A folder of packages in which nothing lies but what the spec requires."""
    folder.mkdir()
    for name in PACKAGES:
        found = find_spec(name)
        assert found is not None and found.origin is not None, name
        place = Path(found.origin).parent
        (folder / name).symlink_to(place)
        if (libraries := place.parent / f"{name}.libs").exists():
            (folder / libraries.name).symlink_to(libraries)
