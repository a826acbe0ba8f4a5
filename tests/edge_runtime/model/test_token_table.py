"""The token table's laws: what rounding may cost, and that bytes come back as what they were, where they lie."""

from __future__ import annotations

import mmap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge_runtime.model import token_table
from edge_runtime.model.token_table import (
    CODE_BITS,
    CodedParts,
    CodedRows,
    FloatRows,
    TableFormat,
    TokenTable,
    all_pooled,
    all_rows,
    float_rows,
    join_parts,
    pooled,
    quantize_rows,
    table_from_bytes,
)

NUM_TOKENS, DIM = 30, 12


def some_rows(num_tokens: int = NUM_TOKENS, dim: int = DIM) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(num_tokens, dim)).astype(np.float32)


def parts_table(bits: int, parts: int = 4) -> CodedParts:
    rng = np.random.default_rng(bits)
    codes = rng.integers(0, 1 << bits, (NUM_TOKENS, parts)).astype(np.uint8)
    return join_parts(codes, rng.normal(size=(parts, 1 << bits, DIM // parts)).astype(np.float32))


TABLES: dict[str, TokenTable] = (
    {f"float{bits}": float_rows(some_rows(), bits) for bits in (32, 16)}
    | {f"int{bits}": quantize_rows(some_rows(), bits) for bits in CODE_BITS}
    | {f"parts of {bits} bits": parts_table(bits) for bits in range(1, 9)}
)

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())


def view_of(table: TokenTable, data: bytes | None = None) -> TokenTable:
    return table_from_bytes(table.to_bytes() if data is None else data, *table.shape, table.format)


finite_rows = arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 9)),
    elements=st.floats(-8192, 8192, width=32) | st.floats(-(2.0**-13), 2.0**-13, width=32),
)


@given(rows=finite_rows)
def test_a_value_of_eight_bits_is_off_by_at_most_half_a_step(rows):
    table = quantize_rows(rows)
    steps = table.scales.astype(np.float32)[:, None]
    # A little more for float32: 127 steps are themselves rounded.
    assert (np.abs(all_rows(table) - rows) <= steps * 0.5001).all()


@given(rows=finite_rows, bits=st.sampled_from([4, 3, 2]))
def test_a_searched_scale_is_never_worse_than_the_peaks(rows, bits):
    # The largest value takes the last code: 7 steps from 0 with 4 bits, 3.5 with 3 bits and 1.5 with 2.
    furthest = {4: 7, 3: 3.5, 2: 1.5}[bits]
    steps = np.nextafter((np.abs(rows).max(axis=1) / furthest).astype(np.float16), np.float16(np.inf))
    steps = steps.astype(np.float32)[:, None]
    half = furthest % 1
    by_peak = np.clip(np.rint(rows / steps - half) + half, -furthest, furthest) * steps
    error, peak_error = (
        np.square(found - rows).sum(axis=1) for found in (all_rows(quantize_rows(rows, bits)), by_peak)
    )
    assert (error <= peak_error * 1.0001 + 1e-12).all()


def test_a_searched_scale_gives_up_a_lone_peak_for_the_many():
    # The peak's own scale, 10 / 7, rounds each 0.5 to 0: a squared error of 1,000 x 0.25. With 0.37 of it 10 becomes
    # 3.7 and 0.5 becomes 0.529: 6.3^2 + 1,000 x 0.0008 = 40.5, the least of all scales that are tried.
    row = np.array([[10.0, *[0.5] * 1000]], np.float32)
    found = all_rows(quantize_rows(row, 4))[0]
    assert found[0] == pytest.approx(3.7, rel=0.002)
    assert found[1:] == pytest.approx(3.7 / 7, rel=0.002)


def test_four_bits_worked_by_hand():
    # Steps of 1, or a hair more as the scale is rounded up: -7 to 7 are stored as 1 to 15, two in a byte.
    table = quantize_rows(np.array([[7, -7, 3, 0]], np.float32), 4)
    assert table.packed.tolist() == [[0xF1, 0xB8]]
    assert np.allclose(all_rows(table), [[7, -7, 3, 0]], rtol=0.002)


def test_two_bits_have_no_zero_but_a_row_of_zeros_is_one():
    # -1.5, -0.5, 0.5 and 1.5 steps of 1 are stored as 0 to 3, four in a byte: 00 01 10 11
    table = quantize_rows(np.array([[-1.5, -0.5, 0.5, 1.5], [0, 0, 0, 0]], np.float32), 2)
    assert table.packed[0].tolist() == [0b00011011]
    assert np.allclose(all_rows(table), [[-1.5, -0.5, 0.5, 1.5], [0, 0, 0, 0]], rtol=0.002)


@pytest.mark.parametrize("bits", CODE_BITS)
def test_rounding_what_was_rounded_changes_next_to_nothing(bits):
    once = all_rows(quantize_rows(some_rows(), bits))
    assert np.allclose(all_rows(quantize_rows(once, bits)), once, atol=0.004 * np.abs(once).max())


def test_fewer_bits_are_a_larger_error():
    errors = [np.square(all_rows(quantize_rows(some_rows(), bits)) - some_rows()).sum() for bits in (8, 4, 3, 2)]
    assert errors == sorted(errors)


@every_table
def test_a_table_comes_back_from_its_bytes(table):
    data = table.to_bytes()
    again = view_of(table)
    assert len(data) == table.format.size_bytes(NUM_TOKENS, DIM)
    assert type(again) is type(table)
    assert again.format == table.format
    assert again.to_bytes() == data
    assert (all_rows(again) == all_rows(table)).all()


@every_table
def test_a_table_is_read_where_it_lies(tmp_path, table):
    path = tmp_path / "table"
    path.write_bytes(bytes(64) + table.to_bytes())
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    lying = np.frombuffer(mapped, np.uint8)
    view = view_of(table, mapped[64:])
    arrays_of = {FloatRows: ("numbers",), CodedRows: ("packed", "scales"), CodedParts: ("packed", "books", "scales")}
    for name in arrays_of[type(table)]:
        assert np.shares_memory(getattr(view, name), lying), f"{name} was copied"


def test_sizes_by_hand():
    # 30 rows of 12 numbers: 4 or 2 bytes each; or a scale of 2 bytes and 12, 6, 5 (36 bits) and 3 bytes of codes
    sizes = {bits: TableFormat("rows", bits).size_bytes(30, 12) for bits in (32, 16, 8, 4, 3, 2)}
    assert sizes == {32: 1440, 16: 720, 8: 420, 4: 240, 3: 210, 2: 150}
    # 4 scales of 2 bytes, 4 books of 64 entries of 3 bytes, and 30 rows of 4 codes of 6 bits, 3 bytes
    assert TableFormat("parts", 6, 4).size_bytes(30, 12) == 8 + 768 + 90


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_a_row_of_parts_is_the_chosen_entries_end_to_end(bits):
    rng = np.random.default_rng(bits)
    codes = rng.integers(0, 1 << bits, (NUM_TOKENS, 4)).astype(np.uint8)
    books = rng.normal(size=(4, 1 << bits, 3)).astype(np.float32)
    table = join_parts(codes, books)
    steps = np.repeat(table.scales.astype(np.float32), 3)
    chosen = np.concatenate([books[part, codes[:, part]] for part in range(4)], axis=1)
    assert (np.abs(all_rows(table) - chosen) <= steps * 0.5001).all()


@every_table
def test_rows_are_given_in_the_order_asked_for(table):
    assert (table.rows([3, 0, 3]) == all_rows(table)[[3, 0, 3]]).all()
    assert table.rows([]).shape == (0, DIM)


@every_table
def test_a_total_is_the_sum_of_the_rows(table):
    ids = [5, 9, 5, 0, 29]
    assert np.allclose(table.total(ids), table.rows(ids).sum(axis=0), atol=1e-5)
    assert table.total(ids).dtype == np.float32


@every_table
def test_pooled_tokens_are_a_direction(table):
    total = all_rows(table)[[5, 9, 5]].sum(axis=0)  # a token that comes twice counts twice
    assert np.allclose(pooled(table, [5, 9, 5]), total / np.linalg.norm(total), atol=1e-6)


@every_table
def test_titles_together_are_what_each_is_alone(table):
    titles = [[5, 9, 5], [], [0], *([n % 30, n % 7] for n in range(70)), list(range(30)) * 3]
    assert (table.totals(titles) == [table.total(ids) for ids in titles]).all()
    assert (all_pooled(table, titles) == [pooled(table, ids) for ids in titles]).all()


@pytest.mark.parametrize("bits", [3, 6, 8])
def test_codes_of_a_large_table_are_unpacked_title_by_title_to_the_same(monkeypatch, bits):
    once = all_rows(parts_table(bits))
    monkeypatch.setattr(token_table, "MOST_UNPACKED_BYTES", 2 * NUM_TOKENS * 4 - 1)
    table = parts_table(bits)
    assert (all_rows(table) == once).all() and (table.rows([7]) == once[7]).all()


def test_books_may_have_more_entries_than_two_bytes_can_tell():
    # 300 parts of 256 entries are 76,800; the last part's last entry alone is not 0.
    books = np.zeros((300, 256, 1), np.float32)
    books[299, 255] = 127
    table = join_parts(np.full((1, 300), 255, np.uint8), books)
    assert all_rows(table)[0, 298:] == pytest.approx([0, 127], rel=0.002)


@every_table
def test_no_token_is_pooled_to_zeros(table):
    assert pooled(table, []).tolist() == [0.0] * DIM


def test_vectors_that_cancel_out_are_pooled_to_zeros():
    table = quantize_rows(np.array([[1, 2], [-1, -2]], np.float32))
    assert pooled(table, [0, 1]).tolist() == [0.0, 0.0]


@every_table
def test_bytes_of_another_size_are_refused(table):
    data = table.to_bytes()
    for damaged in (data[:-1], data + b"x", b""):
        with pytest.raises(ValueError, match=f"{len(damaged)} bytes, but 30 rows of 12 dimensions take {len(data)}"):
            view_of(table, damaged)


@pytest.mark.parametrize("number", [np.nan, np.inf, -1.0])
@pytest.mark.parametrize("kind", ["int8", "int2", "parts of 8 bits"])
def test_a_scale_that_is_none_is_refused(kind, number):
    data = np.array([number], "<f2").tobytes() + TABLES[kind].to_bytes()[2:]
    with pytest.raises(ValueError, match="a scale is negative or not finite"):
        view_of(TABLES[kind], data)


@pytest.mark.parametrize("kind", ["float32", "float16"])
def test_a_row_that_is_not_finite_is_refused(kind):
    data = TABLES[kind].to_bytes()
    nan = np.array([np.nan], "<f4" if kind == "float32" else "<f2").tobytes()
    with pytest.raises(ValueError, match="a row is not finite"):
        view_of(TABLES[kind], nan + data[len(nan) :])


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (TableFormat("rows", 5), "a table of rows has 5 bits"),
        (TableFormat("rows", 8, 4), "no parts"),
        (TableFormat("parts", 0, 4), "code has 0 bits"),
        (TableFormat("parts", 9, 4), "code has 9 bits"),
        (TableFormat("parts", 8, 5), "12 dimensions cannot be cut into 5 equal parts"),
        (TableFormat("parts", 8, 0), "cut into 0 equal parts"),
        (TableFormat("columns"), "table kind 'columns' is not known"),
        (TableFormat("rows", 8.0), "not both whole numbers"),  # as a damaged manifest may have it
        (TableFormat("parts", True, 4), "not both whole numbers"),
    ],
)
def test_a_format_that_no_table_has_is_refused(stored, reason):
    with pytest.raises(ValueError, match=reason):
        table_from_bytes(b"", NUM_TOKENS, DIM, stored)


@pytest.mark.parametrize("number", [np.nan, np.inf, 1e7])
def test_numbers_that_cannot_be_stored_are_refused_before_they_are(number):
    rows = some_rows()
    rows[3, 3] = number
    for bits in CODE_BITS:
        with pytest.raises(ValueError, match="not finite or above"):
            quantize_rows(rows, bits)
    with pytest.raises(ValueError, match="no finite float16"):
        float_rows(rows, 16)
    with pytest.raises(ValueError, match="not finite or above"):
        join_parts(np.zeros((2, 4), np.uint8), np.full((4, 2, 3), number, np.float32))


def test_a_code_book_of_an_odd_size_is_refused():
    with pytest.raises(ValueError, match="a code book has 3 entries"):
        join_parts(np.zeros((2, 4), np.uint8), np.zeros((4, 3, 3), np.float32))
