"""docs/api.md names every public name with the signature and docstring of today."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import edge_runtime

DOCS = Path(__file__).parents[2] / "docs"


def made_page() -> str:
    spec = importlib.util.spec_from_file_location("make_api", DOCS / "make_api.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.page("api.md")


def test_the_page_is_what_the_docstrings_say():
    assert (DOCS / "api.md").read_text(encoding="utf-8") == made_page(), "stale: run python docs/make_api.py"


def test_every_public_name_has_its_own_heading():
    headings = [line for line in made_page().splitlines() if line.startswith("### ")]
    assert sorted(headings) == sorted(f"### `{name}`" for name in edge_runtime.__all__)


def test_no_address_of_this_process_gets_into_the_page():
    assert " at 0x" not in made_page()
