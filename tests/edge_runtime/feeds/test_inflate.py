"""Inflating what is cut short, damaged or made of many parts."""

from __future__ import annotations

import gzip
import re
import time

from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.feeds.inflate import inflate


@given(st.binary(max_size=300), st.data())
def test_of_a_cut_gzip_stream_the_beginning_is_kept(rest, data):
    text = b"<" + rest
    body = gzip.compress(text, mtime=0)
    cut = data.draw(st.integers(2, len(body)))
    found = inflate(body[:cut], "gzip", 1000, "feed")
    assert text.startswith(found.data) and found.is_whole == (cut == len(body)) == (found.warning == "")


def test_of_a_damaged_gzip_stream_the_beginning_is_kept():
    text = "".join(f"<item>{number * 7919 % 99991}</item>" for number in range(3000)).encode()
    body = bytearray(gzip.compress(text))
    body[len(body) // 2] ^= 0xFF
    found = inflate(bytes(body), "gzip", 1 << 20, "feed")
    assert not found.is_whole and re.match("damaged|ends early", found.warning)
    assert len(found.data) > len(text) // 4 and found.data[: len(text) // 4] == text[: len(text) // 4]


@given(st.binary(max_size=300), st.integers(0, 300))
def test_of_what_is_larger_than_the_limit_as_much_as_the_limit_is_kept(rest, limit):
    text = b"<" + rest
    found = inflate(gzip.compress(text[:100]) + gzip.compress(text[100:]), "gzip", limit, "feed")
    assert found.data == text[:limit] and found.is_whole == (len(text) <= limit)


def test_many_small_gzip_parts_do_not_take_long():
    body = gzip.compress(b"") * 400_000
    started = time.process_time()
    found = inflate(body, "gzip", 1 << 20, "feed")
    assert not found.is_whole and time.process_time() - started < 5
