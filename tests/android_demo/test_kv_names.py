"""Kivy has one table of classes for all files: a name that is given twice means another class once both are loaded."""

import re
from collections import Counter
from pathlib import Path

import android_demo.ui

UI = Path(android_demo.ui.__file__).parent


def test_no_two_widgets_have_one_name():
    in_kv = [name for path in UI.glob("*.kv") for name in re.findall(r"^<(\w+)@", path.read_text(), re.MULTILINE)]
    in_python = [
        name for path in UI.glob("*.py") for name in re.findall(r"^class (\w+)\(", path.read_text(), re.MULTILINE)
    ]
    assert len(in_kv) > 5 and len(in_python) > 40
    assert not [name for name, count in Counter(in_kv + in_python).items() if count > 1]
