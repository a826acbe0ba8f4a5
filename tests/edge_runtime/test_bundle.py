"""The bundle format: what is written comes back, and whatever is wrong is refused before an interpreter sees it."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np
import pytest

from edge_runtime import BundleError, NewsModel, read_bundle, write_bundle
from edge_runtime.bundle import MEMBERS, write_members
from edge_runtime.reader import DEFAULT_BUNDLE
from edge_runtime.token_table import quantize_rows, table_bytes, table_from_bytes

HEADER_BYTES = 48


@pytest.fixture(scope="module")
def data() -> bytes:
    return DEFAULT_BUNDLE.read_bytes()


def parts_of(data: bytes) -> tuple[dict, dict[str, bytes]]:
    size = int.from_bytes(data[12:16], "little")
    manifest = json.loads(data[HEADER_BYTES : HEADER_BYTES + size])
    entries, members, at = manifest.pop("members"), {}, HEADER_BYTES + size
    for name in MEMBERS:
        members[name] = data[at : at + entries[name]["size"]]
        at += entries[name]["size"]
    return manifest, members


def test_a_bundle_comes_back_as_it_went_in(tmp_path, data):
    write_bundle(tmp_path / "again.bundle", read_bundle(DEFAULT_BUNDLE))
    assert (tmp_path / "again.bundle").read_bytes() == data


def test_the_default_bundle_is_small_and_computes_right_here():
    bundle = read_bundle(DEFAULT_BUNDLE)
    assert bundle.size_bytes <= 400_000
    NewsModel(bundle).check_golden()


def mutations(data: bytes, rng: random.Random):
    yield "truncated", data[: rng.randrange(len(data))]
    at = rng.randrange(len(data))
    yield "one bit", data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]
    at = rng.randrange(len(data) - 8)
    other = bytes(byte ^ 0x5A for byte in data[at : at + 8])
    yield "eight bytes", data[:at] + other + data[at + 8 :]
    at = rng.randrange(0, len(data) - 512)
    yield "a lost sector", data[:at] + b"\xa5" * 512 + data[at + 512 :]
    yield "bytes at the end", data + rng.randbytes(rng.randrange(1, 100))
    yield "noise", rng.randbytes(rng.randrange(1, 5000))


def test_six_hundred_mutated_bundles_are_all_refused(tmp_path, data):
    rng = random.Random(5)
    path = tmp_path / "bad.bundle"
    for _ in range(100):
        for kind, mutated in mutations(data, rng):
            path.write_bytes(mutated)
            with pytest.raises(BundleError):
                read_bundle(path)
                pytest.fail(f"{kind} was accepted")


@pytest.mark.parametrize("name", MEMBERS)
def test_a_missing_member_is_named(tmp_path, data, name):
    manifest, members = parts_of(data)
    del members[name]
    write_members(tmp_path / "b", manifest, members)
    with pytest.raises(BundleError, match=f"member {name} is missing"):
        read_bundle(tmp_path / "b")


def test_an_extra_member_is_named(tmp_path, data):
    manifest, members = parts_of(data)
    write_members(tmp_path / "b", manifest, members | {"extra": b"x"})
    with pytest.raises(BundleError, match="member extra"):
        read_bundle(tmp_path / "b")


def test_an_oversized_member_is_refused_by_its_promise(tmp_path, data):
    manifest, members = parts_of(data)
    write_members(tmp_path / "b", manifest, members)
    raw = (tmp_path / "b").read_bytes()
    size = int.from_bytes(raw[12:16], "little")
    text = raw[HEADER_BYTES : HEADER_BYTES + size]
    import hashlib

    wrong = text.replace(b'"size": ' + str(len(members["head"])).encode(), b'"size": 99999999999')
    wrong += b" " * (-(HEADER_BYTES + len(wrong)) % 64)
    head = raw[:12] + len(wrong).to_bytes(4, "little") + hashlib.sha256(wrong).digest()
    (tmp_path / "b").write_bytes(head + wrong + raw[HEADER_BYTES + size :])
    with pytest.raises(BundleError, match="member head has size"):
        read_bundle(tmp_path / "b")


def test_a_newer_format_asks_for_an_update(tmp_path, data):
    (tmp_path / "b").write_bytes(data[:8] + (99).to_bytes(4, "little") + data[12:])
    with pytest.raises(BundleError, match="update edge-news"):
        read_bundle(tmp_path / "b")


@pytest.mark.parametrize("field", ["dim", "token_dim", "num_tokens"])
def test_wrong_dimensions_with_right_hashes_are_refused(tmp_path, data, field):
    manifest, members = parts_of(data)
    manifest[field] += 1
    write_members(tmp_path / "b", manifest, members)
    with pytest.raises(BundleError, match="does not fit the manifest"):
        read_bundle(tmp_path / "b")


def test_nan_scales_are_refused(tmp_path, data):
    manifest, members = parts_of(data)
    members["token_table"] = np.array([np.nan], "<f2").tobytes() + members["token_table"][2:]
    write_members(tmp_path / "b", manifest, members)
    with pytest.raises(BundleError, match=r"token_table.*not finite"):
        read_bundle(tmp_path / "b")


def test_a_bundle_that_is_computed_wrongly_fails_its_golden_check(tmp_path):
    bundle = read_bundle(DEFAULT_BUNDLE)
    golden = replace(bundle.golden, vectors=-bundle.golden.vectors)
    with pytest.raises(BundleError, match="computes this bundle wrongly"):
        NewsModel(replace(bundle, golden=golden)).check_golden()


def test_a_damaged_model_with_right_hashes_is_an_error_and_no_crash(tmp_path, data):
    manifest, members = parts_of(data)
    members["article_encoder"] = b"TFL3" + bytes(1000)
    write_members(tmp_path / "b", manifest, members)
    if NewsModel(read_bundle(tmp_path / "b")).engine == "tflite-runtime":
        pytest.skip("tflite-runtime does not verify models; a signature is what protects it")
    with pytest.raises(BundleError):
        NewsModel(read_bundle(tmp_path / "b")).check_golden()


def test_a_quantized_row_is_off_by_at_most_half_a_step():
    rows = np.random.default_rng(0).normal(size=(200, 48)).astype(np.float32)
    rows[7] = 0
    table = table_from_bytes(table_bytes(quantize_rows(rows)), 200, 48)
    steps = table.scales.astype(np.float32)[:, None]
    assert (np.abs(table.codes * steps - rows) <= steps * 0.5001).all()
