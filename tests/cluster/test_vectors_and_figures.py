"""Vectors by a bundle and figures of a log are on Ray what one process gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from edge_runtime.installation import DEFAULT_BUNDLE
from tests.cluster.faults import dying_once
from tests.cluster.job import hash_of, make_log
from tests.cluster.machines import short_folder
from tests.trainer.data.test_catalogue import bytes_in
from tests.trainer.measure.test_scoring import scores
from trainer.clusters.ray_runner import RayRunner
from trainer.data.catalogue import ArticleEncoding, encode_catalogue
from trainer.data.corpus import load_corpus, write_articles
from trainer.data.prepare import OpenRunner
from trainer.data.runner import LocalRunner
from trainer.export.bundle_vectors import BundleEncoding
from trainer.measure.scoring import Share

ray = pytest.importorskip("ray", reason="RAY IS NOT INSTALLED: make setup-cluster")
pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def engine() -> Iterator[None]:
    """An engine on this machine, which runners find running."""
    with short_folder() as folder:
        ray.init(
            address="local", num_cpus=2, include_dashboard=False, object_store_memory=100_000_000, _temp_dir=folder
        )
        yield
        ray.shutdown()


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / "articles.jsonl"
    write_articles(path, load_corpus()[:600])
    return path


def encoded(articles: Path, encoding: ArticleEncoding, out: Path, runner: OpenRunner) -> dict[str, bytes]:
    encode_catalogue([articles], encoding, out, runner, 0.0, block_bytes=20_000)
    return bytes_in(out)


def test_a_bundles_vectors_are_those_of_one_process_though_a_worker_dies(engine: None, articles: Path, tmp_path: Path):
    encoding = BundleEncoding.of(DEFAULT_BUNDLE)
    alone = encoded(articles, encoding, tmp_path / "alone", partial(LocalRunner, workers=1))
    (tmp_path / "out.partial" / "shards").mkdir(parents=True)  # where it leaves half a shard of something else
    assert encoded(articles, encoding, tmp_path / "ray", dying_once(RayRunner, tmp_path / "mark")) == alone
    assert (tmp_path / "mark").exists()


def test_figures_are_those_of_one_process_to_the_last_digit(engine: None, tmp_path: Path):
    hash_of(make_log(tmp_path), tmp_path / "one", buckets=1)
    hash_of(make_log(tmp_path), tmp_path / "seven", buckets=7)
    (tmp_path / "work").mkdir()
    with RayRunner(tmp_path / "work") as runner:
        assert scores(tmp_path / "seven", Share(runner, tmp_path / "work")) == scores(tmp_path / "one")
