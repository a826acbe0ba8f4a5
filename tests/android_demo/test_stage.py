"""What goes into the APK, and that nothing else does."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from android_demo.apk.archive import PRIVATE, Apk, Entry
from android_demo.apk.expected import expected_apk
from android_demo.assets import draw_icon
from android_demo.stage import FOR_THE_BUILD, ROOT, stage, staged_files
from tests.android_demo.packed import pack, read_spec


@pytest.fixture
def staged(tmp_path):
    stage(tmp_path / "apk")
    return tmp_path / "apk"


def test_the_stage_holds_the_app_the_runtime_the_licences_and_what_the_build_reads(staged):
    assert {path.name for path in staged.iterdir()} == {
        *("android_demo", "edge_runtime", "main.py", "LICENSE", "NOTICE"),
        *("buildozer.spec", "icon", "manifest"),
    }


def test_what_the_app_needs_is_staged_and_what_a_desktop_needs_is_not():
    files = set(staged_files())
    for needed in (
        *(
            "android_demo/ui/feed.kv",
            "android_demo/assets/fonts/NewsSans-Bold.otf",
            "android_demo/assets/fonts/OFL.txt",
        ),
        *("android_demo/service.py", "android_demo/platform/notifier.py", "edge_runtime/default/news.bundle"),
        *("edge_runtime/feeds/fetch.py", "edge_runtime/feeds/shelf.json", "edge_runtime/storage/profile.schema.json"),
    ):
        assert Path(needed) in files
    # Every module of feeds: the app fetches.
    assert {path.relative_to(ROOT) for path in (ROOT / "edge_runtime" / "feeds").rglob("*.py")} <= files
    for path in files:
        assert not {"cli", "tui", "systemd", "apk", "icon", "manifest", "__pycache__"} & set(path.parts), path
        assert path.name not in (
            "driver.py",
            "stage.py",
            "gallery.py",
            "check_apk.py",
            "__main__.py",
            "draw_icon.py",
        )


def test_no_file_of_the_trainer_or_of_research_data_is_staged():
    for path in staged_files():
        assert path.parts[0] in ("android_demo", "edge_runtime", "LICENSE", "NOTICE")
        assert "mind" not in path.stem.lower().split("_") and "ebnerd" not in path.stem.lower()


def test_what_the_spec_names_is_staged(staged):
    app = read_spec()["app"]
    names = [
        *(app[name] for name in app if name.endswith(".filename")),
        app["android.extra_manifest_application_arguments"],
        *(resource.split(":")[0] for resource in app["android.add_resources"].split(",")),
        *(service.split(":")[1] for service in app["services"].split(",")),
    ]
    assert len(names) == 7
    for name in names:
        assert (staged / name).is_file(), name


def test_packing_drops_what_the_build_alone_reads_and_nothing_else(staged, tmp_path):
    pack(staged, tmp_path / "packed")
    packed = {path.relative_to(tmp_path / "packed") for path in (tmp_path / "packed").rglob("*") if path.is_file()}
    compiled = {path.with_suffix(".pyc") if path.suffix == ".py" else path for path in staged_files()}
    assert packed == compiled | {Path("main.pyc")}


def test_the_pictures_are_those_that_their_script_draws(slow):
    # Pixels, not bytes: another zlib packs them otherwise.
    for name, content in draw_icon.pictures().items():
        with Image.open(draw_icon.TARGET_DIR / name) as kept, Image.open(io.BytesIO(content)) as drawn:
            assert kept.tobytes() == drawn.tobytes(), name


def test_a_directory_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "old.py").touch()
    with pytest.raises(FileExistsError, match="not empty"):
        stage(tmp_path)


def test_everything_for_the_build_is_there():
    for source in FOR_THE_BUILD:
        assert (ROOT / source).exists()


def test_the_real_tools_pack_what_the_checker_expects(slow, staged, tmp_path):
    for name in ("buildozer", "pythonforandroid", "jinja2"):
        if find_spec(name) is None:
            pytest.skip(f"{name} is not installed; `make setup` does it")
    program = Path(__file__).with_name("real_packer.py")
    subprocess.run([sys.executable, str(program), str(staged), str(tmp_path)], check=True, capture_output=True)
    packed = (tmp_path / "private.tar").read_bytes()
    found = Apk(b"", {PRIVATE: Entry(PRIVATE, 0, len(packed), is_stored=False, data=packed)}).files(PRIVATE)
    digests = {name: "" if name.endswith(".pyc") else hashlib.sha256(data).hexdigest() for name, data in found.items()}
    assert digests == expected_apk().files
