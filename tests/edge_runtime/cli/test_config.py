"""The file of settings, and what goes over it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from edge_runtime.cli.command_line import main
from edge_runtime.cli.config import Config, ConfigError, config_path, data_directory, read_config


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Writes the file where the program looks for it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config" / "edge-news" / "config.toml"
    file.parent.mkdir(parents=True)
    assert config_path() == file
    return file


def test_without_a_file_all_is_as_usual(settings):
    assert read_config(settings) == read_config(settings / "under a file") == read_config(None) == Config()


def test_a_home_that_is_closed_to_this_user_holds_no_settings_but_a_closed_file_is_an_error(settings, monkeypatch):
    """As after `sudo -u news edge-news --data DIR`, which keeps the HOME of another user."""

    def closed(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", closed)
    settings.write_text("limit = 2")
    with pytest.raises(PermissionError):
        read_config(settings)
    monkeypatch.setattr(Path, "lstat", closed)
    assert read_config(settings) == Config()


def test_every_setting_is_read(settings):
    settings.write_text('data = "/srv/news"\nlimit = 2\ncolour = "never"\npager = "less -S"\n')
    assert read_config(settings) == Config(data="/srv/news", limit=2, colour="never", pager="less -S")


def test_the_command_line_goes_over_the_environment_and_that_over_the_file(monkeypatch, tmp_path):
    config = Config(data="~/news")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("EDGE_NEWS_DATA", raising=False)
    assert data_directory(None, config) == tmp_path / "news"
    monkeypatch.setenv("EDGE_NEWS_DATA", "/srv/news")
    assert data_directory(None, config) == Path("/srv/news")
    assert data_directory(Path("here"), config) == Path("here")


def test_a_relative_data_directory_is_refused_and_a_relative_home_not_believed(monkeypatch):
    monkeypatch.setattr("pwd.getpwuid", lambda user: SimpleNamespace(pw_dir="/home/ann"))
    for home in ("", "somewhere"):
        monkeypatch.setenv("HOME", home)
        for named in ("~/news", "/home/ann/news"):
            monkeypatch.setenv("EDGE_NEWS_DATA", named)
            assert data_directory(None, Config()) == Path("/home/ann/news")
        monkeypatch.delenv("EDGE_NEWS_DATA")
        assert data_directory(None, Config(data="~/news")) == Path("/home/ann/news")
        assert data_directory(None, Config(data="~")) == Path("/home/ann")
    for named in ("news", "./news", "~no-such-user/news"):
        monkeypatch.setenv("EDGE_NEWS_DATA", named)
        with pytest.raises(ConfigError, match=f"EDGE_NEWS_DATA = '{named}'; give an absolute path"):
            data_directory(None, Config())
        assert data_directory(Path("news"), Config()) == Path("news")  # said for this one call


def test_lists_are_as_long_as_the_file_says_unless_the_command_line_says_it(stocked, settings):
    settings.write_text("limit = 2")
    assert len(stocked.json("feed")["articles"]) == len(stocked.json("latest")["articles"]) == 2
    assert len(stocked.json("feed", "--limit", "3")["articles"]) == 3
    assert len(stocked.json("digest", "--peek")["articles"]) > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("limt = 3", "config.toml: no setting 'limt'; did you mean `limit`?"),
        ("zzz = 3", "config.toml: no setting 'zzz'; known are data, limit, articles, colour, pager"),
        ('limit = "3"', "config.toml: limit = '3'; give a whole number of 1 or more"),
        ("limit = true", "config.toml: limit = True; give a whole number of 1 or more"),
        ("limit = 0", "config.toml: limit = 0; give"),
        ('data = "news"', "config.toml: data = 'news'; give an absolute path"),
        ('colour = "red"', "config.toml: colour = 'red'; give one of auto, always, never"),
        ("colour = [1]", "config.toml: colour = [1]; give one of"),
        ("pager = false", "config.toml: pager = False; give a command, in quotes"),
        ("limit = ", "config.toml: no TOML: Invalid value (at end of document)"),
        ("a\xff", "config.toml: no TOML: 'utf-8' codec"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_status_two(settings, capsys, text, said):
    settings.write_bytes(text.encode("latin-1"))
    assert main(["feed"]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and said in captured.err
    with pytest.raises(SystemExit) as caught:  # what mends it can still be read
        main(["--help"])
    assert caught.value.code == 0
