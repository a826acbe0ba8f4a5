"""How a study's command ends, whatever happens: what went wrong as one line, and that it can go on."""

from __future__ import annotations

import sys
from collections.abc import Callable

from edge_runtime import EdgeError
from trainer.errors import TrainerError


def exit_status(study: str, unit: str, work: Callable[[], int]) -> int:
    """Do the work.

    Args:
        study: Its name, before an error.
        unit: What is finished one after the other, and is not done again.
        work: Gives the status where nothing goes wrong.

    Returns:
        What `work` gave; 1 for an error that was explained, 130 for an interruption.
    """
    try:
        return work()
    except (TrainerError, EdgeError, ValueError, OSError) as error:
        print(f"{study}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\ninterrupted; the same command goes on from the last finished {unit}", file=sys.stderr)
        return 130
