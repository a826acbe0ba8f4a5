"""The workflow, the Dockerfile and the script that build the APK: they are read, not run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from importlib.util import find_spec

import pytest

from android_demo.stage import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "apk.yml"
DOCKERFILE = ROOT / "android_demo" / "Dockerfile"
SCRIPT = ROOT / ".ci" / "apk"
PAGE = ROOT / "docs" / "android.md"


def dockerfile() -> list[tuple[str, str]]:
    """Its instructions: a word, and the rest of the line."""
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def test_the_workflow_runs_what_the_page_says():
    yaml = pytest.importorskip("yaml")
    workflow = yaml.safe_load(WORKFLOW.read_text())
    (job,) = workflow["jobs"].values()
    commands = "\n".join(step["run"] for step in job["steps"] if "run" in step).splitlines()
    assert [command.split()[:2] for command in commands] == [["docker", "build"], ["docker", "run"]]
    for command in commands:
        assert f"    {command}" in PAGE.read_text().splitlines()
    assert all("@" in step["uses"] for step in job["steps"] if "uses" in step)
    # What the container writes is what is uploaded.
    folder = re.search(r'"\$PWD/(\S+):/out"', commands[1])[1]
    assert job["steps"][-1]["with"]["path"] == f"{folder}/*.apk"
    assert workflow["permissions"] == {"contents": "read"}


def test_the_dockerfile_names_files_that_exist():
    instructions = dockerfile()
    assert instructions[0] == ("FROM", "debian:12")
    assert {name for name, _ in instructions} <= {"FROM", "RUN", "ENV", "WORKDIR", "COPY", "VOLUME", "CMD"}
    command = dict(instructions)["CMD"]
    assert re.findall(r'"(.*?)"', command) == [".ci/apk", "/out"]
    assert os.access(SCRIPT, os.X_OK)
    assert dict(instructions)["VOLUME"] == "/out"


def test_page_and_dockerfile_install_the_same_packages():
    in_page = re.search(
        r"sudo apt install (.*?)\n    python3 -m venv", PAGE.read_text().replace("\\\n", " "), re.DOTALL
    )[1]
    in_docker = next(line for name, line in dockerfile() if name == "RUN" and "apt-get" in line)
    packages = set(shlex.split(in_docker.partition("--no-install-recommends")[2].partition("&&")[0]))
    assert set(in_page.split()) == packages
    assert "pip install buildozer==1.6.0" in PAGE.read_text()
    installed = next(line for name, line in dockerfile() if name == "RUN" and "pip install" in line)
    # It asks for a Cython below 3: one named here could not be installed with it.
    assert "buildozer==1.6.0" in installed and "cython" not in installed.lower()


def test_the_script_is_bash_and_its_modules_exist():
    subprocess.run(["bash", "-n", str(SCRIPT)], check=True)
    for module in re.findall(r"python3 -m (\S+)", SCRIPT.read_text()):
        assert find_spec(module) is not None, module
    for option in ("-P 16", "--v2-signing-enabled true", "--v3-signing-enabled true", "--ks-pass"):
        assert option in SCRIPT.read_text()
