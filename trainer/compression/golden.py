"""Golden pairs beside a .tflite file: inputs and the outputs that it has to give, wherever it runs.

`python -m trainer.compression.golden model.tflite` checks a file on the machine at hand, with numpy and LiteRT alone:
an interpreter that loads a file may still compute it wrong.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from trainer.compression.agreement import Agreement, Tolerance, compare
from trainer.compression.runner import FileRunner
from trainer.errors import ExportError


@dataclass(frozen=True)
class Golden:
    """What a file has to give, and how exactly."""

    inputs: dict[str, NDArray[Any]]  # in the model's own order, rows first
    outputs: dict[str, NDArray[Any]]
    kind: str
    tolerance: Tolerance
    sha256: str  # of the file


def write_pair(content: bytes, golden: Golden, path: Path) -> Agreement:
    """Write a file and its golden pairs, each whole or not at all, once the file has passed them.

    Args:
        content: The .tflite file.
        golden: Its pairs.
        path: `name.tflite`; the pairs go to `name.golden.npz` beside it.

    Raises:
        ExportError: The file does not give these outputs; nothing is written.
    """
    agreement = _compare(content, golden)
    about = {"kind": golden.kind, "tolerance": asdict(golden.tolerance), "sha256": golden.sha256}
    about |= {"inputs": list(golden.inputs), "outputs": list(golden.outputs)}
    packed = io.BytesIO()
    arrays: dict[str, Any] = {f"input/{name}": values for name, values in golden.inputs.items()}
    arrays |= {f"output/{name}": values for name, values in golden.outputs.items()}
    np.savez(packed, about=np.array(json.dumps(about)), **arrays)
    _replace(_beside(path), packed.getvalue())
    _replace(path, content)
    return agreement


def read_golden(path: Path) -> Golden:
    """Golden pairs of the file at `path`.

    Raises:
        ExportError: They are missing or damaged.
    """
    try:
        with np.load(_beside(path), allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            return Golden(
                inputs={name: file[f"input/{name}"] for name in about["inputs"]},
                outputs={name: file[f"output/{name}"] for name in about["outputs"]},
                kind=about["kind"],
                tolerance=Tolerance(**about["tolerance"]),
                sha256=about["sha256"],
            )
    except FileNotFoundError as error:
        raise ExportError(f"{_beside(path)} is missing; it is written beside the file, so copy both") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ExportError(f"{_beside(path)} is damaged ({error}); copy it again") from error


def verify(path: Path | str) -> Agreement:
    """Run the file at `path` on its golden inputs, with the interpreter of this machine.

    Raises:
        ExportError: The pairs are missing, belong to another file, or the outputs differ by more than they may.
    """
    path = Path(path)
    golden = read_golden(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}") from error
    if sha256(content) != golden.sha256:
        raise ExportError(f"{path} is not the file that {_beside(path).name} was written for; copy both again")
    return _compare(content, golden)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _compare(content: bytes, golden: Golden) -> Agreement:
    runner = FileRunner(content, tuple(golden.inputs))
    if set(runner.outputs) != set(golden.outputs):
        raise ExportError(f"the file gives {', '.join(runner.outputs)}, the golden pairs {', '.join(golden.outputs)}")
    reference = [golden.outputs[name] for name in runner.outputs]
    return compare(runner.run(list(golden.inputs.values())), reference, golden.tolerance)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name.removesuffix('.tflite')}.golden.npz")


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(data)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Check each file named; 1 if one of them fails."""
    if not arguments:
        print("usage: python -m trainer.compression.golden model.tflite ...", file=sys.stderr)
        return 2
    failed = False
    for name in arguments:
        try:
            agreement = verify(name)
        except ExportError as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
        else:
            print(f"{name}: agrees, cosine {agreement.cosine:.5f}, largest difference {agreement.largest:.2g}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
