"""Lays out what goes into the APK: `python -m android_demo.stage OUT_DIR`, then `buildozer android debug` there.

python-for-android wants one directory with main.py at its top. It gets the app, the runtime with its default
bundle and samples, and buildozer.spec; nothing of the trainer, the tests or what only a desktop needs: tools, the
command line, fetching.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("android_demo", "edge_runtime")
DESKTOP_ONLY = {
    Path("android_demo") / name
    for name in ("stage.py", "driver.py", "screenshots.py", "assets/build_fonts.py", "buildozer.spec")
} | {
    # The app asks for no permission, so it fetches nothing.
    Path("edge_runtime") / name
    for name in ("__main__.py", "command_line.py", "cli", "tui", "systemd", "feeds/fetch.py")
}


def staged_files() -> list[Path]:
    """Paths of the packages' files that belong into the APK, relative to the repository, sorted."""
    found = (path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file())
    return sorted(
        path for path in found if "__pycache__" not in path.parts and not {path, *path.parents} & DESKTOP_ONLY
    )


def stage(out_dir: Path) -> None:
    """Fill a directory that is new or empty.

    Raises:
        FileExistsError: There is something in it; a leftover would be packed into the APK.
    """
    if out_dir.exists() and any(out_dir.iterdir()):
        raise FileExistsError(f"{out_dir} is not empty; remove it or name another directory")
    for path in staged_files():
        target = out_dir / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, target)
    shutil.copyfile(ROOT / "android_demo" / "main.py", out_dir / "main.py")
    shutil.copyfile(ROOT / "android_demo" / "buildozer.spec", out_dir / "buildozer.spec")


if __name__ == "__main__":
    stage(Path(sys.argv[1]))
