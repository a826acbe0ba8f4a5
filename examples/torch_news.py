"""A small news encoder trained in PyTorch on the embedded headlines, and made a bundle that ranks without PyTorch.

    python examples/torch_news.py --out build/torch

It learns to tell which abstract belongs to a headline: of a batch, the right one shall be nearest (InfoNCE, van den
Oord et al., 2018). Needs the extras trainer and torch; docs/pytorch.md says how to install them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from edge_runtime import Article
from edge_runtime.model.tokens import SubwordEncoder
from trainer.__main__ import main as trainer_main
from trainer.data.corpus import load_corpus
from trainer.data.simulate import SimulatorSettings, simulate_to
from trainer.data.topics import topic_names, topic_numbers
from trainer.data.vocabulary import learn_vocabulary

TEMPERATURE = 0.1
TOPIC_DROPOUT = 0.3  # a feed often gives no topic: column 0 is "unknown"


class Encoder(nn.Module):
    """What is exported: pooled token vectors and one-hot topics to vectors."""

    def __init__(self, token_dim: int, num_topics: int, hidden: int, dim: int) -> None:
        super().__init__()
        self.projection = nn.Linear(token_dim, dim)
        self.hidden = nn.Linear(token_dim, hidden)
        self.correction = nn.Linear(hidden, dim)
        self.topics = nn.Linear(num_topics, dim, bias=False)

    def forward(self, pooled: Tensor, topics: Tensor) -> Tensor:
        """(batch, token_dim) and (batch, num_topics) -> (batch, dim)."""
        return self.projection(pooled) + self.correction(torch.relu(self.hidden(pooled))) + self.topics(topics)


class NewsModel(nn.Module):
    """The token table, which is given to the import as a file, and the encoder."""

    def __init__(self, num_tokens: int, token_dim: int, num_topics: int, hidden: int, dim: int) -> None:
        super().__init__()
        # Its sum is scaled to length 1, as a device does: here an EmbeddingBag is fine, for it is not exported.
        self.table = nn.EmbeddingBag(num_tokens, token_dim, mode="sum")
        nn.init.normal_(self.table.weight, std=0.1)
        self.encoder = Encoder(token_dim, num_topics, hidden, dim)

    def forward(self, ids: Tensor, offsets: Tensor, topics: Tensor) -> Tensor:
        """Token ids of all texts end to end, and where each begins -> (batch, dim), length 1."""
        pooled = functional.normalize(self.table(ids, offsets), dim=1)
        return functional.normalize(self.encoder(pooled, topics), dim=1)


def bags(texts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids of texts as an EmbeddingBag takes them."""
    starts = np.cumsum([0, *(len(ids) for ids in texts[:-1])])
    return torch.tensor([token for ids in texts for token in ids]), torch.tensor(starts)


def train(model: NewsModel, articles: Sequence[Article], pieces: Sequence[str], topics: Tensor, steps: int) -> None:
    """Bring headlines near to their abstracts."""
    read, rng = SubwordEncoder(pieces), np.random.default_rng(0)
    titles = [read.encode(article.title) for article in articles]
    abstracts = [read.encode(article.abstract) for article in articles]
    rows = [row for row in range(len(articles)) if titles[row] and abstracts[row]]
    unknown = functional.one_hot(torch.tensor(0), topics.shape[1]).float()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(steps):
        batch = rng.choice(rows, min(256, len(rows)), replace=False)
        known = torch.tensor(rng.random(len(batch)) >= TOPIC_DROPOUT)[:, None]
        given = torch.where(known, topics[batch], unknown)
        heads = model(*bags([titles[row] for row in batch]), given)
        bodies = model(*bags([abstracts[row] for row in batch]), given)
        loss = functional.cross_entropy(heads @ bodies.T / TEMPERATURE, torch.arange(len(batch)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0 or step == steps - 1:
            print(f"step {step:4}: loss {loss.item():.3f}")


def save(model: NewsModel, pieces: Sequence[str], topics: Sequence[str], out: Path) -> None:
    """The four files that `import-torch` takes."""
    batch = torch.export.Dim("batch")
    table = model.table.weight.detach().numpy()
    sample = (torch.zeros(2, table.shape[1]), torch.zeros(2, len(topics)))
    program = torch.export.export(model.encoder.eval(), sample, dynamic_shapes=({0: batch}, {0: batch}))
    torch.export.save(program, out / "encoder.pt2")
    np.save(out / "table.npy", table)
    (out / "pieces.txt").write_text("\n".join(pieces) + "\n", "utf-8")
    (out / "topics.txt").write_text("\n".join(topics[1:]) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, save, import."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("build/torch"))
    parser.add_argument("--vocabulary", type=int, default=9000)
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--readers", type=int, default=500, help="simulated, whose clicks fit the head; 0: none")
    options = parser.parse_args(arguments)
    out = options.out
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    articles = load_corpus()
    pieces = learn_vocabulary([article.title for article in articles], options.vocabulary)
    topics = topic_names(articles)
    one_hot = functional.one_hot(torch.tensor(topic_numbers(articles, topics)), len(topics)).float()
    model = NewsModel(len(pieces), 64, len(topics), 43, 64)
    train(model, articles, pieces, one_hot, options.steps)
    save(model, pieces, topics, out)
    log = []
    if options.readers:
        simulate_to(out / "log", SimulatorSettings(readers=options.readers))
        log = ["--articles", str(out / "log/articles.jsonl"), "--train", str(out / "log/impressions.jsonl")]
        log += ["--name", "HuffPost headlines and simulated readers", "--licence", "CC BY 4.0; see NOTICE"]
    given = ["--table", str(out / "table.npy"), "--pieces", str(out / "pieces.txt")]
    given += ["--topics", str(out / "topics.txt")]
    return trainer_main(["import-torch", str(out / "encoder.pt2"), *given, "--out", str(out / "run"), *log])


if __name__ == "__main__":
    raise SystemExit(main())
