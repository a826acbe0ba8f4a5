"""The trainer's command line as a process: its environment, its streams, and how it ends."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from trainer.cli.command_line import main

ROOT = Path(__file__).parents[3]
TRAINER = [sys.executable, "-m", "trainer"]
# Without PYTHONUNBUFFERED: argparse keeps quiet about what it cannot write at once.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"} | {
    "PYTHONPATH": str(ROOT)
}
SIMULATE = [*TRAINER, "simulate", "--readers", "20", "--days", "3"]


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {**ENVIRONMENT, **options.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run(
        list(map(str, arguments)), capture_output=True, text=True, env=environment, timeout=120, **options
    )  # type: ignore[call-overload]


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done
    assert done.stderr.startswith("edge-news-trainer: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.slow
def test_settings_of_another_project_do_not_choose_backend_or_precision(tmp_path):
    (tmp_path / "keras.json").write_text('{"floatx": "float64", "backend": "jax", "epsilon": 0.1}')
    program = (
        "from trainer.cli.environment import set_environment; set_environment(); import keras\n"
        "print(keras.backend.backend(), keras.config.floatx(), keras.config.epsilon())"
    )
    others = {
        "KERAS_BACKEND": "torch",
        "KERAS_HOME": str(tmp_path),
        "KERAS_MAX_EPOCHS": "many",
        "TF_USE_LEGACY_KERAS": "1",
    }
    assert run(sys.executable, "-c", program, env=others).stdout == "tensorflow float32 1e-07\n"
    assert [path.name for path in tmp_path.iterdir()] == ["keras.json"]


def test_a_file_that_grows_too_large_ends_in_one_sentence(tmp_path):
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    out = tmp_path / "log"
    said = one_sentence(run(*SIMULATE, "--out", out, preexec_fn=little_room))
    assert f"{out} or " in said and "File too large; free some space there" in said


def test_a_folder_of_another_owner_ends_in_one_sentence(tmp_path):
    # Root of a namespace of its own may not either.
    if os.geteuid() or Path("/proc/self/uid_map").read_text("ascii").split()[2] == "1":
        pytest.skip("only root may become somebody else")
    tmp_path.chmod(0o755)
    out = tmp_path / "log"
    out.mkdir()
    # As nobody, who has no rights in pytest's folder either, so that imports come from a folder all may read.
    program = (
        "import os, sys; from trainer.__main__ import main; import trainer.cli.command_line, trainer.data.simulate\n"
        "os.setuid(65534); sys.exit(main(sys.argv[1:]))"
    )
    done = run(sys.executable, "-c", program, *SIMULATE[3:], "--out", out)
    assert f"{out}: cannot be written: Permission denied; choose another --out" in one_sentence(done)


def test_a_reader_of_the_output_that_has_gone_is_told_and_is_no_success(tmp_path):
    gone, ours = os.pipe()
    os.close(gone)
    with os.fdopen(ours, "w") as nobody:
        done = subprocess.run(
            [*SIMULATE, "--out", tmp_path / "log"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
    assert "standard output was closed before all was written" in one_sentence(done)
    assert (tmp_path / "log" / "impressions.jsonl").stat().st_size


def test_help_to_a_reader_that_has_gone_leaves_no_traceback():
    gone, ours = os.pipe()
    os.close(gone)
    with os.fdopen(ours, "w") as nobody:
        done = subprocess.run(
            [*TRAINER, "--help"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
    assert "standard output was closed" in one_sentence(done)


def test_a_full_standard_output_ends_in_one_sentence(tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*SIMULATE, "--out", tmp_path / "log"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
    assert " or standard output: No space left on device; free" in one_sentence(done)


def test_closed_streams_take_no_file_their_number(tmp_path):
    command = [*SIMULATE, "--out", str(tmp_path / "log")]
    done = run("bash", "-c", f"{' '.join(map(str, command))} >&- 2>&- <&-")
    assert done.returncode == 0
    rows = (tmp_path / "log" / "impressions.jsonl").read_text("utf-8").splitlines()
    assert all(json.loads(row)["user_id"] for row in rows)


def test_a_path_that_the_terminal_cannot_print_is_told_by_numbers(tmp_path):
    done = run(*SIMULATE, "--out", tmp_path / "ü, 新闻", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.rstrip().endswith(r"\xfc, \u65b0\u95fb")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dev-share", "3"], "settings: data: dev_share is 3.0; give more than 0, and less than 1"),
        (["--max-bad", "nan"], "settings: data: max_bad_share is nan; give 0 or more, and at most 1"),
        (["--vocabulary", "0"], "settings: student: distillation: vocabulary_size is 0; give 1 or more"),
    ],
)
@pytest.mark.usefixtures("slow")
def test_options_are_held_to_the_ranges_of_the_settings(tmp_path, capsys, arguments, message):
    log = ["--articles", "a", "--train", "b", "--out", str(tmp_path / "run"), "--vectors", str(tmp_path)]
    assert main(["prepare", *log, *arguments]) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
