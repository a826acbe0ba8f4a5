"""docs/compression-api.md names every public name of the compression library as it is today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import keras  # noqa: F401  # the library's functions come with it

import trainer.compression

DOCS = Path(__file__).parents[2] / "docs"


def made_page() -> str:
    spec = importlib.util.spec_from_file_location("make_api", DOCS / "make_api.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.page("compression-api.md")


def test_the_page_is_what_the_docstrings_say():
    page = (DOCS / "compression-api.md").read_text(encoding="utf-8")
    assert page == made_page(), "stale: run python docs/make_api.py"
    assert " at 0x" not in page


def test_every_public_name_has_its_own_heading():
    headings = [line for line in made_page().splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(f"### `{name}`" for name in trainer.compression.__all__)
