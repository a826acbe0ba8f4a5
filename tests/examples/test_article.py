"""The source article's snippets, each on a small news model. Left out where the extra torch is not installed."""

from __future__ import annotations

import re

import pytest

from tests.examples.torch_examples import need, run_small

ROW = re.compile(r"^(.{34}) +([\d,]+) +([\d,]+) +(-?[\d.]+)% +([\d.]+) ", re.MULTILINE)


@pytest.fixture(scope="module")
def rows(long, tmp_path_factory):
    """Bytes, saved percent and cosine of each way, by its name."""
    need(("torch", "torchao"))
    printed = run_small("article.py", tmp_path_factory.mktemp("article"))
    found = {
        name.strip(): (int(size.replace(",", "")), float(saved), float(cosine))
        for name, size, _, saved, cosine in ROW.findall(printed)
    }
    assert len(found) == 6, printed
    return found


def test_what_leaves_the_table_alone_saves_next_to_nothing(rows):
    for name in ("quantize_dynamic, Linear", "torchao, int8 weights"):
        size, saved, cosine = rows[name]
        assert 0 < saved < 15 and size < rows["float"][0]
        assert cosine > 0.99


def test_a_rule_for_the_table_saves_most_of_the_file(rows):
    _, saved, cosine = rows["quantize_dynamic, table too"]
    assert saved > 60 and cosine > 0.99


def test_zeros_alone_save_no_byte_of_the_file_and_int8_does(rows):
    assert rows["prune.l1_unstructured, 80 %"][0] == rows["float"][0]
    assert rows["our Prune 80 % and int8, .tflite"][1] > 60
