"""Accounts on the command line: a secret comes from a file, standard input or the terminal, and is shown nowhere."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import pytest

from tests.edge_runtime.accounts.miniflux_double import KEY, MinifluxDouble

pytestmark = pytest.mark.server
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def double():
    made = MinifluxDouble(lambda: NOW)
    made.add(1)
    yield made
    made.close()


def test_an_account_is_added_synced_listed_and_removed(edge_news, double, tmp_path, monkeypatch):
    assert "no accounts" in edge_news.text("account", "list")
    address = f"miniflux+{double.url}"
    assert "--secret-file" in edge_news.refused("account", "add", address)  # no terminal here
    (tmp_path / "key").write_text(f"{KEY}\n")
    said = edge_news.text("account", "add", address, "--secret-file", str(tmp_path / "key"))
    assert "logged in" in said and "Over http" in said
    kept = edge_news.data / "accounts.json"
    assert KEY in kept.read_text() and stat.S_IMODE(kept.stat().st_mode) == 0o600
    synced = edge_news.json("sync")
    assert synced["added"] == 1 and synced["accounts"] == [] and len(synced["feeds"]) == 2
    assert "synced 2026-11-24 12:00" in edge_news.text("account", "list")
    assert "Title & number 1" in edge_news.text("feed")
    double.before = lambda method, target: (503, "")
    failed = edge_news.text("sync", "--force", status=1, now="2026-11-24T13:00:00Z")
    assert failed.count("the server asks for patience") == 1 and "2 failed" not in failed
    listed = edge_news.text("account", "list") + edge_news.text("--json", "account", "list")
    assert KEY not in listed + said + failed and "patience" in listed
    assert "articles and what you did" in " ".join(edge_news.text("account", "remove", "1").split())
    assert edge_news.json("account", "list")["accounts"] == [] and edge_news.json("feeds")["feeds"] == []
    assert KEY not in kept.read_text() and "Title & number 1" in edge_news.text("latest")


def test_a_secret_typed_or_piped_is_taken_and_erasing_everything_leaves_none(edge_news, double, monkeypatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(KEY))
    edge_news.text("account", "add", f"miniflux+{double.url}", "--secret-file", "-")
    monkeypatch.setattr("edge_runtime.cli.account.sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("edge_runtime.cli.account.getpass.getpass", lambda asked: "wrong")
    edge_news.text("account", "add", f"miniflux+{double.url}", status=1)
    assert "refuses user or secret" in " ".join(edge_news.err.split())
    assert "still has its marks" in edge_news.text("erase", "--yes")
    assert "account" not in edge_news.text("erase", "--everything", "--yes")
    assert not (edge_news.data / "accounts.json").exists() and edge_news.json("account", "list")["accounts"] == []
