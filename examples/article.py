"""Three snippets of the source article on a news model: what had to change in them, and what each really saves.

    python examples/article.py --out build/article

    PyTorch     torch.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
    PyTorch     torch.nn.utils.prune.l1_unstructured(layer, name="weight", amount=0.8)
    TensorFlow  tfmot.sparsity.keras.prune_low_magnitude(model), then tf.lite.TFLiteConverter

Needs the extras trainer and torch; docs/pytorch.md says how to install them, and has the table.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

# PyTorch first: after TensorFlow, the triton of PyTorch's CUDA builds ends the process.
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune
from torchao.quantization import Int8WeightOnlyConfig, quantize_

# isort: split
import keras
import numpy as np
from numpy.typing import NDArray
from torch_news import NewsModel, bags, train

from edge_runtime.model.tokens import SubwordEncoder
from trainer.cli.command_line import progress_bar
from trainer.compression import Prune, Quantize, Recipe
from trainer.data.corpus import load_corpus
from trainer.data.dataset import Impressions, load_dataset
from trainer.data.simulate import SimulatorSettings, simulate_to
from trainer.data.topics import topic_names, topic_numbers
from trainer.data.vocabulary import learn_vocabulary
from trainer.intervals import bootstrap
from trainer.measure.metrics import impression_metrics
from trainer.run.demo import demo_settings
from trainer.run.preparation import read_log

SPARSITY = 0.8
LENGTH = 32  # tokens of a title that the Keras model reads

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Titles:
    """Every article's tokens and topic."""

    ids: list[list[int]]
    one_hot: torch.Tensor  # (num_articles, num_topics)

    def encoded(self, model: nn.Module) -> Floats:
        """(num_articles, dim) vectors of a PyTorch model."""
        with torch.inference_mode():
            return model(*bags(self.ids), self.one_hot).numpy()

    def padded(self) -> list[NDArray[np.generic]]:
        """The inputs of the Keras model: ids from 1 on, 0 behind the last."""
        ids = np.zeros((len(self.ids), LENGTH), np.int32)
        for row, tokens in enumerate(self.ids):
            ids[row, : len(tokens)] = np.array(tokens[:LENGTH]) + 1
        return [ids, self.one_hot.numpy()]


def dynamic(model: NewsModel) -> nn.Module:
    """As it stands. It warns that `torch.ao` will give it up, and it touches nothing but the Linear layers."""
    return torch.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def dynamic_with_table(model: NewsModel) -> nn.Module:
    """What had to be added: an EmbeddingBag has a rule of its own, and is passed over without one."""
    rules = {nn.Linear: torch.quantization.default_dynamic_qconfig}
    rules[nn.EmbeddingBag] = torch.quantization.float_qparams_weight_only_qconfig
    return torch.quantization.quantize_dynamic(model, rules)


def pruned(model: NewsModel) -> nn.Module:
    """As it stands, on every layer, made permanent: until `remove` the file has weights and masks, twice the bytes."""
    smaller = copy.deepcopy(model)
    for layer in [part for part in smaller.modules() if isinstance(part, nn.Linear | nn.EmbeddingBag)]:
        prune.l1_unstructured(layer, name="weight", amount=SPARSITY)
        prune.remove(layer, "weight")
    return smaller


def torchao_int8(model: NewsModel) -> nn.Module:
    """Today's successor of `quantize_dynamic`; it knows Linear layers alone."""
    smaller = copy.deepcopy(model)
    quantize_(smaller, Int8WeightOnlyConfig())
    return smaller


def keras_twin(model: NewsModel) -> keras.Model:
    """The same model in Keras 3: the article's `prune_low_magnitude` refuses it, as it does every Keras 3 model."""
    weights = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    table, encoder = weights["table.weight"], model.encoder
    ids = keras.Input((LENGTH,), dtype="int32", name="ids")
    topics = keras.Input((encoder.topics.in_features,), name="topics")
    rows = keras.layers.Embedding(len(table) + 1, table.shape[1], name="table")
    pooled = keras.layers.UnitNormalization()(keras.layers.GlobalAveragePooling1D()(rows(ids)))
    made = {"hidden": keras.layers.Dense(encoder.hidden.out_features, activation="relu", name="hidden")}
    made |= {
        name: keras.layers.Dense(getattr(encoder, name).out_features, name=name)
        for name in ("projection", "correction")
    }
    made["topics"] = keras.layers.Dense(encoder.topics.out_features, use_bias=False, name="topic_rows")
    summed = made["projection"](pooled) + made["correction"](made["hidden"](pooled)) + made["topics"](topics)
    twin = keras.Model([ids, topics], keras.layers.UnitNormalization()(summed))
    rows.set_weights([np.concatenate([np.zeros_like(table[:1]), table])])
    for name, layer in made.items():
        values = [weights[f"encoder.{name}.weight"].T, weights.get(f"encoder.{name}.bias")]
        layer.set_weights([value for value in values if value is not None])
    return twin


def ndcg(vectors: Floats, dev: Impressions) -> NDArray[np.float64]:
    """nDCG@10 of lists ranked by their likeness to the mean of past clicks; NaN where a list cannot be judged."""
    scores = np.concatenate(
        [vectors[dev.candidates[row]] @ vectors[dev.history[row]].sum(axis=0) for row in range(len(dev))]
    )
    return impression_metrics(scores.astype(np.float64), dev.clicked, dev.candidates.offsets)["ndcg10"]


def saved(model: nn.Module) -> bytes:
    """What `torch.save` writes of a model."""
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return file.getvalue()


def timed(run: Callable[[], Floats]) -> tuple[Floats, float]:
    """The vectors, and the shortest of five times in seconds."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        vectors = run()
        times.append(time.perf_counter() - start)
    return vectors, min(times)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train the float model, make it small in each way, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("build/article"))
    parser.add_argument("--vocabulary", type=int, default=9000)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--readers", type=int, default=500, help="simulated ones, whose lists are ranked")
    options = parser.parse_args(arguments)
    torch.manual_seed(0)
    simulate_to(options.out / "log", SimulatorSettings(readers=options.readers))
    read_log(demo_settings(options.out / "log", 0, "lsa").data, options.out / "dataset", progress_bar)
    dataset = load_dataset(options.out / "dataset")
    pieces = learn_vocabulary([article.title for article in load_corpus()], options.vocabulary)
    topics = topic_names(dataset.articles)
    one_hot = functional.one_hot(torch.tensor(topic_numbers(dataset.articles, topics)), len(topics)).float()
    model = NewsModel(len(pieces), 64, len(topics), 43, 64)
    train(model, dataset.articles, pieces, one_hot, options.steps)

    read = SubwordEncoder(pieces)
    titles = Titles([read.encode(article.title) for article in dataset.articles], one_hot)
    model.eval()
    ways: dict[str, Callable[[NewsModel], nn.Module]] = {
        "float": lambda model: model,
        "quantize_dynamic, Linear": dynamic,
        "quantize_dynamic, table too": dynamic_with_table,
        "prune.l1_unstructured, 80 %": pruned,
        "torchao, int8 weights": torchao_int8,
    }
    rows = {}
    for name, make in ways.items():
        smaller = make(model)
        rows[name] = (saved(smaller), *timed(lambda smaller=smaller: titles.encoded(smaller)))
    given = titles.padded()
    recipe = Recipe(Prune(SPARSITY, epochs=0), Quantize("int8-weights"))
    small = recipe.apply(keras_twin(model), metric=lambda predict: float(predict(*given).std()), calibration=given)
    rows["our Prune 80 % and int8, .tflite"] = (small.file.content, *timed(lambda: small.file.predict(*given)))
    print_table(rows, dataset.dev)
    return 0


def print_table(rows: dict[str, tuple[bytes, Floats, float]], dev: Impressions) -> None:
    """Each way beside the float model."""
    size, vectors, seconds = rows["float"]
    before = ndcg(vectors, dev)
    print(f"{'':34} {'bytes':>9} {'gzip':>9}  saved  cosine  nDCG@10  change [95 %]               time")
    for name, (content, theirs, needed) in rows.items():
        after = ndcg(theirs, dev)
        change = bootstrap(after - before, seed=0)
        cosine = float(np.sum(vectors * theirs, axis=1).mean())
        packed, share = len(gzip.compress(content, mtime=0)), 1 - len(content) / len(size)
        print(
            f"{name:34} {len(content):9,} {packed:9,}  {share:5.1%}"
            f"  {cosine:.4f}  {np.nanmean(after):.4f}   {change.mean:+.4f} [{change.low:+.4f}, {change.high:+.4f}]"
            f"  {needed / seconds:.2f}x"
        )


if __name__ == "__main__":
    raise SystemExit(main())
