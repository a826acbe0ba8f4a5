"""Which shares make sense."""

import pytest

from trainer.compression.step import check_share
from trainer.errors import CompressionError


@pytest.mark.parametrize("value", [0.0, -0.1, 1.0001, float("nan")])
def test_a_share_is_above_0_and_at_most_1(value):
    with pytest.raises(CompressionError, match=f"cut: keep is {value}; give more than 0 and at most 1$"):
        check_share("cut", "keep", value, most_included=True)


def test_whether_1_is_a_share_depends_on_what_it_is_a_share_of():
    check_share("cut", "keep", 1.0, most_included=True)
    with pytest.raises(CompressionError, match=r"cut: sparsity is 1\.0; give more than 0 and at most below 1"):
        check_share("cut", "sparsity", 1.0)
