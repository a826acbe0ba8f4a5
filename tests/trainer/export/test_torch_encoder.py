"""Programs of torch.export as article encoders. What needs PyTorch is left out where the extra is not installed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from tests.examples.torch_examples import need, run_small
from trainer.errors import ExportError
from trainer.export.torch_encoder import PACKAGES, load_torch, open_torch_encoder, require_torch

ROOT = Path(__file__).parents[3]
TOKEN_DIM, NUM_TOPICS, DIM = 16, 4, 24


@pytest.fixture(scope="module")
def torch(slow):
    need(PACKAGES)
    return load_torch()


@pytest.fixture(scope="module")
def linear(torch):
    """y = x A + t B, small enough to be worked out."""

    class Linear(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.text = torch.nn.Linear(TOKEN_DIM, DIM, bias=False)
            self.topic = torch.nn.Linear(NUM_TOPICS, DIM, bias=False)

        def forward(self, pooled, topics):
            return self.text(pooled) + self.topic(topics)

    torch.manual_seed(0)
    return Linear()


@pytest.fixture(scope="module")
def save(torch, tmp_path_factory):
    """Exports a module to a file; the batch is dynamic unless told otherwise."""
    folder = tmp_path_factory.mktemp("programs")

    def saved(module, sample=None, *, dynamic=True):
        sample = sample or (torch.zeros(2, TOKEN_DIM), torch.zeros(2, NUM_TOPICS))
        batch = torch.export.Dim("batch")
        shapes = tuple({0: batch} for _ in sample) if dynamic else None
        path = folder / f"{len(list(folder.iterdir()))}.pt2"
        torch.export.save(torch.export.export(module.eval(), sample, dynamic_shapes=shapes), path)
        return path

    return saved


def inputs(count):
    rng = np.random.default_rng(1)
    pooled = rng.normal(size=(count, TOKEN_DIM)).astype(np.float32)
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
    return pooled, np.eye(NUM_TOPICS, dtype=np.float32)[rng.integers(NUM_TOPICS, size=count)]


def cosines(a, b):
    return np.sum(a * b, axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ExportError, match=r"not installed \(torch.*\): pip install 'edge-news\[torch\]'"):
        require_torch()


def test_a_program_tells_its_sizes_and_gives_its_own_vectors(linear, save, torch):
    encoder = open_torch_encoder(save(linear), TOKEN_DIM)
    assert (encoder.token_dim, encoder.num_topics, encoder.dim) == (TOKEN_DIM, NUM_TOPICS, DIM)
    assert encoder.torch_version == torch.__version__
    pooled, topics = inputs(5)
    a, b = linear.text.weight.detach().numpy(), linear.topic.weight.detach().numpy()
    assert encoder.vectors(pooled, topics) == approx(pooled @ a.T + topics @ b.T, abs=1e-6)
    # of a linear program the gradient is its matrix, turned round
    of_vectors = np.ones((5, DIM), np.float32)
    assert encoder.pooled_gradient(pooled, topics, of_vectors) == approx(of_vectors @ a, abs=1e-6)


def test_both_files_give_the_programs_vectors_for_one_and_for_many(linear, save):
    from edge_runtime.engines import TfliteEngine

    encoder = open_torch_encoder(save(linear), TOKEN_DIM)
    files = encoder.tflite()
    assert len(files["dynamic"]) < len(files["float32"])
    for kind, least in (("float32", 0.999999), ("dynamic", 0.995)):
        engine = TfliteEngine(files[kind], "ai-edge-litert")
        for pooled, topics in (inputs(1), inputs(70)):
            (found,) = engine.run(pooled=pooled, topics=topics)
            assert found.dtype == np.float32
            assert cosines(found, encoder.vectors(pooled, topics)).min() >= least


def test_an_embedding_bag_is_told_with_its_layer_before_anything_is_converted(torch, save):
    class WithBag(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.words = torch.nn.EmbeddingBag(100, TOKEN_DIM)

        def forward(self, ids, topics):
            return self.words(ids) + topics.sum(dim=1, keepdim=True)

    path = save(WithBag(), (torch.zeros(2, 5, dtype=torch.long), torch.zeros(2, NUM_TOPICS)))
    told = r"layer 'words' is an nn\.EmbeddingBag.*pool outside.*as the token table"
    with pytest.raises(ExportError, match=f"{re.escape(str(path))}: {told}"):
        open_torch_encoder(path, TOKEN_DIM)


def test_a_batch_that_is_built_in_is_told_with_the_mend(linear, save):
    with pytest.raises(ExportError, match=r"input 1.*batch of 2 built in; export with dynamic_shapes"):
        open_torch_encoder(save(linear, dynamic=False), TOKEN_DIM)


def test_another_width_than_the_tables_is_told(linear, save):
    with pytest.raises(ExportError, match=r"input 1 is 16 wide, and the token table 32"):
        open_torch_encoder(save(linear), 32)


def test_token_ids_for_an_input_are_told(torch, save):
    class Looked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.words = torch.nn.Embedding(100, TOKEN_DIM)

        def forward(self, ids, topics):
            return self.words(ids).sum(dim=1) + topics.sum(dim=1, keepdim=True)

    path = save(Looked(), (torch.zeros(2, 5, dtype=torch.long), torch.zeros(2, NUM_TOPICS)))
    with pytest.raises(ExportError, match=r"input 1, the pooled vectors: is torch\.int64 .*float32 \(batch, width\)"):
        open_torch_encoder(path, TOKEN_DIM)


def test_one_input_is_told(torch, save):
    path = save(torch.nn.Linear(TOKEN_DIM, DIM), (torch.zeros(2, TOKEN_DIM),))
    with pytest.raises(ExportError, match="takes 1 inputs and gives 1 outputs"):
        open_torch_encoder(path, TOKEN_DIM)


def test_an_operator_that_cannot_be_converted_is_told(torch, save):
    class Factored(torch.nn.Module):
        def forward(self, pooled, topics):
            return torch.linalg.svd(pooled)[0] @ pooled + topics.sum(dim=1, keepdim=True)

    path = save(Factored())
    with pytest.raises(
        ExportError, match=rf"{re.escape(str(path))}: cannot be converted to TFLite: .*keep the encoder"
    ):
        open_torch_encoder(path, TOKEN_DIM).tflite()


def test_what_mixes_the_articles_of_a_batch_or_has_their_number_built_in_is_told(torch, save):
    class Mixing(torch.nn.Module):
        def forward(self, pooled, topics):
            return pooled - pooled.mean(dim=0, keepdim=True) + topics.sum(dim=1, keepdim=True)

    class Numbered(torch.nn.Module):
        def forward(self, pooled, topics):
            return pooled.reshape(pooled.shape[0], 4, 4).sum(dim=2) @ torch.ones(4, DIM) + topics.sum(1, keepdim=True)

    # The second is converted for one article, and so with the number 1 in it.
    for module in (Mixing(), Numbered()):
        with pytest.raises(ExportError, match=r"3 articles at once.*such as reshape\(batch, \.\.\.\)"):
            open_torch_encoder(save(module), TOKEN_DIM).tflite()


def test_a_program_of_another_torch_is_told_with_both_versions(linear, save, torch, tmp_path):
    path = tmp_path / "old.pt2"
    with zipfile.ZipFile(save(linear)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("models/model.json"):
                older = {"torch_version": "1.9.9", "schema_version": {"major": 4, "minor": 0}}
                data = json.dumps(json.loads(data) | older).encode()
            new.writestr(name, data)
    with pytest.raises(ExportError) as told:
        open_torch_encoder(path, TOKEN_DIM)
    assert f"exported by torch 1.9.9, this is {torch.__version__}" in str(told.value)
    assert "torch.export.save" in str(told.value)


def test_a_file_of_torch_save_is_no_program(linear, torch, tmp_path):
    path = tmp_path / "weights.pt2"
    torch.save(linear.state_dict(), path)
    with pytest.raises(ExportError, match=r"no exported program for torch .*torch\.export\.save"):
        open_torch_encoder(path, TOKEN_DIM)


RANKS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from edge_runtime import Reader, Signal, demo_articles
now = datetime(2026, 11, 24, tzinfo=UTC)
with Reader.open(Path(sys.argv[1]), Path(sys.argv[2])) as reader:
    reader.add(demo_articles(now), now)
    feed = reader.feed(now)
    reader.record(feed[3].article.article_id, Signal.OPEN, now)
    assert len(reader.feed(now)) > 100
print(" ".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.fixture(scope="module")
def example(torch, tmp_path_factory, long):
    """The example, small: on a log of few readers."""
    out = tmp_path_factory.mktemp("example")
    return out, run_small("torch_news.py", out)


def test_the_example_leaves_a_bundle_with_torchs_own_golden_vectors(example):
    from edge_runtime import NewsModel, read_bundle

    out, printed = example
    assert "cosine to PyTorch on 500 titles" in printed
    bundle, found = read_bundle(out / "run/news.bundle"), json.loads((out / "run/import.json").read_text())
    assert found["encoder_cosine"]["least"] >= 0.995
    assert found["after"]["bytes"] < found["before"]["bytes"] / 2.5
    NewsModel(bundle).check_golden()
    encoder = open_torch_encoder(out / "encoder.pt2", 64)
    assert bundle.manifest.topics[1:] == tuple((out / "topics.txt").read_text().split("\n")[:-1])
    assert found["exported_by"] == encoder.torch_version
    assert bundle.manifest.encoders == "dynamic"


def test_the_examples_bundle_ranks_on_a_device_without_torch(example, tmp_path):
    out, _ = example
    command = [sys.executable, "-c", RANKS, str(tmp_path), str(out / "run/news.bundle")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not {"torch", "litert_torch", "tensorflow", "keras", "trainer"} & set(done.stdout.split())


def test_steps_may_train_the_table_around_the_encoder_and_no_other(example, tmp_path, capsys):
    from trainer.__main__ import main

    out, _ = example
    arguments = ["import-torch", str(out / "encoder.pt2"), "--table", str(out / "table.npy"), "--pieces"]
    arguments += [str(out / "pieces.txt"), "--topics", str(out / "topics.txt"), "--out", str(tmp_path / "run")]
    recipe, log = tmp_path / "recipe.toml", out / "log"
    arguments += ["--recipe", str(recipe)]
    recipe.write_text('[[step]]\nmethod = "quantize"\ntable = "parts"\nencoders = "dynamic"\n', "utf-8")
    assert main(arguments) == 1
    assert "step 1 (quantize) needs titles and clicks" in capsys.readouterr().err
    arguments += ["--articles", str(log / "articles.jsonl"), "--train", str(log / "impressions.jsonl")]
    recipe.write_text('[[step]]\nmethod = "prune-units"\n', "utf-8")
    assert main(arguments) == 1
    assert "step 1 (prune-units) would change the article encoder" in capsys.readouterr().err
    recipe.write_text(
        '[[step]]\nmethod = "prune-vocabulary"\nkeep = 0.8\nepochs = 0.0\n'
        '[[step]]\nmethod = "quantize"\ntable = "parts"\nencoders = "dynamic"\nbits = 6\nepochs = 0.1\nlists = 0.02\n',
        "utf-8",
    )
    assert main(arguments) == 0
    found = json.loads((tmp_path / "run/import.json").read_text())
    assert found["bundle_cosine"]["mean"] > 0.9
    assert found["encoder_cosine"]["least"] >= 0.995
    assert found["after"]["bytes"] < found["before"]["bytes"] / 5
