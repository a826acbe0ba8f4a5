"""Commands that are installed with the runtime, but whose packages come with a checkout alone."""

from __future__ import annotations

import sys
from importlib import import_module

_TRAINER = "trainer.__main__"


def trainer() -> int:
    """`edge-news-trainer`; 1 where the trainer is not there, else what it gives."""
    try:
        main = import_module(_TRAINER).main
    except ModuleNotFoundError as error:
        # Another project may have a package of this name, without that module.
        if error.name not in ("trainer", _TRAINER):
            raise
        print(
            "edge-news-trainer: the trainer is not part of this installation; it comes with the checkout: "
            "in it, pip install --editable '.[trainer]'",
            file=sys.stderr,
        )
        return 1
    return int(main())
