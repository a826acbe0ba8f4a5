"""Command line of the trainer; `edge-news-trainer --help` lists the subcommands."""

from __future__ import annotations

import logging
import os

# Before TensorFlow is imported: its start-up lines are of no use to a reader, and results must not depend on threads.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_DETERMINISTIC_OPS", "1")
# Its advice on tracing is for us, not for the one who trains.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

from trainer.command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
