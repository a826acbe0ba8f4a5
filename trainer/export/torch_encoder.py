"""A `torch.export` program as an article encoder: opened, looked through, run as it is, and converted to TFLite.

The program takes what a device has of an article, pooled token vectors (batch, token_dim) and one-hot topics
(batch, num_topics), and gives its vector (batch, dim). torch and its converters are an extra: they are imported when a
program is opened, and by nothing else.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ExportError
from trainer.export.quiet import quiet_stderr

Floats = NDArray[np.float32]

PACKAGES = ("torch", "litert_torch", "ai_edge_quantizer")
TORCH_KINDS = ("float32", "dynamic")  # of `trainer.export.tflite.ENCODER_KINDS`: full int8 would make the inputs int8
POOLED, TOPICS = "pooled", "topics"  # the inputs, as a device names them
_PROBED = 3  # rows: any number but the 1 of the conversion
_NEAR = 1e-3  # of float32 on another engine, as a share of the largest number


def require_torch() -> None:
    """Refuse to go on without the extra.

    Raises:
        ExportError: A package of it is missing.
    """
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise ExportError(
            f"a PyTorch encoder needs packages that are not installed ({', '.join(missing)}): "
            "pip install 'edge-news[torch]'"
        )


def load_torch() -> Any:
    """The module torch, kept from finding triton, which comes with its CUDA builds.

    Triton and TensorFlow each bring LLVM: triton's import after TensorFlow's ends the process, as was seen with torch
    2.13 and TensorFlow 2.21. Nothing here needs it.
    """
    if "triton" not in sys.modules:
        # So its import raises ImportError, for which torch is prepared.
        sys.modules["triton"] = None  # type: ignore[assignment]
    with _quiet():
        return importlib.import_module("torch")


@dataclass(frozen=True, slots=True)
class TorchEncoder:
    """An opened program; its weights stay as they are."""

    path: Path
    token_dim: int
    num_topics: int
    dim: int
    torch_version: str  # that the program was exported by; "" where the file does not say
    module: Any  # the program as a torch.nn.Module

    def vectors(self, pooled: Floats, topics: Floats) -> Floats:
        """What the program gives.

        Args:
            pooled: (n, token_dim) float32.
            topics: (n, num_topics) float32, one-hot.

        Returns:
            (n, dim) float32, of any length.
        """
        torch = load_torch()
        with torch.no_grad():
            found: Floats = self.module(torch.tensor(pooled), torch.tensor(topics)).numpy()
        return found

    def pooled_gradient(self, pooled: Floats, topics: Floats, of_vectors: Floats) -> Floats:
        """The gradient at the pooled vectors, (n, token_dim), from that at the program's vectors, (n, dim)."""
        torch = load_torch()
        read = torch.tensor(pooled, requires_grad=True)
        (found,) = torch.autograd.grad(self.module(read, torch.tensor(topics)), [read], torch.tensor(of_vectors))
        gradient: Floats = found.numpy()
        return gradient

    def tflite(self) -> dict[str, bytes]:
        """The program as TFLite, by kind: those of `TORCH_KINDS`.

        Raises:
            ExportError: An operator cannot be converted, or the batch size is built into the graph.
        """
        plain = self._converted()
        self._check_batches(plain)
        return {"float32": plain, "dynamic": _with_int8_weights(plain)}

    def _converted(self) -> bytes:
        torch, program = load_torch(), self.module

        class Named(torch.nn.Module):  # type: ignore[name-defined]
            """The program, its inputs under the names that a device gives them."""

            def __init__(self) -> None:
                super().__init__()
                self.program = program

            def forward(self, pooled: Any, topics: Any) -> Any:
                return self.program(pooled, topics)

        # A batch of one: litert-torch 0.10 fails at bias and scale of a dynamic batch. Interpreters resize it.
        sample = {POOLED: torch.zeros(1, self.token_dim), TOPICS: torch.zeros(1, self.num_topics)}
        try:
            with _quiet():
                import litert_torch

                converted: bytes = litert_torch.convert(Named(), sample_kwargs=sample).model_content()
        except Exception as error:  # the converter raises what its parts happen to raise
            raise ExportError(
                f"{self.path}: cannot be converted to TFLite: {_first_line(error)}; keep the encoder to Linear layers, "
                "sums and activations"
            ) from error
        return converted

    def _check_batches(self, file: bytes) -> None:
        """See that an article gets the same vector from the file, among others, as from the program, alone."""
        from ai_edge_litert.interpreter import Interpreter

        rng = np.random.default_rng(0)
        pooled = rng.normal(size=(_PROBED, self.token_dim)).astype(np.float32)
        topics = np.eye(self.num_topics, dtype=np.float32)[rng.integers(self.num_topics, size=_PROBED)]
        mend = "let no operation name the batch size, such as reshape(batch, ...)"
        try:
            with quiet_stderr():
                interpreter = Interpreter(model_content=file, num_threads=1)
                inputs = {POOLED: pooled, TOPICS: topics}
                numbers = {
                    name: detail["index"]
                    for detail in interpreter.get_input_details()
                    for name in inputs
                    if name in detail["name"]
                }
                for name, values in inputs.items():
                    interpreter.resize_tensor_input(numbers[name], values.shape)
                interpreter.allocate_tensors()
                for name, values in inputs.items():
                    interpreter.set_tensor(numbers[name], values)
                interpreter.invoke()
                found = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        except (KeyError, ValueError, RuntimeError) as error:
            raise ExportError(
                f"{self.path}: its TFLite file does not take {_PROBED} articles at once: {error}; {mend}"
            ) from error
        alone = [self.vectors(pooled[row : row + 1], topics[row : row + 1]) for row in range(_PROBED)]
        wanted = np.concatenate(alone)
        if found.shape != wanted.shape or np.abs(found - wanted).max() > _NEAR * np.abs(wanted).max():
            raise ExportError(
                f"{self.path}: {_PROBED} articles at once get other vectors than each alone; {mend}, and none mix the "
                "articles of a batch, such as a BatchNorm in training mode"
            )


def open_torch_encoder(path: Path, token_dim: int) -> TorchEncoder:
    """Open a program and see that it can be an article encoder. What is in the file is run: open your own alone.

    Args:
        path: From `torch.export.save`.
        token_dim: Width of the token table.

    Raises:
        ExportError: The extra is missing, the file is no program of this torch, or the program has other inputs or
            outputs, or a layer that TFLite has not.
    """
    require_torch()
    program = _load(path)
    _refuse_embedding_bag(path, program)
    (pooled, topics), vectors = _shapes(path, program)
    if pooled[1] != token_dim:
        raise ExportError(
            f"{path}: input 1 is {pooled[1]} wide, and the token table {token_dim}; export the encoder of this table, "
            "or give the table that it was trained with"
        )
    return TorchEncoder(path, token_dim, topics[1], vectors[1], _written_by(path), program.module())


def _load(path: Path) -> Any:
    torch = load_torch()
    if not path.is_file():
        raise ExportError(f"{path}: no such file; write it with torch.export.save")
    try:
        with _quiet():
            return torch.export.load(path)
    except Exception as error:  # of many classes: of torch, of zipfile, of json, KeyError
        by, here = _written_by(path), torch.__version__
        what = f"it was exported by torch {by}, this is {here}" if by else f"it is no exported program for torch {here}"
        raise ExportError(
            f"{path}: cannot be opened: {what} ({_first_line(error)}); write it with torch.export.save under torch "
            f"{here}, or install the torch that wrote it"
        ) from error


def _written_by(path: Path) -> str:
    """The torch that exported a program, as its file tells; "" if it does not."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(("models/model.json", "serialized_exported_program.json")):
                    return str(json.loads(archive.read(name)).get("torch_version", ""))
    except (OSError, ValueError, zipfile.BadZipFile):
        pass
    return ""


def _refuse_embedding_bag(path: Path, program: Any) -> None:
    for node in program.graph.nodes:
        if node.op == "call_function" and "embedding_bag" in str(node.target):
            stack = list((node.meta.get("nn_module_stack") or {}).values())
            layer = f"layer {stack[-1][0]!r}" if stack and stack[-1][0] else f"operation {node.name!r}"
            raise ExportError(
                f"{path}: {layer} is an nn.EmbeddingBag, for which TFLite has no operator; pool outside: export the "
                "layers after it over the pooled vector, and give its weight as the token table"
            )


def _shapes(path: Path, program: Any) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Widths of both inputs and of the output, each as (-1, width)."""
    nodes = {node.name: node for node in program.graph.nodes}
    signature = program.graph_signature
    inputs, outputs = list(signature.user_inputs), list(signature.user_outputs)
    if len(inputs) != 2 or len(outputs) != 1:
        raise ExportError(
            f"{path}: takes {len(inputs)} inputs and gives {len(outputs)} outputs; an article encoder takes pooled "
            "vectors (batch, token_dim) and topics (batch, num_topics), and gives vectors (batch, dim)"
        )
    names = ("input 1, the pooled vectors", "input 2, the topics", "the output")
    found = []
    for name, node in zip(names, (*inputs, *outputs), strict=True):
        value = nodes[node].meta["val"] if node in nodes else None
        shape, kind = tuple(getattr(value, "shape", ())), str(getattr(value, "dtype", node))
        if kind != "torch.float32" or len(shape) != 2 or not isinstance(shape[1], int):
            told = ", ".join(map(str, shape))
            raise ExportError(f"{path}: {name}: is {kind} of shape ({told}); wanted is float32 (batch, width)")
        if isinstance(shape[0], int):
            raise ExportError(
                f"{path}: {name}: has a batch of {shape[0]} built in; export with dynamic_shapes, dimension 0 of both "
                "inputs being torch.export.Dim('batch')"
            )
        found.append((-1, shape[1]))
    return found[:2], found[2]


def _with_int8_weights(file: bytes) -> bytes:
    """Weights int8, activations float32 that are rounded as they come: inputs and outputs stay float32."""
    from ai_edge_quantizer import quantizer, recipe

    with _quiet():
        return bytes(quantizer.Quantizer(file, recipe.dynamic_wi8_afp32()).quantize().quantized_model)


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0] if text else 'no reason given'}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What torch and the converters tell of their progress is kept off both streams; an error still raises."""
    with quiet_stderr(), contextlib.redirect_stdout(io.StringIO()):
        yield
