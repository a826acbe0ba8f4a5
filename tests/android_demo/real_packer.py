"""Packs a staged directory by the real tools' own functions: `STAGED FOLDER` makes FOLDER/private.tar.

The functions of buildozer and of python-for-android are called as they are. Stand-ins take the place of other things
that their files import, and of the compiler: theirs starts a Python for each file.
"""

import importlib.util
import os
import py_compile
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

staged, folder = map(Path, sys.argv[1:])
sys.modules["pexpect"] = ModuleType("pexpect")
from buildozer import Buildozer  # noqa: E402
from buildozer.specparser import SpecParser  # noqa: E402

os.chdir(staged)
spec = SpecParser()
spec.read("buildozer.spec", "utf-8")
buildozer = SimpleNamespace(config=spec, app_dir=str(folder / "app"), logger=SimpleNamespace(debug=print))
(folder / "app").mkdir(parents=True)
Buildozer._copy_application_sources(buildozer)

p4a = Path(importlib.util.find_spec("pythonforandroid").origin).parent
os.environ["P4A_BUILD_IS_RUNNING_UNITTESTS"] = "1"
for name, attributes in (
    ("pythonforandroid", ()),
    ("pythonforandroid.bootstrap", ("SDL_BOOTSTRAPS",)),
    ("pythonforandroid.util", ("rmdir", "ensure_dir", "max_build_tool_version")),
):
    sys.modules[name] = ModuleType(name)
    for attribute in attributes:
        setattr(sys.modules[name], attribute, ())
found = importlib.util.spec_from_file_location("build", p4a / "bootstraps" / "common" / "build" / "build.py")
build = importlib.util.module_from_spec(found)
found.loader.exec_module(build)
build.compile_py_file = lambda path, optimize_python: py_compile.compile(path, f"{path}c", optimize=2, doraise=True)
black = (p4a / "bootstraps" / "_sdl_common" / "build" / "blacklist.txt").read_text().splitlines()
build.BLACKLIST_PATTERNS += [line.strip() for line in black if line.strip() and not line.startswith("#")]
build.make_tar(str(folder / "private.tar"), [str(folder / "app")], byte_compile_python=True)
