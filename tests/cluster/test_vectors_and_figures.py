"""Vectors by a bundle and figures of a log are on Ray what one process gives."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from edge_runtime.installation import DEFAULT_BUNDLE
from tests.cluster.engines import NEEDS_RAY
from tests.cluster.faults import dying_once
from tests.cluster.job import hash_of, make_log
from tests.trainer.data.test_catalogue import bytes_in
from tests.trainer.measure.test_scoring import scores
from trainer.data.catalogue import ArticleEncoding, encode_catalogue
from trainer.data.corpus import load_corpus, write_articles
from trainer.data.prepare import OpenRunner
from trainer.data.runner import LocalRunner
from trainer.export.bundle_vectors import BundleEncoding
from trainer.measure.scoring import Share

pytestmark = [pytest.mark.cluster, NEEDS_RAY]


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / "articles.jsonl"
    write_articles(path, load_corpus()[:600])
    return path


def encoded(articles: Path, encoding: ArticleEncoding, out: Path, runner: OpenRunner) -> dict[str, bytes]:
    encode_catalogue([articles], encoding, out, runner, 0.0, block_bytes=20_000)
    return bytes_in(out)


def test_a_bundles_vectors_are_those_of_one_process_though_a_worker_dies(
    ray_engine: OpenRunner, articles: Path, tmp_path: Path
):
    encoding = BundleEncoding.of(DEFAULT_BUNDLE)
    alone = encoded(articles, encoding, tmp_path / "alone", partial(LocalRunner, workers=1))
    (tmp_path / "out.partial" / "shards").mkdir(parents=True)  # where it leaves half a shard of something else
    assert encoded(articles, encoding, tmp_path / "ray", dying_once(ray_engine, tmp_path / "mark")) == alone
    assert (tmp_path / "mark").exists()


def test_figures_are_those_of_one_process_to_the_last_digit(ray_engine: OpenRunner, tmp_path: Path):
    hash_of(make_log(tmp_path), tmp_path / "one", buckets=1)
    hash_of(make_log(tmp_path), tmp_path / "seven", buckets=7)
    (tmp_path / "work").mkdir()
    with ray_engine(tmp_path / "work") as runner:
        assert scores(tmp_path / "seven", Share(runner, tmp_path / "work")) == scores(tmp_path / "one")
