"""What structured pruning gains in speed: an article encoder against the same one cut to half its width, in one run.

python -m benchmarks.structured_speed

Width is the token table's and the hidden layer's; the article's vector stays as wide, as the user encoder needs it. The
weights are random, for a matrix product takes the same time whatever is in it. Times are medians of interleaved rounds
on one thread of LiteRT, so that what else the machine does hits both alike.
"""

from __future__ import annotations

import os
import statistics
import time

# As in the trainer: before TensorFlow is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np

from edge_runtime.engines import TfliteEngine
from trainer.export.tflite import convert_encoder
from trainer.models.encoders import ArticleEncoder, one_hot_topics

DIM, TOPICS = 64, 18
PARENTS = ((64, 64), (256, 512), (512, 1024))  # table and hidden layer
KINDS = ("float32", "int8")
BATCHES = (1, 64)
ROUNDS, CALLS = 15, 40


def encoder(token_dim: int, hidden: int, kind: str) -> tuple[TfliteEngine, dict[str, np.ndarray]]:
    """An encoder on its engine, with inputs of the larger batch."""
    rng = np.random.default_rng(0)
    model = ArticleEncoder(token_dim, hidden, DIM, TOPICS)
    pooled = rng.normal(size=(200, token_dim)).astype(np.float32)
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
    inputs = {"pooled": pooled, "topics": one_hot_topics(rng.integers(0, TOPICS, 200), TOPICS)}
    return TfliteEngine(convert_encoder(model, inputs, kind), "ai-edge-litert"), inputs


def round_us(engine: TfliteEngine, inputs: dict[str, np.ndarray], batch: int) -> float:
    """Microseconds of a call."""
    some = {name: values[:batch] for name, values in inputs.items()}
    engine.run(**some)
    begin = time.perf_counter()
    for _ in range(CALLS):
        engine.run(**some)
    return 1e6 * (time.perf_counter() - begin) / CALLS


def main() -> None:
    """Print a line for each parent, kind and batch."""
    print(f"{'table x hidden':16}{'encoder':10}{'batch':>6}{'parent, us':>12}{'half, us':>10}{'faster':>8}")
    for token_dim, hidden in PARENTS:
        for kind in KINDS:
            parent, half = encoder(token_dim, hidden, kind), encoder(token_dim // 2, hidden // 2, kind)
            for batch in BATCHES:
                times = [(round_us(*parent, batch), round_us(*half, batch)) for _ in range(ROUNDS)]
                ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
                ratio = statistics.median(a / b for a, b in times)
                size = f"{token_dim} x {hidden}"
                print(f"{size:16}{kind:10}{batch:>6}{ours:>12.1f}{theirs:>10.1f}{ratio:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
