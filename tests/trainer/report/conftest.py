"""The report of one small run, for all tests of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from trainer.report.collect import CompressionReport


@pytest.fixture(scope="session")
def report(finished) -> CompressionReport:
    from trainer.report.collect import collect

    return collect(finished.out)
