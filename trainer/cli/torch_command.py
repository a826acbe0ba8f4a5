"""The subcommand `import-torch`: parsing its options, and printing what came of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.errors import TrainerError
from trainer.settings.config import DataSettings, RunSettings

if TYPE_CHECKING:
    from trainer.data.progress import Bar


def add_import_command(commands: Any, bar: Bar) -> None:
    """Add `import-torch` to the trainer's subcommands.

    Args:
        commands: From `add_subparsers`.
        bar: Opens a progress bar.
    """
    command = commands.add_parser(
        "import-torch", help="make a bundle of an encoder that PyTorch trained; see docs/pytorch.md"
    )
    command.add_argument("encoder", type=Path, metavar="ENCODER.pt2", help="from torch.export.save; your own alone")
    command.add_argument("--table", type=Path, required=True, metavar="TABLE.npy", help="(num_tokens, token_dim)")
    command.add_argument("--pieces", type=Path, required=True, metavar="PIECES.txt", help="a row's piece on each line")
    command.add_argument("--topics", type=Path, metavar="TOPICS.txt", help="a column's topic on each line, from 1 on")
    command.add_argument("--out", type=Path, required=True, help="folder of news.bundle and import.json")
    command.add_argument("--recipe", metavar="FILE.toml", help="steps prune-vocabulary and quantize (int8 table)")
    command.add_argument("--articles", nargs="+", default=[], metavar="FILE", help="of --train")
    command.add_argument("--train", nargs="+", default=[], metavar="FILE", help="a click log: fits user encoder, head")
    command.add_argument("--dev", nargs="+", default=[], metavar="FILE", help="else the last share of --train by time")
    command.add_argument("--name", default="not stated", help="of the data, for the bundle's manifest")
    command.add_argument("--licence", default="not stated", help="of the data, likewise")
    command.add_argument(
        "--languages", nargs="+", default=[], metavar="CODE", help="that the bundle reads (as the log says, else en)"
    )
    command.add_argument("--seed", type=int, default=0)
    command.set_defaults(call=lambda options: _import(options, bar))


def _import(options: argparse.Namespace, bar: Bar) -> None:
    if bool(options.articles) != bool(options.train):
        raise TrainerError("give --articles and --train together, or neither")
    if options.dev and not options.train:
        raise TrainerError("--dev is measured after --train; give both")
    data = DataSettings(
        articles=tuple(options.articles),
        train=tuple(options.train),
        dev=tuple(options.dev),
        name=options.name,
        licence=options.licence,
        languages=tuple(options.languages),
    )
    # Both are checked again where they are read; here it takes no TensorFlow and no PyTorch.
    from trainer.export.token_files import read_token_files
    from trainer.export.torch_encoder import require_torch

    read_token_files(options.table, options.pieces)
    require_torch()
    from trainer.run.torch_import import TorchFiles, import_torch

    files = TorchFiles(options.encoder, options.table, options.pieces, options.topics)
    found = import_torch(files, options.out, RunSettings(seed=options.seed, data=data), options.recipe, bar)
    encoder, bundle = found.encoder_cosine, found.bundle_cosine
    print(f"encoder: {found.encoder_bytes[found.encoder]:,} bytes as {found.encoder}, of torch {found.exported_by}")
    print(f"cosine to PyTorch on {found.texts} titles: mean, least")
    print(f"  encoder alone       {encoder.mean:.4f}, {encoder.least:.4f}")
    print(f"  with the table      {bundle.mean:.4f}, {bundle.least:.4f}")
    if found.before and found.after:
        before, after = found.before.quality, found.after.quality
        print(f"nDCG@10 on {after.impressions} dev impressions: {after.ndcg10.mean:.4f}")
        print(f"  float32, before     {before.ndcg10.mean:.4f}")
    else:
        print("user encoder and head: as every training starts, for there was no click log")
    print(f"bundle: {options.out / 'news.bundle'} ({found.bytes:,} bytes)")
