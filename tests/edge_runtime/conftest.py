from __future__ import annotations

import functools
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_runtime import Article, NewsModel, Reader, demo_articles, read_bundle

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_article():
    def make(article_id: str, title: str, age_h: float = 3, **fields: str) -> Article:
        return Article(article_id=article_id, title=title, published=NOW - timedelta(hours=age_h), **fields)

    return make


@functools.cache
def loaded(bundle: Path, engine: str | None) -> NewsModel:
    """One model for all calls: a process reads it once, but these tests are hundreds of processes in one."""
    return NewsModel(read_bundle(bundle), engine)


@pytest.fixture
def one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers have the model of their bundle from the first that opened it."""
    monkeypatch.setattr("edge_runtime.reader.read_bundle", lambda path: path)
    monkeypatch.setattr("edge_runtime.reader.NewsModel", loaded)


@pytest.fixture
def reader(tmp_path: Path, one_model: None) -> Iterator[Reader]:
    with Reader.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the demo's articles; take a copy."""
    data = tmp_path_factory.mktemp("demo") / "data"
    with Reader.open(data) as reader:
        reader.add(demo_articles(NOW), NOW)
    return data


@pytest.fixture
def full(demo_data: Path, tmp_path: Path, one_model: None) -> Iterator[Reader]:
    """A reader with the demo's articles."""
    with Reader.open(Path(shutil.copytree(demo_data, tmp_path / "data"))) as opened:
        yield opened
