"""buildozer.spec, read as buildozer reads it, against the sources of buildozer and python-for-android. No APK is built.

Both come from PyPI with `make setup`; without them their tests are skipped.
"""

import ast
import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

import edge_runtime
from android_demo.apk.archive import read_apk
from android_demo.apk.checks import backup, behaviour, permissions, versions
from android_demo.apk.expected import expected_apk
from android_demo.core.remedies import told
from android_demo.platform import background, device
from android_demo.stage import ROOT, stage, staged_files
from edge_runtime import EdgeError, Remedy
from tests.android_demo.apk.apk_builder import HOW_TO_GET_THEM, link, missing_tools
from tests.android_demo.packed import PACKAGES, listed, read_spec

# Imported only where it exists: the desktop's interpreters, and python-for-android's own module.
OPTIONAL = {"ai_edge_litert", "tflite_runtime", "android", "apprise", "jnius"}
HOW_TO_GET_P4A = "pip install --no-deps python-for-android==2026.5.9 buildozer==1.6.0"


@pytest.fixture(scope="module")
def spec():
    return read_spec()


@pytest.fixture(scope="module")
def app(spec):
    return spec["app"]


@pytest.fixture(scope="module")
def p4a():
    """The folder of python-for-android's sources."""
    found = find_spec("pythonforandroid")
    if found is None:
        pytest.skip(f"python-for-android is not installed: {HOW_TO_GET_P4A}")
    assert distribution("python-for-android").version == "2026.5.9"
    return Path(found.origin).parent


def required(spec) -> dict[str, str]:
    """Requirements and their versions, "" where the spec leaves that to python-for-android."""
    return {name: version for name, _, version in (one.partition("==") for one in listed(spec, "requirements"))}


def recipe(p4a: Path, name: str) -> str:
    return (p4a / "recipes" / name / "__init__.py").read_text(encoding="utf-8")


def set_in(source: str, name: str) -> str:
    return re.search(rf"""^\s*{name} = ['"]?(.+?)['"]?$""", source, re.MULTILINE)[1]


def test_every_requirement_has_a_recipe_or_is_plain_python_of_a_fixed_version(spec, p4a):
    for name, version in required(spec).items():
        if (p4a / "recipes" / name).is_dir():
            # A tag that the recipe does not name may not exist: its version is pinned with python-for-android.
            assert version in ("", set_in(recipe(p4a, name), "version")), name
        else:
            assert version, name
            assert "Tag: py3-none-any" in distribution(name).read_text("WHEEL"), name


def test_the_versions_are_those_of_the_pinned_python_for_android(spec, app, p4a):
    assert app["p4a.branch"] == "v2026.05.09"
    assert required(spec)["kivy"] == set_in(recipe(p4a, "kivy"), "version") == "2.3.1"
    # numpy for Python 3.14, which is the recipe's.
    assert set_in(recipe(p4a, "python3"), "version").startswith("3.14.")
    assert app["android.minapi"] == app["android.ndk_api"] == set_in(recipe(p4a, "numpy"), "min_ndk_api_support")
    assert app["android.ndk"] == set_in((p4a / "recommendations.py").read_text(), "RECOMMENDED_NDK_VERSION")
    assert (p4a / "bootstraps" / app["p4a.bootstrap"]).is_dir()
    # Its standard library has what the runtime reads with: these are built where their recipes are.
    assert {"sqlite3", "openssl", "libffi"} <= set(
        re.findall(r"'(\w+)'", re.search(r"depends = \[.*", recipe(p4a, "python3"))[0])
    )


def test_every_key_is_one_that_buildozer_knows(spec):
    found = find_spec("buildozer")
    if found is None:
        pytest.skip(f"buildozer is not installed: {HOW_TO_GET_P4A}")
    folder = Path(found.origin).parent
    known = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.suffix in (".py", ".spec"))
    for section in ("app", "buildozer"):
        for key in spec[section]:
            assert re.search(rf"\b{re.escape(key)}\b", known), key


def test_the_packed_code_imports_nothing_that_is_not_required(spec):
    known = set(required(spec)) | OPTIONAL | set(sys.stdlib_module_names) | {"android_demo", "edge_runtime"}
    for path in staged_files():
        if path.suffix == ".py":
            for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module]
                assert {name.split(".")[0] for name in names} <= known, path


def test_the_packages_of_the_phone_in_the_tests_are_those_of_the_spec(spec):
    assert {*PACKAGES, "certifi"} | {"python3", "sqlite3", "kivy", "pyjnius"} == set(required(spec))


def test_permissions_are_those_of_fetching_and_of_the_service(spec, app):
    assert {name.removeprefix("android.permission.") for name in listed(spec, "android.permissions")} == {
        *("INTERNET", "POST_NOTIFICATIONS", "FOREGROUND_SERVICE", "FOREGROUND_SERVICE_DATA_SYNC")
    }
    assert app.getboolean("android.allow_backup") is False


def test_the_build_asks_nothing(spec, app):
    assert app.getboolean("android.accept_sdk_license")
    assert spec["buildozer"]["warn_on_root"] == "0"


def test_the_apps_java_names_are_the_specs(spec, app):
    assert f"{app['package.domain']}.{app['package.name']}" == device.PACKAGE
    (service,) = listed(spec, "services")
    name, entry, *options = service.split(":")
    assert f"{device.PACKAGE}.Service{name}" == background.SERVICE
    assert name == name.capitalize()  # as python-for-android writes it
    assert Path(entry) in staged_files()
    assert options == ["foreground", "foregroundServiceType=dataSync"]


def test_the_version_is_the_runtimes(app):
    assert app["version"] == edge_runtime.__version__


def test_the_manifest_that_python_for_android_writes_is_as_expected(spec, app, p4a, tmp_path):
    """Its own template with the spec's values, compiled by aapt2: permissions, service, API level, back, backup."""
    jinja2 = pytest.importorskip("jinja2")
    if missing := missing_tools():
        pytest.skip(f"{', '.join(missing)} not installed; {HOW_TO_GET_THEM}")
    stage(tmp_path / "stage")
    templates = p4a / "bootstraps" / "_sdl_common" / "build" / "templates"
    extra = (tmp_path / "stage" / app["android.extra_manifest_application_arguments"]).read_text()
    name, _, *options = app["services"].split(":")
    arguments = SimpleNamespace(
        package=device.PACKAGE,
        version=app["version"],
        numeric_version="1",
        min_sdk_version=app.getint("android.minapi"),
        permissions=[{"name": name} for name in listed(spec, "android.permissions")],
        extra_manifest_application_arguments=extra,
        allow_backup="false",
        android_apptheme="@android:style/Theme.NoTitleBar",
        android_entrypoint="org.kivy.android.PythonActivity",
        activity_launch_mode="singleTask",
        manifest_orientation="unspecified",
        window=True,
        add_activity=[],
    )
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(templates))
    values = {
        "args": arguments,
        "service_data": [(name, options[1].partition("=")[2])],
        "android_api": app.getint("android.api"),
        "debug": True,
    }
    written = environment.get_template("AndroidManifest.tmpl.xml").render(values)
    # Android's own theme is in its SDK alone; the package's name, which Gradle adds, is not in the template.
    written = written.replace('android:theme="@android:style/Theme.NoTitleBar"', "")
    written = written.replace("<manifest ", f'<manifest package="{device.PACKAGE}" ', 1)
    resources = tmp_path / "res"
    (resources / "values").mkdir(parents=True)
    strings = environment.get_template("strings.tmpl.xml")
    (resources / "values" / "strings.xml").write_text(
        strings.render(args=SimpleNamespace(name="Edge News", display_cutout="never", presplash_color="#F3F1EB"))
    )
    for folder, file in (("mipmap", "icon.png"), ("drawable", "notification.png")):
        (resources / folder).mkdir()
        (resources / folder / file).write_bytes((tmp_path / "stage" / "icon" / file).read_bytes())
    apk, expected = read_apk(link(tmp_path, written, resources)), expected_apk()
    for check in (permissions, backup, versions, behaviour):
        assert not list(check(apk, expected)), check.__name__


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
    assert done.stderr.endswith(f": {told(EdgeError('no home', Remedy.SET_HOME))}\n")
