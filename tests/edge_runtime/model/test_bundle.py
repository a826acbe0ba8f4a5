"""The bundle format: what is written comes back, and whatever is wrong is refused before an interpreter sees it."""

from __future__ import annotations

import hashlib
import json
import mmap
import random
import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest

from edge_runtime import BundleError, NewsModel, Remedy, read_bundle, write_bundle
from edge_runtime.engines import installed_engines
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.bundle import FORMAT_VERSION, MEMBERS, write_members
from edge_runtime.model.token_table import all_rows, float_rows, join_parts, quantize_rows

HEADER_BYTES = 48
MIB = 1024 * 1024
DEFLATED = ("article_encoder", "user_encoder", "head", "golden", "card")


@pytest.fixture(scope="module")
def data() -> bytes:
    return DEFAULT_BUNDLE.read_bytes()


def parts_of(data: bytes) -> tuple[dict, dict[str, bytes]]:
    size = int.from_bytes(data[12:16], "little")
    manifest = json.loads(data[HEADER_BYTES : HEADER_BYTES + size])
    entries, members, at = manifest.pop("members"), {}, HEADER_BYTES + size
    for name in entries:
        members[name] = data[at : at + entries[name]["size"]]
        at += entries[name]["size"]
    return manifest, members


def test_a_bundle_comes_back_as_it_went_in(tmp_path, data):
    write_bundle(tmp_path / "again.bundle", read_bundle(DEFAULT_BUNDLE))
    assert (tmp_path / "again.bundle").read_bytes() == data


def test_every_kind_of_table_comes_back_with_its_bundle(tmp_path):
    bundle = read_bundle(DEFAULT_BUNDLE)
    rows = all_rows(bundle.token_table)
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 64, (len(rows), 8)).astype(np.uint8)
    books = rng.normal(size=(8, 64, rows.shape[1] // 8)).astype(np.float32)
    floats, rounded = [float_rows(rows, bits) for bits in (32, 16)], [quantize_rows(rows, bits) for bits in (4, 3, 2)]
    for table in [*floats, *rounded, join_parts(codes, books)]:
        changed = replace(bundle, token_table=table, manifest=replace(bundle.manifest, table=table.format))
        write_bundle(tmp_path / "b", changed)
        again = read_bundle(tmp_path / "b")
        assert again.manifest.table == table.format
        assert (all_rows(again.token_table) == all_rows(table)).all()
        assert again.member_bytes["token_table"] == table.format.size_bytes(*table.shape)


def test_the_token_table_stays_in_the_mapped_file():
    lying = read_bundle(DEFAULT_BUNDLE).token_table.packed
    while isinstance(lying, np.ndarray):
        lying = lying.base
    assert isinstance(lying.obj, mmap.mmap)


def test_a_card_comes_back(tmp_path):
    card = "# A model\n\nReads titles, 也读中文.\n"
    write_bundle(tmp_path / "b", replace(read_bundle(DEFAULT_BUNDLE), card=card))
    assert read_bundle(tmp_path / "b").card == card


def test_encoders_head_golden_outputs_and_card_are_deflated(data):
    _, members = parts_of(data)
    bundle = read_bundle(DEFAULT_BUNDLE)
    inflated = {name: zlib.decompress(members[name]) for name in DEFLATED}
    assert inflated["article_encoder"] == bundle.article_encoder
    assert inflated["user_encoder"] == bundle.user_encoder
    assert json.loads(inflated["head"])["prior"] == pytest.approx(bundle.head.prior.tolist(), rel=1e-5)
    assert json.loads(inflated["golden"])["titles"] == list(bundle.golden.titles)
    assert inflated["card"].decode() == bundle.card


def test_the_default_bundle_is_small_and_computes_right_here():
    bundle = read_bundle(DEFAULT_BUNDLE)
    assert bundle.size_bytes <= 300_000
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


@pytest.mark.usefixtures("slow")
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
    manifest_bytes = int.from_bytes(data[12:16], "little")
    text = data[HEADER_BYTES : HEADER_BYTES + manifest_bytes]
    _, members = parts_of(data)
    promise = f'"head":{{"size":{len(members["head"])},'.encode()
    assert text.count(promise) == 1
    wrong = text.replace(promise, b'"head":{"size":99999999999,').rstrip()
    wrong += b" " * (-(HEADER_BYTES + len(wrong)) % 64)
    header = data[:12] + len(wrong).to_bytes(4, "little") + hashlib.sha256(wrong).digest()
    (tmp_path / "b").write_bytes(header + wrong + data[HEADER_BYTES + manifest_bytes :])
    with pytest.raises(BundleError, match="member head has size 99999999999"):
        read_bundle(tmp_path / "b")


def test_the_manifest_is_compact_and_says_how_table_and_encoders_are_stored(data):
    manifest, _ = parts_of(data)
    text = data[HEADER_BYTES : HEADER_BYTES + int.from_bytes(data[12:16], "little")]
    assert json.loads(text)["members"].keys() >= set(MEMBERS)
    assert text.rstrip() == json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")).encode()
    assert manifest["table"] == {"kind": "parts", "bits": 6, "parts": 16}
    assert manifest["encoders"] == "int8"


@pytest.mark.parametrize("name", DEFLATED)
def test_a_deflated_member_that_is_cut_short_or_followed_by_more_is_refused(tmp_path, data, name):
    manifest, members = parts_of(data)
    whole = members[name]
    for damaged in (whole[:-1], whole[: len(whole) // 2], whole + b"x", whole + whole, zlib.decompress(whole) or b"x"):
        write_members(tmp_path / "b", manifest, members | {name: damaged})
        with pytest.raises(BundleError, match=f"member {name} does not fit the manifest"):
            read_bundle(tmp_path / "b")


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return zlib.compress(bytes(64 * MIB + 1))


@pytest.mark.parametrize("name", DEFLATED)
@pytest.mark.usefixtures("slow")
def test_a_member_that_inflates_beyond_the_limit_is_refused(tmp_path, data, name, bomb):
    manifest, members = parts_of(data)
    write_members(tmp_path / "b", manifest, members | {name: bomb})
    assert (tmp_path / "b").stat().st_size < MIB
    with pytest.raises(BundleError, match=f"member {name} .* above {64 * MIB} bytes"):
        read_bundle(tmp_path / "b")


def test_a_card_that_is_no_text_is_refused(tmp_path, data):
    manifest, members = parts_of(data)
    write_members(tmp_path / "b", manifest, members | {"card": zlib.compress(b"\xff")})
    with pytest.raises(BundleError, match="member card does not fit the manifest"):
        read_bundle(tmp_path / "b")


def test_a_newer_format_asks_for_an_update(tmp_path, data):
    (tmp_path / "b").write_bytes(data[:8] + (99).to_bytes(4, "little") + data[12:])
    with pytest.raises(BundleError, match="update edge-news"):
        read_bundle(tmp_path / "b")


def test_an_older_format_asks_for_another_bundle(tmp_path, data):
    (tmp_path / "b").write_bytes(data[:8] + (1).to_bytes(4, "little") + data[12:])
    with pytest.raises(BundleError, match="format 1, which this runtime no longer reads; get the bundle again"):
        read_bundle(tmp_path / "b")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("table", "int8", "manifest field table is 'int8', not of type dict"),
        ("table", {"kind": "columns"}, "table kind 'columns' is not known; update edge-news"),
        ("table", {"kind": "rows", "bits": 5, "parts": 0}, "a table of rows has 5 bits"),
        ("table", {"kind": "rows", "bits": 8.0, "parts": 0}, "not both whole numbers"),
        ("table", {"kind": "parts", "bits": 8, "parts": 7}, "64 dimensions cannot be cut into 7 equal parts"),
        ("table", {"kind": "rows", "colour": "red"}, "colour"),
        ("table", {"kind": "rows", "bits": 4, "parts": 0}, "member token_table does not fit the manifest"),
        ("table", {"kind": "parts", "bits": 8, "parts": 8}, "member token_table does not fit the manifest"),
        ("encoders", 8, "manifest field encoders is 8, not of type str"),
        ("encoders", None, "manifest field encoders is None"),
    ],
)
def test_a_manifest_that_says_otherwise_of_table_or_encoders_is_refused(tmp_path, data, field, value, reason):
    manifest, members = parts_of(data)
    write_members(tmp_path / "b", manifest | {field: value}, members)
    with pytest.raises(BundleError, match=reason):
        read_bundle(tmp_path / "b")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"seed": 1, "seed": 2}', "a name occurs twice"),
        (b'{"metrics": {"auc": 1, "auc": 0}}', "a name occurs twice"),
        (b'{"seed": NaN}', "NaN is not JSON"),
        (b'["seed"]', "not a JSON object"),
        (b'{"seed": "\xff"}', "utf-8"),
    ],
)
def test_a_manifest_that_is_no_strict_json_is_refused(tmp_path, data, text, reason):
    header = data[:8] + struct.pack("<II", FORMAT_VERSION, len(text)) + hashlib.sha256(text).digest()
    (tmp_path / "b").write_bytes(header + text + bytes(64))
    with pytest.raises(BundleError, match=f"the manifest cannot be read: .*{reason}.*; get the bundle again"):
        read_bundle(tmp_path / "b")


@pytest.mark.parametrize("field", ["dim", "token_dim", "num_tokens"])
def test_wrong_dimensions_with_right_hashes_are_refused(tmp_path, data, field):
    manifest, members = parts_of(data)
    manifest[field] += 1
    write_members(tmp_path / "b", manifest, members)
    with pytest.raises(BundleError, match=r"does not fit the manifest|cannot be cut"):
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
    members["article_encoder"] = zlib.compress(b"TFL3" + bytes(1000))
    write_members(tmp_path / "b", manifest, members)
    bundle = read_bundle(tmp_path / "b")
    with pytest.raises(BundleError, match=r"the model is no TFL3 file: .*; get the bundle again"):
        NewsModel(bundle)
    if "ai-edge-litert" in installed_engines():  # tflite-runtime does not verify models
        with pytest.raises(BundleError, match="ai-edge-litert refuses a model of the bundle"):
            NewsModel(bundle, "ai-edge-litert").check_golden()


@pytest.mark.parametrize(
    ("wanted", "ours", "opens"),
    [
        ("0.1.0", "0.1.0", True),
        ("0.1", "0.1.0", True),
        ("0.1.0.0", "0.1", True),
        ("0.0.9", "0.1.0", True),
        ("1.9", "1.10", True),  # by number, not by letter
        ("1.10", "1.9", False),
        ("0.1.1", "0.1.0", False),
        ("99.0.0", "0.1.0", False),
        ("0.1.0.1", "0.1.0", False),
        ("0.2.0rc1", "0.2.0", True),  # a pre-release comes before its release
        ("0.2.0", "0.2.0rc1", False),
        ("0.2.0rc2", "0.2.0rc10", True),
        ("0.2.0b1", "0.2.0-alpha.3", False),
        ("0.2.0.dev1", "0.2.0a1", True),
        ("0.2.0.post1", "0.2.0", False),
        ("0.2.0", "0.2.0.post1", True),
        ("0.2.0", "0.2.0+local.1", True),
    ],
)
def test_a_bundle_that_wants_a_newer_release_is_refused_with_both_named(
    tmp_path, data, monkeypatch, wanted, ours, opens
):
    monkeypatch.setattr("edge_runtime.model.bundle.__version__", ours)
    manifest, members = parts_of(data)
    write_members(tmp_path / "b", {**manifest, "min_runtime": wanted}, members)
    if opens:
        assert read_bundle(tmp_path / "b").manifest.min_runtime == wanted
        return
    with pytest.raises(BundleError) as raised:
        read_bundle(tmp_path / "b")
    assert f"wants release {wanted} or newer, this is {ours}" in raised.value.fact
    assert raised.value.remedy is Remedy.UPDATE


@pytest.mark.parametrize(
    "wanted", ["", "new", "1.", ".1", "1..2", "-1", "1.0 ", "1.0\n", "1,0", "1.x", "9" * 5000, "١.0", None, []]
)
def test_a_bundle_that_wants_what_is_no_release_is_refused(tmp_path, data, wanted):
    manifest, members = parts_of(data)
    write_members(tmp_path / "b", {**manifest, "min_runtime": wanted}, members)
    with pytest.raises(BundleError, match="min_runtime"):
        read_bundle(tmp_path / "b")
