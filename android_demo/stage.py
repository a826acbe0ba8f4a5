"""Lays out what goes into the APK: `python -m android_demo.stage OUT_DIR`, then `buildozer android debug` there.

python-for-android wants one directory with main.py at its top. It gets the app, the runtime with its default
bundle and samples, the licences, and what the build reads: buildozer.spec, the icon, lines for Android's manifest.
Nothing of the trainer, the tests or what only a desktop needs: tools, the command line, what terminal and browser show.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
APP = Path("android_demo")
PACKAGES = (APP, Path("edge_runtime"))
LICENCES = (Path("LICENSE"), Path("NOTICE"))
DESKTOP_ONLY = {
    APP / name
    for name in (
        *(
            "__main__.py",
            "stage.py",
            "driver.py",
            "gallery.py",
            "check_apk.py",
            "apk",
            "Dockerfile",
            "Dockerfile.dockerignore",
        ),
        *("assets/build_fonts.py", "assets/draw_icon.py", "assets/icon", "manifest", "buildozer.spec"),
    )
} | {Path("edge_runtime") / name for name in ("__main__.py", "cli", "tui", "web", "systemd")}
# From where they are to where the spec looks for them.
FOR_THE_BUILD = {
    APP / "buildozer.spec": Path("buildozer.spec"),
    APP / "assets" / "icon": Path("icon"),
    APP / "manifest": Path("manifest"),
}


def staged_files() -> list[Path]:
    """Paths of the files that belong into the APK beside main.py, relative to the repository, sorted."""
    found = (path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return sorted(
        {path for path in found if _is_wanted(path) and not {path, *path.parents} & DESKTOP_ONLY} | set(LICENCES)
    )


def _is_wanted(path: Path) -> bool:
    """No leftovers of Python, and of a language only what is made for programs."""
    return "__pycache__" not in path.parts and path.suffix != ".po"


def stage(out_dir: Path) -> None:
    """Fill a directory that is new or empty.

    Raises:
        FileExistsError: There is something in it; a leftover would be packed into the APK.
    """
    if out_dir.exists() and any(out_dir.iterdir()):
        raise FileExistsError(f"{out_dir} is not empty; remove it or name another directory")
    for path in staged_files():
        _copy(path, out_dir / path)
    _copy(APP / "main.py", out_dir / "main.py")
    for source, target in FOR_THE_BUILD.items():
        _copy(source, out_dir / target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if (ROOT / source).is_dir():
        shutil.copytree(ROOT / source, target)
    else:
        shutil.copyfile(ROOT / source, target)


if __name__ == "__main__":
    stage(Path(sys.argv[1]))
