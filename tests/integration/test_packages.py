"""What is handed out: a wheel of the runtime alone, and a source distribution that can be worked in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from edge_runtime.cli import from_checkout

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MOST_BYTES = 1_200_000
# What an unpacked source distribution is worked in with.
NEEDED = {"Makefile", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE", "docs/architecture.md"}
NEEDED |= {"tests/conftest.py", "tests/data/labelled_stories.jsonl", "trainer/recipes/64KB.toml", ".ci/run"}
NEEDED |= {"android_demo/buildozer.spec", "benchmarks/search_speed.py", "examples/torch_news.py"}


def test_the_page_of_the_index_has_no_link_into_the_checkout():
    page = (ROOT / PROJECT["readme"]).read_text("utf-8")
    links = re.findall(r"\]\(([^)]+)\)|(?:src|href)=\"([^\"]+)\"", page)
    assert [link for pair in links for link in pair if link and not link.startswith("https://")] == []


def test_without_the_trainer_its_command_says_where_it_is(monkeypatch, capsys):
    for missing in ("trainer", "trainer.__main__"):  # the second: another project's package of this name

        def absent(name: str, missing: str = missing) -> None:
            raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

        monkeypatch.setattr(from_checkout, "import_module", absent)
        assert from_checkout.trainer() == 1
        (said,) = capsys.readouterr().err.splitlines()
        assert said.startswith("edge-news-trainer: ") and "comes with the checkout" in said


@pytest.mark.parametrize("package", ["tqdm", "pyarrow.parquet"])
def test_without_its_extra_the_trainer_names_the_extra(monkeypatch, capsys, package):
    def absent(arguments: object) -> int:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    monkeypatch.setattr(import_module("trainer.__main__"), "set_environment", lambda: None)  # nor for other tests
    monkeypatch.setattr(import_module("trainer.cli.command_line"), "main", absent)
    assert from_checkout.trainer() == 1
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith(f"edge-news-trainer: {package.partition('.')[0]} is not installed")
    assert "'.[trainer]'" in said and "trainer" in PROJECT["optional-dependencies"]


def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command far from the checkout, with nothing of this process's own paths."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(word) for word in command], cwd="/", env={**kept, **environment}, capture_output=True, text=True
    )


def checked(*command: str | Path, **environment: str) -> str:
    done = run(*command, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tools(long, tmp_path_factory) -> Path:
    """The programs of a virtual environment that makes and checks packages."""
    folder = tmp_path_factory.mktemp("tools")
    checked(sys.executable, "-m", "venv", folder)
    checked(folder / "bin" / "pip", "install", "--quiet", "build", "twine")
    return folder / "bin"


@pytest.fixture(scope="module")
def packages(tools, tmp_path_factory) -> tuple[Path, Path]:
    """The wheel and the source distribution, of which the wheel is made: nothing else of the checkout gets in."""
    out = tmp_path_factory.mktemp("dist")
    checked(tools / "python", "-m", "build", "--outdir", out, ROOT)
    (wheel,), (source,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, source


def test_the_wheel_is_small_and_holds_all_of_the_runtime_and_nothing_else(packages):
    wheel, _ = packages
    assert wheel.stat().st_size <= MOST_BYTES
    held = {name for name in zipfile.ZipFile(wheel).namelist() if not name.partition("/")[0].endswith(".dist-info")}
    files = (path for path in (ROOT / "edge_runtime").rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert held == {str(path.relative_to(ROOT)) for path in files}


def test_the_source_distribution_can_be_worked_in(packages):
    _, source = packages
    with tarfile.open(source) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    wanted = NEEDED | {name for name in tracked.stdout.splitlines() if (ROOT / name).exists()}
    assert wanted - held == set()
    assert not [name for name in held if name.endswith(".pyc")]


def test_an_index_takes_both(packages, tools):
    assert checked(tools / "twine", "check", "--strict", *packages).count("PASSED") == 2


def test_the_wheel_alone_ranks_news_and_says_where_the_rest_is(packages, tmp_path):
    wheel, _ = packages
    checked(sys.executable, "-m", "venv", tmp_path / "venv")
    scripts = tmp_path / "venv" / "bin"
    checked(scripts / "pip", "install", "--quiet", wheel)
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""}
    assert checked(scripts / "edge-news", "--version", **home) == f"edge-news {PROJECT['version']}\n"
    checked(scripts / "edge-news", "add", "--demo", **home)
    assert checked(scripts / "edge-news", "feed", **home).startswith("  1. ")
    installed = {line.partition("==")[0] for line in checked(scripts / "pip", "list", "--format=freeze").splitlines()}
    assert installed - {"pip", "setuptools"} == {"edge-news", "numpy", "urllib3", "idna"}
    assert re.search(r"^engine +numpy ", checked(scripts / "edge-news", "info", **home), re.MULTILINE)
    refused = run(scripts / "edge-news", "feed", "--engine", "litert", **home)
    assert refused.returncode == 1
    assert refused.stderr.startswith("edge-news: engine ai-edge-litert is not installed; install one: pip install")
    assert "'edge-news[litert]'" in refused.stderr
    units = checked(scripts / "python", "-m", "edge_runtime.systemd", "install", **home).splitlines()
    assert f"ExecStart={scripts / 'edge-news'} " in Path(next(u for u in units if "push.service" in u)).read_text()
    absent = run(scripts / "edge-news-trainer", "--help", **home)
    assert (absent.returncode, len(absent.stderr.splitlines())) == (1, 1)
    packages_there = "import importlib.util as i; print([i.find_spec(n) for n in ('trainer', 'android_demo', 'tests')])"
    assert checked(scripts / "python", "-c", packages_there) == "[None, None, None]\n"
