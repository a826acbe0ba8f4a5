"""Other libraries that find the highest products of many vectors with one: each as a function of the query.

A factory takes (n, dim) float32 vectors of length 1, keeps them as its library does, and gives a function from a (dim,)
query to the places of the `k` highest products, best first or not. All run on one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.products import products
from edge_runtime.personal.selection import best_first

Vectors = NDArray[np.float32]
Search = Callable[[Vectors], Any]
Factory = Callable[[Vectors, int], Search]


def ours(vectors: Vectors, k: int) -> Search:
    """As a feed does: one product with the float32 vectors, then the highest."""
    return lambda query: best_first(products(query[None], vectors)[0], k)


def numpy_float32(vectors: Vectors, k: int) -> Search:
    """What anybody writes first."""
    return lambda query: np.argpartition(vectors @ query, -k)[-k:]


def numpy_int8(vectors: Vectors, k: int) -> Search:
    """A quarter of the memory, widened block by block."""
    codes, block = to_int8(vectors), 2048

    def search(query: Vectors) -> Any:
        scores = np.empty(len(codes), np.float32)
        for begin in range(0, len(codes), block):
            np.dot(codes[begin : begin + block].astype(np.float32), query, out=scores[begin : begin + block])
        return best_first(scores, k)

    return search


def numkong_int8(vectors: Vectors, k: int) -> Search:
    """Vectors and query as int8, packed once; the products are whole numbers."""
    import numkong

    packed = numkong.dots_pack(to_int8(vectors))

    def search(query: Vectors) -> Any:
        code = to_int8(query[None] / np.abs(query).max())
        return best_first(np.asarray(numkong.dots_packed(code, packed))[0], k)

    return search


def faiss_index(kind: str) -> Factory:
    """An exhaustive index of faiss."""

    def factory(vectors: Vectors, k: int) -> Search:
        import faiss

        faiss.omp_set_num_threads(1)
        index = faiss.index_factory(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors[:10_000])
        index.add(vectors)
        return lambda query: index.search(query[None], k)[1][0]

    return factory


def usearch_exact(vectors: Vectors, k: int) -> Search:
    """usearch without its graph."""
    from usearch.index import MetricKind, search

    return lambda query: search(vectors, query, k, MetricKind.IP, exact=True, threads=1).keys


def torch_float32(vectors: Vectors, k: int) -> Search:
    """A product and `topk` in PyTorch."""
    import torch

    torch.set_num_threads(1)
    kept = torch.from_numpy(vectors)
    return lambda query: torch.topk(kept @ torch.from_numpy(query), k).indices.numpy()


def onnxruntime_float32(vectors: Vectors, k: int) -> Search:
    """A graph of MatMul and TopK."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(_onnx_model(k), options, providers=["CPUExecutionProvider"])
    kept = onnxruntime.OrtValue.ortvalue_from_numpy(vectors)

    def search(query: Vectors) -> Any:
        given = {"x": kept, "q": onnxruntime.OrtValue.ortvalue_from_numpy(query[:, None])}
        return session.run_with_ort_values(["places"], given)[0].numpy()[0]

    return search


# With the module that must be there; "" for none.
KERNELS: dict[str, tuple[str, Factory]] = {
    "edge-news": ("", ours),
    "numpy float32, argpartition": ("", numpy_float32),
    "numpy int8 in blocks": ("", numpy_int8),
    "numkong int8": ("numkong", numkong_int8),
    "faiss Flat": ("faiss", faiss_index("Flat")),
    "faiss SQ8": ("faiss", faiss_index("SQ8")),
    "faiss SQfp16": ("faiss", faiss_index("SQfp16")),
    "usearch exact float32": ("usearch", usearch_exact),
    "onnxruntime float32": ("onnxruntime", onnxruntime_float32),
    "torch float32": ("torch", torch_float32),
}


def feed_products(vectors: Vectors, directions: Vectors) -> dict[str, Callable[[], Vectors]]:
    """Several directions with all vectors, as a feed wants them: by `products`, and by what might be faster.

    Args:
        vectors: (n, dim) float32.
        directions: (num_directions, dim) float32.

    Returns:
        By name, functions that give (num_directions, n) float32; numkong's where it is installed.
    """
    ways: dict[str, Callable[[], Vectors]] = {
        "on one thread": lambda: products(directions, vectors),
        "as NumPy does": lambda: directions @ vectors.T,
    }
    if find_spec("numkong"):
        import numkong

        scales = np.abs(vectors).max(axis=1) / np.float32(127)
        codes = np.rint(vectors / np.maximum(scales, np.float32(1e-9))[:, None]).astype(np.int8)
        packed, steps = numkong.dots_pack(codes), np.abs(directions).max(axis=1, keepdims=True) / np.float32(127)

        def int8() -> Vectors:
            # A direction in two digits of 8 bits: with one the order of a feed changes.
            high = np.rint(directions / steps)
            low = np.rint((directions / steps - high) * 254)
            digits = np.concatenate([high, low]).astype(np.int8)
            both = np.asarray(numkong.dots_packed(digits, packed)).astype(np.float32)
            both *= scales
            summed: Vectors = (both[: len(steps)] + both[len(steps) :] / np.float32(254)) * steps
            return summed

        ways["numkong int8"] = int8
    return ways


def to_int8(vectors: Vectors) -> NDArray[np.int8]:
    """Numbers in [-1, 1] as int8; the largest of all vectors becomes 127."""
    codes: NDArray[np.int8] = np.rint(vectors * (127 / np.abs(vectors).max())).astype(np.int8)
    return codes


def _onnx_model(k: int) -> bytes:
    """(n, dim) times (dim, 1), then the places of the `k` highest, (1, k); written by hand, as protobuf has it."""

    def field(number: int, value: bytes | str | int) -> bytes:
        if isinstance(value, int):
            return _varint(number << 3) + _varint(value)
        content = value.encode() if isinstance(value, str) else value
        return _varint(number << 3 | 2) + _varint(len(content)) + content

    def node(kind: str, inputs: list[str], outputs: list[str]) -> bytes:
        return b"".join([*(field(1, name) for name in inputs), *(field(2, name) for name in outputs), field(4, kind)])

    def value(name: str, elements: int, dims: list[str]) -> bytes:
        shape = b"".join(field(1, field(2, dim)) for dim in dims)
        return field(1, name) + field(2, field(1, field(1, elements) + field(2, shape)))

    float32, int64 = 1, 7
    graph = b"".join(
        [
            field(1, node("MatMul", ["x", "q"], ["column"])),
            field(1, node("Transpose", ["column"], ["scores"])),
            field(1, node("TopK", ["scores", "k"], ["values", "places"])),
            field(2, "top"),
            field(5, field(1, 1) + field(2, int64) + field(7, _varint(k)) + field(8, "k")),
            field(11, value("x", float32, ["n", "dim"])),
            field(11, value("q", float32, ["dim", "one"])),
            field(12, value("places", int64, ["one", "k"])),
        ]
    )
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def _varint(number: int) -> bytes:
    low = bytearray()
    while number > 127:
        low.append(number & 127 | 128)
        number >>= 7
    return bytes([*low, number])
