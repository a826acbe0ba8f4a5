"""The folder of text vectors that runs share: where it is, and what happens where it cannot be."""

from pathlib import Path

import pytest

from trainer.cli.command_line import _parser, _settings
from trainer.errors import ConfigError
from trainer.settings.config import load_settings, save_settings
from trainer.settings.shared_vectors import usual_folder, writable


@pytest.mark.parametrize(("named", "folder"), [("/x", "/x"), ("", "/home/me/.cache"), ("relative", "/home/me/.cache")])
def test_it_is_in_the_users_cache(monkeypatch, named, folder):
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    monkeypatch.setenv("HOME", "/home/me")
    assert usual_folder() == Path(folder) / "edge-news" / "vectors"


def test_it_is_made_and_left_empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = writable(Path("a/b"))
    assert folder == tmp_path / "a" / "b" and not list(folder.iterdir())


def test_a_place_that_cannot_be_written_is_refused_by_name(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="file/folder: cannot be written: Not a directory"):
        writable(tmp_path / "file" / "folder")


def options(out, *more):
    return _parser().parse_args(["run", "--out", str(out), "--articles", "a", "--train", "b", *more])


def test_a_run_keeps_the_folder_that_it_was_given(tmp_path):
    chosen = str(tmp_path / "shared")
    save_settings(_settings(options(tmp_path, "--vectors", chosen)), tmp_path / "settings.json")
    assert load_settings(tmp_path / "settings.json").vectors == chosen
    assert _settings(options(tmp_path)).vectors == chosen


def test_without_a_folder_that_can_be_written_a_run_has_its_own_and_says_so(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert _settings(options(tmp_path, "--vectors", str(tmp_path / "file"))).vectors == ""
    told = capsys.readouterr().err
    assert "cannot be written" in told and "kept in --out" in told and told.count("\n") == 1
