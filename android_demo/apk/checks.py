"""What must hold of an APK: each check says what is wrong, in words, or nothing.

A check looks at one thing and at nothing that another one looks at, so that one mistake fails one check.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from android_demo.apk.archive import PRIVATE, PYTHON_BUNDLE, Apk
from android_demo.apk.binary_xml import Element, read_binary_xml
from android_demo.apk.elf import Library, read_library
from android_demo.apk.expected import Expected
from android_demo.apk.signing import read_signing

PAGE = 16 << 10  # bytes; Android 15 has phones with pages of 16 KB
BUDGET_MB = 35.0  # one ABI's part and all that is shared
ANDROID = "http://schemas.android.com/apk/res/android"
DATA_SYNC = 1  # of foregroundServiceType
# Libraries that any app may load (developer.android.com/ndk/guides/stable_apis).
PUBLIC = {f"lib{name}.so" for name in ("aaudio", "amidi", "android", "binder_ndk", "c", "camera2ndk", "dl", "icu")}
PUBLIC |= {f"lib{name}.so" for name in ("EGL", "GLESv1_CM", "GLESv2", "GLESv3", "jnigraphics", "log", "m", "mediandk")}
PUBLIC |= {f"lib{name}.so" for name in ("nativewindow", "neuralnetworks", "OpenMAXAL", "OpenSLES", "stdc++", "sync")}
PUBLIC |= {f"lib{name}.so" for name in ("vulkan", "z")}
ALWAYS = ("AndroidManifest.xml", "classes.dex", "resources.arsc", PRIVATE)
# Every ABI has these, from python-for-android.
LIBRARIES = ("libmain.so", "libSDL2.so", PYTHON_BUNDLE)
# A row of MIND's news.tsv, and of its behaviors.tsv; then names of files of MIND and EB-NeRD.
RESEARCH_ROWS = re.compile(rb"(?m)^N\d{1,6}\t[a-z]+\t|\bN\d{1,6}-[01] N\d{1,6}-[01]\b")
RESEARCH_NAMES = re.compile(
    r"(?i)(^|/)(mind(small|large|_?sample)?|ebnerd\w*)(/|\.|$)|behaviors\.(tsv|parquet)|(^|/)news\.tsv"
)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what it finds wrong, and how that is mended."""

    name: str
    problems: Callable[[Apk, Expected], Iterator[str]]
    remedy: str


def entries(apk: Apk, expected: Expected) -> Iterator[str]:
    yield from (f"{name} is missing" for name in ALWAYS if name not in apk.entries)
    if any(name.startswith("META-INF/") and name.endswith(".so") for name in apk.entries):
        yield "META-INF has a library"


def word_alignment(apk: Apk, expected: Expected) -> Iterator[str]:
    for entry in apk.entries.values():
        if entry.is_stored and entry.offset % 4:
            yield f"{entry.name} is stored at {entry.offset}, no multiple of 4"


def page_alignment(apk: Apk, expected: Expected) -> Iterator[str]:
    """Of libraries that Android maps out of the APK; those that are compressed are unpacked when it is installed."""
    for entry in apk.entries.values():
        if entry.is_stored and entry.abi and entry.name.endswith(".so") and entry.offset % PAGE:
            yield f"{entry.name} is stored at {entry.offset}, no multiple of {PAGE}"


def load_alignment(apk: Apk, expected: Expected) -> Iterator[str]:
    for _, name, library in _libraries(apk):
        if small := [size for size in library.alignments if size < PAGE]:
            yield f"{name} has LOAD segments of {min(small)} bytes"
        if library.misplaced:
            yield f"{name} has LOAD segments out of place"


def processors(apk: Apk, expected: Expected) -> Iterator[str]:
    abis = {entry.abi for entry in apk.entries.values() if entry.abi}
    if abis != expected.abis:
        yield f"it is for {', '.join(sorted(abis)) or 'no processor'}; the spec says {', '.join(sorted(expected.abis))}"
    for abi in sorted(abis):
        yield from (f"lib/{abi}/{name} is missing" for name in LIBRARIES if f"lib/{abi}/{name}" not in apk.entries)
    for abi, name, content in apk.libraries():
        if not name.endswith(PYTHON_BUNDLE):
            try:
                found = read_library(content).abi
            except ValueError as error:
                yield f"{name}: {error}"
            else:
                if found != abi:
                    yield f"{name} is for {found}"


def needed_libraries(apk: Apk, expected: Expected) -> Iterator[str]:
    have: dict[str, set[str]] = {}
    for abi, name, _ in apk.libraries():
        have.setdefault(abi, set()).add(re.split("[/!]", name)[-1])
    for abi, name, library in _libraries(apk):
        for missing in sorted({*library.needed} - have[abi] - PUBLIC):
            yield f"{name} needs {missing}, which is neither in the APK nor one of Android's public libraries"


def signatures(apk: Apk, expected: Expected) -> Iterator[str]:
    try:
        signing = read_signing(apk.data)
    except ValueError as error:
        yield str(error)
        return
    yield from (f"no signature of scheme {name}" for name in ("v2", "v3") if name not in signing.schemes)
    yield from (f"the file was changed after it was signed ({name})" for name in signing.wrong)


def permissions(apk: Apk, expected: Expected) -> Iterator[str]:
    manifest = _manifest(apk)
    found = {str(one.attributes.get("name")) for one in manifest.find("uses-permission")}
    found |= {str(one.attributes.get("name")) for one in manifest.find("uses-permission-sdk-23")}
    # AndroidX gives an app this one of its own, which no other app can hold.
    found -= {f"{expected.package}.DYNAMIC_RECEIVER_NOT_EXPORTED_PERMISSION"}
    yield from (f"asks for {name}" for name in sorted(found - expected.permissions))
    yield from (f"does not ask for {name}" for name in sorted(expected.permissions - found))


def backup(apk: Apk, expected: Expected) -> Iterator[str]:
    if any(one.attributes.get("allowBackup", True) for one in _manifest(apk).find("application")):
        yield "the profile would go into the owner's cloud backup"


def versions(apk: Apk, expected: Expected) -> Iterator[str]:
    manifest = _manifest(apk)
    if (package := manifest.attributes.get("package")) != expected.package:
        yield f"its package is {package}, the spec says {expected.package}"
    found: dict[str, object] = {}
    for one in manifest.find("uses-sdk"):
        found |= one.attributes
    for name, level in (("minSdkVersion", expected.min_api), ("targetSdkVersion", expected.target_api)):
        if found.get(name) != level:
            yield f"{name} is {found.get(name)}, the spec says {level}"


def behaviour(apk: Apk, expected: Expected) -> Iterator[str]:
    """What Android does with the app: the key "back", and the service."""
    manifest = _manifest(apk)
    if any(one.attributes.get("enableOnBackInvokedCallback", True) for one in manifest.find("application")):
        yield "enableOnBackInvokedCallback is not false: SDL 2 would not hear of going back"
    kinds = [one.attributes.get("foregroundServiceType") for one in manifest.find("service")]
    if DATA_SYNC not in kinds:
        yield "no service of type dataSync"
    if any(one.attributes.get("exported") for one in manifest.find("service")):
        yield "other apps may start the service"


def app_files(apk: Apk, expected: Expected) -> Iterator[str]:
    found = apk.files(PRIVATE)
    for name, digest in expected.files.items():
        if name not in found:
            yield f"{name} is missing"
        elif digest and hashlib.sha256(found[name]).hexdigest() != digest:
            yield f"{name} differs from this checkout's"
    ours = {name for name in found if name.split("/")[0] in ("android_demo", "edge_runtime", "main.pyc", "main.py")}
    yield from (f"{name} is not one of the app's files" for name in sorted(ours - set(expected.files)))


def research_data(apk: Apk, expected: Expected) -> Iterator[str]:
    files = {name: entry.data for name, entry in apk.entries.items() if not entry.abi and name != PRIVATE}
    files |= apk.files(PRIVATE)
    for name, content in files.items():
        if RESEARCH_NAMES.search(name):
            yield f"{name} has the name of a file of research data"
        plain = gzip.decompress(content) if name.endswith(".gz") and content[:2] == b"\x1f\x8b" else content
        if RESEARCH_ROWS.search(plain):
            yield f"{name} holds rows like those of MIND"


def size(apk: Apk, expected: Expected) -> Iterator[str]:
    for abi, size_mb in sizes_mb(apk).items():
        if size_mb > BUDGET_MB:
            yield f"{size_mb:.1f} MB for {abi}, more than {BUDGET_MB:.0f}"


def sizes_mb(apk: Apk) -> dict[str, float]:
    """What a phone of each ABI has to download, in MB of a million bytes."""
    shared = sum(entry.packed_size for entry in apk.entries.values() if not entry.abi)
    abis = sorted({entry.abi for entry in apk.entries.values() if entry.abi})
    return {
        abi: (shared + sum(entry.packed_size for entry in apk.entries.values() if entry.abi == abi)) / 1e6
        for abi in abis
    }


CHECKS = (
    Check("entries", entries, "build the APK with python-for-android, as docs/android.md says"),
    Check("4-byte alignment", word_alignment, "run zipalign before apksigner: zipalign -P 16 4 IN.apk OUT.apk"),
    Check("16 KB alignment in the zip", page_alignment, "run zipalign -P 16 4 IN.apk OUT.apk, then apksigner"),
    Check("16 KB LOAD segments", load_alignment, "link with NDK 28 or later, or with -Wl,-z,max-page-size=16384"),
    Check("processors", processors, "set android.archs in buildozer.spec, and build from an empty .buildozer"),
    Check("needed libraries", needed_libraries, "add the recipe that brings the library, or link it statically"),
    Check("signatures", signatures, "sign last: apksigner sign --v2-signing-enabled true --v3-signing-enabled true"),
    Check(
        "permissions", permissions, "look for a Gradle dependency or a recipe that adds them; buildozer.spec has ours"
    ),
    Check("no backup", backup, "set android.allow_backup = False in buildozer.spec"),
    Check("package and API levels", versions, "set android.api and android.minapi in buildozer.spec"),
    Check("back and service", behaviour, "see android.extra_manifest_application_arguments and services in the spec"),
    Check("app files", app_files, "stage this checkout into a new directory, and build there"),
    Check("no research data", research_data, "take the file out: MIND and EB-NeRD are for research only"),
    Check("size", size, "see which recipe or Gradle dependency grew: unzip -lv FILE.apk"),
)


def _manifest(apk: Apk) -> Element:
    return read_binary_xml(apk.entries["AndroidManifest.xml"].data)


def _libraries(apk: Apk) -> Iterator[tuple[str, str, Library]]:
    for abi, name, content in apk.libraries():
        try:
            yield abi, name, read_library(content)
        except ValueError:
            continue  # `processors` tells of it
