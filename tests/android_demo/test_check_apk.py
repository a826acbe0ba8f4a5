"""The checker against APKs that Debian's tools build: a good one, and others with one thing wrong each."""

from __future__ import annotations

import struct
import subprocess
import zlib
from dataclasses import replace

import pytest

from android_demo.apk.archive import read_apk
from android_demo.apk.checks import CHECKS
from android_demo.apk.expected import expected_apk
from android_demo.check_apk import main, verdicts
from tests.android_demo.apk.apk_builder import HOW_TO_GET_THEM, Contents, build, files_of, library, missing_tools
from tests.android_demo.packed import stage_and_pack

# To sign takes seconds, and the app's files half of one: most APKs here have neither.
LEFT_OUT = {"signatures", "app files"}


@pytest.fixture(scope="module", autouse=True)
def tools():
    if missing := missing_tools():
        pytest.skip(f"{', '.join(missing)} not installed; {HOW_TO_GET_THEM}")


@pytest.fixture(scope="module")
def expected():
    return expected_apk()


@pytest.fixture(scope="module")
def good(expected):
    """What a good APK holds, but for the app's files."""
    return Contents(expected.package, sorted(expected.permissions), {"main.pyc": b""})


@pytest.fixture(scope="module")
def whole(good, tmp_path_factory):
    """With the staged files of this checkout."""
    return replace(good, private=files_of(stage_and_pack(tmp_path_factory.mktemp("packed"))))


@pytest.fixture
def failing(tmp_path, expected):
    """The checks that fail of an APK with some contents, and what they say."""

    def check(contents: Contents) -> dict[str, list[str]]:
        found = verdicts(read_apk(build(tmp_path, contents)), expected)
        return {name: problems for name, problems in found.items() if problems}

    return check


def test_a_good_one_passes_and_any_change_after_signing_is_seen(slow, whole, tmp_path, capsys):
    apk = build(tmp_path, whole, is_signed=True)
    # Debian's tools agree.
    for command in (["apksigner", "verify", str(apk)], ["zipalign", "-c", "16384", str(apk)]):
        subprocess.run(command, check=True, capture_output=True)
    assert main([str(apk)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == [f"pass  {check.name}" for check in CHECKS]
    assert lines[-1].startswith("size: arm64-v8a ")
    data = bytearray(apk.read_bytes())
    # A byte of a library, which its CRC in the zip is given too: only the signature tells.
    place = read_apk(apk).entries["classes.dex"].offset
    data[place + 7] ^= 1
    old, new = b"dex\n035\0", bytes(data[place : place + 8])
    data = bytearray(bytes(data).replace(struct.pack("<I", zlib.crc32(old)), struct.pack("<I", zlib.crc32(new))))
    apk.write_bytes(data)
    assert main([str(apk)]) == 1
    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]
    assert len(failed) == 1
    assert failed[0].startswith("FAIL  signatures: the file was changed after it was signed (v2)")
    assert "To mend it: sign last" in failed[0]


def test_a_signature_of_scheme_v1_alone_is_refused(slow, good, expected, tmp_path):
    only_v1 = [f"--{name}-signing-enabled={'true' if name == 'v1' else 'false'}" for name in ("v1", "v2", "v3")]
    apk = build(tmp_path, good, is_signed=True, signing=only_v1)
    assert verdicts(read_apk(apk), expected)["signatures"] == ["no signature of scheme v2", "no signature of scheme v3"]


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        ({"align_to": 4}, "16 KB alignment in the zip", "is stored at"),
        ({"load_alignment": 4096}, "16 KB LOAD segments", "lib/arm64-v8a/libmain.so has LOAD segments of 4096 bytes"),
        ({"bundled_alignment": 4096}, "16 KB LOAD segments", "libpybundle.so!_python_bundle/modules/math.so has LOAD"),
        ({"needed": ("libcrypto.so",)}, "needed libraries", "libmain.so needs libcrypto.so"),
        ({"abis": ("arm64-v8a",)}, "processors", "it is for arm64-v8a; the spec says arm64-v8a, armeabi-v7a"),
        ({"allow_backup": "true"}, "no backup", "cloud backup"),
        ({"target_api": 34}, "package and API levels", "targetSdkVersion is 34, the spec says 36"),
        ({"min_api": 21}, "package and API levels", "minSdkVersion is 21, the spec says 24"),
        ({"back": "true"}, "back and service", "enableOnBackInvokedCallback is not false"),
        ({"service_type": "location"}, "back and service", "no service of type dataSync"),
        ({"extra": {"assets/MINDsmall/news.tsv": b"x"}}, "no research data", "the name of a file of research data"),
        (
            {"extra": {"assets/x.txt": b"U1\tN1234-1 N77-0\n"}},
            "no research data",
            "assets/x.txt holds rows like those of MIND",
        ),
    ],
)
def test_one_thing_wrong_fails_one_check(good, failing, changes, name, says):
    found = failing(replace(good, **changes))
    assert set(found) - LEFT_OUT == {name}
    assert says in "; ".join(found[name])


def test_permissions_must_be_exactly_ours(good, failing):
    more = replace(good, permissions=[*good.permissions, "android.permission.READ_CONTACTS"])
    assert failing(more)["permissions"] == ["asks for android.permission.READ_CONTACTS"]
    fewer = replace(good, permissions=[name for name in good.permissions if not name.endswith(".INTERNET")])
    assert failing(fewer)["permissions"] == ["does not ask for android.permission.INTERNET"]
    own = f"{good.package}.DYNAMIC_RECEIVER_NOT_EXPORTED_PERMISSION"
    assert "permissions" not in failing(replace(good, permissions=[*good.permissions, own]))


def test_the_apps_files_are_those_of_the_checkout(slow, whole, failing):
    bundle = "edge_runtime/default/news.bundle"
    without = {name: content for name, content in whole.private.items() if name != bundle}
    assert failing(replace(whole, private=without))["app files"] == [f"{bundle} is missing"]
    damaged = whole.private | {bundle: b"damaged"}
    assert failing(replace(whole, private=damaged))["app files"] == [f"{bundle} differs from this checkout's"]
    leftover = whole.private | {"edge_runtime/cli/old.pyc": b""}
    assert failing(replace(whole, private=leftover))["app files"] == [
        "edge_runtime/cli/old.pyc is not one of the app's files"
    ]


def test_a_library_for_another_processor_is_found(good, failing):
    found = failing(replace(good, extra={"lib/arm64-v8a/libextra.so": library("x86_64")}))
    assert set(found) - LEFT_OUT == {"processors"}
    assert found["processors"] == ["lib/arm64-v8a/libextra.so is for x86_64"]
    found = failing(replace(good, extra={"lib/arm64-v8a/libextra.so": b"nothing"}))
    assert found["processors"] == ["lib/arm64-v8a/libextra.so: no little-endian ELF file"]


def test_too_large_for_one_abi(good, failing, monkeypatch):
    monkeypatch.setattr("android_demo.apk.checks.BUDGET_MB", 0.001)
    assert [line.partition(" MB ")[2] for line in failing(good)["size"]] == [
        "for arm64-v8a, more than 0",
        "for armeabi-v7a, more than 0",
    ]


def test_what_is_no_apk_is_said_in_words(tmp_path, capsys):
    (tmp_path / "no.apk").write_bytes(b"PK\x03\x04 cut off")
    for arguments in ([], [str(tmp_path / "no.apk")], [str(tmp_path / "absent.apk")]):
        assert main(arguments) == 2
    errors = capsys.readouterr().err.splitlines()
    assert errors[0].startswith("usage: ")
    assert all("is no APK that can be read" in line for line in errors[1:])
