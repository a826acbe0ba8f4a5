"""buildozer.spec and the directory it is used in. No APK is built here."""

import ast
import os
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

import edge_runtime
from android_demo.core.remedies import told
from android_demo.stage import ROOT, stage, staged_files
from edge_runtime import EdgeError, Remedy

# Names of recipes in python-for-android 2026.5.9 that the app may ask for.
RECIPES = {"python3", "kivy", "numpy", "pyjnius", "sqlite3"}
PLAIN_PYTHON = {"idna"}  # needs no recipe
# Imported only where it exists: the desktop's interpreters, and python-for-android's own module.
OPTIONAL = {"ai_edge_litert", "tflite_runtime", "android", "apprise"}


@pytest.fixture(scope="module")
def app():
    spec = ConfigParser(interpolation=None)
    spec.read(ROOT / "android_demo" / "buildozer.spec", encoding="utf-8")
    return spec["app"]


def test_every_requirement_has_a_recipe_or_needs_none(app):
    names = {requirement.split("==")[0] for requirement in app["requirements"].split(",")}
    assert names <= RECIPES | PLAIN_PYTHON
    assert "kivy==2.3.1" in app["requirements"].split(",")


def test_the_packed_code_imports_nothing_else(app):
    required = {requirement.split("==")[0] for requirement in app["requirements"].split(",")}
    known = required | OPTIONAL | set(sys.stdlib_module_names) | {"android_demo", "edge_runtime"}
    for path in staged_files():
        if path.suffix == ".py":
            for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module]
                assert {name.split(".")[0] for name in names} <= known, path


def test_no_permission_is_asked_for(app):
    assert "android.permissions" not in app
    assert app.getboolean("android.allow_backup") is False


def test_the_values_are_those_that_the_pinned_tools_ask_for(app):
    assert app["p4a.branch"] == "v2026.05.09"
    assert app["p4a.bootstrap"] == "sdl2"
    # numpy's recipe needs 24; NDK 28 links for 16 KB pages
    assert (app["android.minapi"], app["android.ndk_api"], app["android.ndk"]) == ("24", "24", "28c")
    assert int(app["android.api"]) in (34, 35)
    assert app["android.archs"] == "arm64-v8a"
    assert app["android.gradle_dependencies"] == "com.google.ai.edge.litert:litert:1.4.2"
    assert app.getboolean("android.enable_androidx")


def test_the_version_is_the_runtimes(app):
    assert app["version"] == edge_runtime.__version__


def test_every_staged_file_has_an_extension_that_is_packed(app):
    packed = {"." + extension for extension in app["source.include_exts"].split(",")}
    assert {path.suffix for path in staged_files()} <= packed


def test_the_stage_holds_the_app_and_the_runtime_and_no_more(app, tmp_path):
    stage(tmp_path / "apk")
    assert {path.name for path in (tmp_path / "apk").iterdir()} == {
        "android_demo",
        "edge_runtime",
        "main.py",
        "buildozer.spec",
    }
    for needed in ("android_demo/ui/feed.kv", "android_demo/assets/fonts/NewsSans-Bold.otf"):
        assert Path(needed) in staged_files()
    assert not [path for path in staged_files() if "driver" in path.name or "__pycache__" in path.parts]


def test_the_staged_main_finds_everything_beside_itself(window, tmp_path):
    stage(tmp_path / "apk")
    # Import only: run() would wait for a person.
    code = "import main, android_demo.app; print(android_demo.app.__file__)"
    environment = {**os.environ, "PYTHONPATH": "", "KIVY_NO_CONFIG": "1", "KIVY_NO_ARGS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path / "apk", env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(tmp_path / "apk" / "android_demo" / "app.py")


def test_a_touch_comes_from_the_window_alone(window, tmp_path):
    # On a Raspberry Pi Kivy reads the touch screen too, and each tap would count twice.
    code = (
        "from kivy.app import App\nApp.run = lambda app: None\nfrom android_demo.main import main\nmain()\n"
        "from kivy.config import Config\nprint(Config.items('input'))"
    )
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[('mouse', 'mouse,disable_multitouch')]\n"


def test_without_a_home_the_app_says_so_in_its_own_words(window):
    code = (
        "import pwd\ndef nobody(user):\n    raise KeyError(user)\npwd.getpwuid = nobody\n"
        "from android_demo.main import main\nmain()"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_DATA_HOME")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.endswith(f"; {told(EdgeError('no home', Remedy.SET_HOME)).partition('; ')[2]}\n")


def test_a_directory_with_something_in_it_is_refused(tmp_path):
    (tmp_path / "old.py").touch()
    with pytest.raises(FileExistsError, match="not empty"):
        stage(tmp_path)
