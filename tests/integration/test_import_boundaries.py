from __future__ import annotations

import subprocess
import sys


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(' '.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_runtime_ranks_without_tensorflow_keras_trainer_or_kivy(tmp_path):
    loaded = loaded_by(
        "from datetime import UTC, datetime; from pathlib import Path; from edge_runtime import *\n"
        f"now = datetime.now(UTC); r = Reader.open(Path({str(tmp_path)!r})); r.add(demo_articles(now), now)\n"
        "assert len(r.feed(now)) > 100"
    )
    assert not loaded & {"tensorflow", "keras", "trainer", "kivy", "tokenizers", "pyarrow", "sklearn"}


def test_the_trainer_never_loads_tflite_runtime():
    assert "tflite_runtime" not in loaded_by("import trainer.run.stages, trainer.export.bundle")
