"""Builds small APKs with Debian's aapt2, zipalign and apksigner, and native libraries that are nothing but headers."""

from __future__ import annotations

import functools
import gzip
import io
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from android_demo.apk.elf import DT_NEEDED, DT_STRTAB, MACHINES, PT_DYNAMIC, PT_LOAD

TOOLS = ("aapt2", "zipalign", "apksigner", "keytool")
HOW_TO_GET_THEM = "on Debian: apt install aapt zipalign apksigner default-jdk-headless"
PAGE = 16 << 10
MACHINE_OF = {abi: number for number, abi in MACHINES.items()}
ANDROID = 'xmlns:android="http://schemas.android.com/apk/res/android"'

# What a manifest may say, and how aapt2 is to read it. The framework of an SDK has these and thousands more.
ATTRIBUTES = {
    name: "string"
    for name in ("versionName", "name", "label", "process", "value", "host", "scheme", "installLocation", "glEsVersion")
}
ATTRIBUTES |= {
    name: "boolean"
    for name in (
        *("smallScreens", "normalScreens", "largeScreens", "anyDensity", "xlargeScreens", "debuggable", "allowBackup"),
        *("hardwareAccelerated", "extractNativeLibs", "exported", "enableOnBackInvokedCallback", "windowNoTitle"),
    )
}
ATTRIBUTES |= {name: "integer" for name in ("versionCode", "minSdkVersion", "targetSdkVersion")}
ATTRIBUTES |= {name: "reference" for name in ("icon", "theme")}
FLAGS = {"foregroundServiceType": {"dataSync": 1, "location": 8}}
CHANGES = ("mcc", "mnc", "locale", "touchscreen", "keyboard", "keyboardHidden", "navigation", "orientation", "uiMode")
CHANGES += ("screenLayout", "screenSize", "smallestScreenSize", "layoutDirection", "density", "fontScale")
FLAGS["configChanges"] = {name: 1 << bit for bit, name in enumerate(CHANGES)}
ENUMS = {"screenOrientation": {"unspecified": -1, "portrait": 1}, "launchMode": {"singleTask": 2, "standard": 0}}

# Android's own numbers, for what apksigner looks at; of the others aapt2 needs any.
IDS = {"minSdkVersion": 0x0101020C, "targetSdkVersion": 0x01010270, "debuggable": 0x0101000F}


def library(abi: str, needed: tuple[str, ...] = ("libc.so",), alignment: int = PAGE) -> bytes:
    """A shared library of one LOAD segment and the names that it needs."""
    is_64 = abi in ("arm64-v8a", "x86_64")
    head, row = (64, 56) if is_64 else (52, 32)
    strings = b"\0" + b"".join(name.encode() + b"\0" for name in needed)
    places = [1 + sum(len(name) + 1 for name in needed[:number]) for number in range(len(needed))]
    table = head + 2 * row
    dynamic_at = table + len(strings)
    pair = "<qQ" if is_64 else "<iI"
    entries = [*((DT_NEEDED, place) for place in places), (DT_STRTAB, table), (0, 0)]
    dynamic = b"".join(struct.pack(pair, *entry) for entry in entries)
    size = dynamic_at + len(dynamic)

    def segment(kind: int, offset: int, length: int, aligned: int) -> bytes:
        if is_64:
            return struct.pack("<IIQQQQQQ", kind, 5, offset, offset, offset, length, length, aligned)
        return struct.pack("<8I", kind, offset, offset, offset, length, length, 5, aligned)

    ident = b"\x7fELF" + bytes([2 if is_64 else 1, 1, 1]) + bytes(9)
    form = "<HHIQQQIHHHHHH" if is_64 else "<HHIIIIIHHHHHH"
    header = ident + struct.pack(form, 3, MACHINE_OF[abi], 1, 0, head, 0, 0, head, row, 2, 0, 0, 0)
    return (
        header
        + segment(PT_LOAD, 0, size, alignment)
        + segment(PT_DYNAMIC, dynamic_at, len(dynamic), 8)
        + strings
        + dynamic
    )


def gzipped_tar(files: dict[str, bytes]) -> bytes:
    """As python-for-android writes private.tar and libpybundle.so."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return gzip.compress(out.getvalue(), 1)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass
class Contents:
    """What goes into an APK; the defaults are good."""

    package: str
    permissions: list[str]
    private: dict[str, bytes]
    abis: tuple[str, ...] = ("arm64-v8a", "armeabi-v7a")
    min_api: int = 24
    target_api: int = 36
    allow_backup: str = "false"
    back: str = "false"
    service_type: str = "dataSync"
    load_alignment: int = PAGE
    bundled_alignment: int = PAGE  # of the libraries inside libpybundle.so
    needed: tuple[str, ...] = ("libc.so", "libSDL2.so")
    extra: dict[str, bytes] = field(default_factory=dict)
    align_to: int = PAGE

    def manifest(self) -> str:
        asks = "".join(f'<uses-permission android:name="{name}"/>' for name in self.permissions)
        return f"""<manifest {ANDROID} package="{self.package}" android:versionCode="1" android:versionName="0.1.0">
            <uses-sdk android:minSdkVersion="{self.min_api}" android:targetSdkVersion="{self.target_api}"/>{asks}
            <application android:allowBackup="{self.allow_backup}" android:enableOnBackInvokedCallback="{self.back}">
              <activity android:name="org.kivy.android.PythonActivity" android:exported="true"/>
              <service android:name="{self.package}.ServiceSync" android:foregroundServiceType="{self.service_type}"/>
            </application></manifest>"""

    def entries(self) -> dict[str, bytes]:
        files = {"classes.dex": b"dex\n035\0", "assets/private.tar": gzipped_tar(self.private)}
        for abi in self.abis:
            files[f"lib/{abi}/libmain.so"] = library(abi, self.needed, self.load_alignment)
            files[f"lib/{abi}/libSDL2.so"] = library(abi)
            module = library(abi, alignment=self.bundled_alignment)
            files[f"lib/{abi}/libpybundle.so"] = gzipped_tar({"_python_bundle/modules/math.so": module})
        return files | self.extra


def build(folder: Path, contents: Contents, *, is_signed: bool = False, signing: Sequence[str] = ()) -> Path:
    """An APK; without a signature it is made in a tenth of the time."""
    folder.mkdir(parents=True, exist_ok=True)
    linked = link(folder, contents.manifest())
    with zipfile.ZipFile(linked, "a") as archive:
        for name, content in contents.entries().items():
            is_stored = name.endswith(".so") or name == "classes.dex"
            archive.writestr(name, content, zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED)
    apk = folder / "built.apk"
    _run("zipalign", "-f", str(contents.align_to), str(linked), str(apk))
    if is_signed:
        sign(apk, *signing)
    return apk


def link(folder: Path, manifest: str, resources: Path | None = None) -> Path:
    """An APK of a compiled manifest and resources, against a framework that knows our attributes."""
    (folder / "manifest.xml").write_text(manifest)
    linked = folder / "linked.apk"
    parts: list[str] = []
    if resources is not None:
        _run("aapt2", "compile", "--dir", str(resources), "-o", str(folder / "resources.zip"))
        parts = [str(folder / "resources.zip")]
    command = ["aapt2", "link", "-o", str(linked), "-I", str(_framework()), "--manifest", str(folder / "manifest.xml")]
    _run(*command, *parts)
    return linked


def sign(apk: Path, *options: str) -> None:
    key = apk.with_name("key.jks")
    if not key.exists():
        made = ["keytool", "-genkeypair", "-keystore", str(key), "-storepass", "android", "-keypass", "android"]
        _run(*made, "-alias", "key", "-keyalg", "EC", "-dname", "CN=Test", "-validity", "10000")
    _run("apksigner", "sign", "--ks", str(key), "--ks-pass", "pass:android", *options, str(apk))


def missing_tools() -> list[str]:
    return [name for name in TOOLS if shutil.which(name) is None]


@functools.cache
def _framework() -> Path:
    """Made once; its folder goes with the process."""
    folder = Path(_folder_of_framework().name)
    (folder / "framework" / "values").mkdir(parents=True)
    (folder / "framework" / "values" / "attributes.xml").write_text(_attributes())
    (folder / "framework.xml").write_text(f'<manifest {ANDROID} package="android"/>')
    _run("aapt2", "compile", "--dir", str(folder / "framework"), "-o", str(folder / "framework.zip"))
    parts = ["--manifest", str(folder / "framework.xml"), str(folder / "framework.zip")]
    _run("aapt2", "link", "-o", str(folder / "framework.apk"), *parts)
    return folder / "framework.apk"


@functools.cache
def _folder_of_framework() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _attributes() -> str:
    lines = [f'<attr name="{name}" format="{form}"/>' for name, form in ATTRIBUTES.items()]
    for kind, table in (("flag", FLAGS), ("enum", ENUMS)):
        for name, values in table.items():
            lines.append(f'<attr name="{name}">')
            lines += [f'<{kind} name="{value}" value="{number}"/>' for value, number in values.items()]
            lines.append("</attr>")
    for number, name in enumerate([*ATTRIBUTES, *FLAGS, *ENUMS]):
        lines.append(f'<public type="attr" name="{name}" id="{IDS.get(name, 0x01011000 + number):#010x}"/>')
    return f"<resources>{''.join(lines)}</resources>"


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
