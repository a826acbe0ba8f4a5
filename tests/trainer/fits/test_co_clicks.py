"""Co-clicks: what the factorisations find, and that the fit keeps them only where they rank unseen clicks better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytest import approx
from scipy.sparse import csr_array

from edge_runtime import Article, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.data.dataset import Impressions, Ragged
from trainer.errors import ConfigError
from trainer.fits.co_click_fit import fit_co_clicks
from trainer.fits.co_clicks import (
    CONFIDENCE,
    PENALTY,
    association,
    click_matrix,
    factorize_clicks,
    least_squares,
    solved,
    squared_loss,
    truncated_svd,
)
from trainer.intervals import bootstrap
from trainer.measure.evaluation import score_bundle
from trainer.measure.quality import measure
from trainer.settings.config import CoClickSettings

pytestmark = pytest.mark.usefixtures("slow")

CHOSEN = CoClickSettings(dim=4, min_readers=5)
HISTORY_LENGTH = 50


def ragged(rows) -> Ragged:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Ragged(np.array([value for row in rows for value in row], np.int32), offsets)


def impressions_of(users, histories, candidates, clicked, first_s=0) -> Impressions:
    return Impressions(
        ids=[str(number) for number in range(len(users))],
        users=np.array(users, np.int32),
        times=first_s + np.arange(len(users), dtype=np.int64),
        history=ragged(histories),
        candidates=ragged(candidates),
        clicked=np.array([hit for row in clicked for hit in row], bool),
    )


# ------------------------------------------------------------------------------------------------ factorisation


def test_the_matrix_has_every_reader_and_article_once():
    # Reader 0 comes twice with the same history; reader 2 is left out; articles 1 and 3 are one article's two texts.
    log = impressions_of(
        users=[0, 0, 1, 2],
        histories=[[0, 1], [0, 1], [], [0]],
        candidates=[[2, 4], [2, 4], [3, 0], [4, 2]],
        clicked=[[1, 0], [1, 1], [1, 0], [1, 1]],
    )
    clicks = click_matrix(log, np.array([True, True, True, False]), np.array([0, 1, 2, 1, 3]))
    assert clicks.toarray().tolist() == [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 0, 0]]


def test_least_squares_solves_the_normal_equations_by_hand():
    # Y = [[1, 0], [1, 1]], alpha = 1, lambda = 1, the reader clicked article 1 only.
    # Y'Y + I = [[3, 1], [1, 2]]; alpha y1 y1' = [[1, 1], [1, 1]]; together [[4, 2], [2, 3]], of determinant 8.
    # (1 + alpha) y1 = [2, 2]; x = 1/8 [[3, -2], [-2, 4]] [2, 2] = [1/4, 1/2]
    clicks = csr_array(np.array([[0.0, 1.0]]))
    found = solved(clicks, np.array([[1.0, 0.0], [1.0, 1.0]]), confidence=1.0, penalty=1.0)
    assert found.tolist() == [approx([0.25, 0.5])]


def test_the_loss_by_hand():
    # One reader [2], articles [1] and [1], the first clicked; alpha = 3, lambda = 0.5:
    # 4 (1 - 2)^2 + (0 - 2)^2 + 0.5 (2^2 + 1 + 1) = 4 + 4 + 3
    clicks = csr_array(np.array([[1.0, 0.0]]))
    assert squared_loss(clicks, np.array([[2.0]]), np.ones((2, 1)), 3.0, 0.5) == approx(11)


def by_lot(num_readers=40, num_articles=25, share=0.2) -> csr_array:
    drawn = np.random.default_rng(0).random((num_readers, num_articles)) < share
    drawn[:, drawn.sum(axis=0) == 0] = True
    return csr_array(drawn.astype(float))


def test_every_half_sweep_lowers_the_loss():
    clicks = by_lot()
    by_article = csr_array(clicks.T)
    articles, losses = np.random.default_rng(1).normal(size=(25, 6)), []
    for _ in range(8):
        readers = solved(clicks, articles, 10.0, 5.0)
        losses.append(squared_loss(clicks, readers, articles, 10.0, 5.0))
        articles = solved(by_article, readers, 10.0, 5.0)
        losses.append(squared_loss(clicks, readers, articles, 10.0, 5.0))
    assert (np.diff(losses) <= 1e-9).all()


def test_the_association_of_articles_by_hand():
    # Reader 0 opened 0 and 1: one pair, in both orders, counting 1. Reader 1 opened 0, 1 and 2: three pairs that count
    # 1/2 each. Reader 2 opened 3 alone: no pair.
    clicks = csr_array(np.array([[1.0, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1]]))
    # n_01 = 1.5, n_02 = n_12 = 0.5, so that n_0 = n_1 = 2, n_2 = 1, n_3 = 0; smoothed 2^0.75 = 1.682, 1.682, 1 and 0
    total = 2 * 2**0.75 + 1
    found = association(clicks).toarray()
    assert found[0, 1] == approx(np.log(1.5 * total / (2 * 2**0.75)))
    assert found[0, 2] == approx(np.log(0.5 * total / (2 * 1)))
    assert found[2, 0] == approx(np.log(0.5 * total / (1 * 2**0.75)))
    assert not found.diagonal().any() and not found[3].any() and not found[:, 3].any()


def test_articles_that_meet_less_often_than_by_chance_have_no_association():
    # Articles 0 and 1 meet once, but each meets 2 far more often.
    rows = [[1, 1, 0]] + [[1, 0, 1]] * 9 + [[0, 1, 1]] * 9
    assert association(csr_array(np.array(rows, float))).toarray()[0, 1] == 0


def test_the_svd_at_the_full_rank_gives_back_the_matrix():
    matrix = association(by_lot()).toarray()
    matrix = np.hstack([matrix, matrix[:, :1]])[:24]  # the solver gives less than the smaller side
    matrix[-1] = matrix[0] + matrix[1]
    rows, columns = truncated_svd(csr_array(matrix), 23, seed=0)
    assert rows @ columns.T == approx(matrix, abs=1e-9)


def test_a_lower_rank_loses_what_the_left_out_singular_values_hold():
    matrix = association(by_lot())
    rows, columns = truncated_svd(matrix, 10, seed=0)
    values = np.linalg.svd(matrix.toarray(), compute_uv=False)
    # Eckart and Young: the squared error is the sum of the squared singular values left out
    assert np.square(matrix.toarray() - rows @ columns.T).sum() == approx(np.sum(values[10:] ** 2))


@pytest.mark.parametrize("method", ["svd", "als"])
def test_articles_of_the_same_readers_come_to_lie_together(method):
    groups = np.kron(np.eye(2), np.ones((30, 8)))  # 30 readers open any of 8 articles, 30 others any of 8 others
    drawn = groups * (np.random.default_rng(0).random(groups.shape) < 0.5)
    drawn = np.hstack([drawn, np.eye(60)[:, :3]])  # three articles of one reader each
    settings = CoClickSettings(dim=2, method=method, min_readers=5)
    warm, rows = factorize_clicks(csr_array(drawn), settings, seed=0)
    assert warm.tolist() == list(range(16))
    assert np.square(rows).sum(axis=1) == approx(np.ones(16), abs=1e-5)
    assert (rows[:8] @ rows[:8].T).min() > 0.9 and (rows[8:] @ rows[8:].T).min() > 0.9
    assert np.abs(rows[:8] @ rows[8:].T).max() < 0.2
    again = factorize_clicks(csr_array(drawn), settings, seed=0)
    assert (again[1] == rows).all()


def test_a_log_without_enough_warm_articles_has_none():
    warm, rows = factorize_clicks(by_lot(), CoClickSettings(dim=4, min_readers=30), seed=0)
    assert len(warm) == 0 and rows.shape == (0, 4)


def test_least_squares_stop_where_a_sweep_gains_nothing():
    clicks = by_lot()
    articles = least_squares(clicks, 6, seed=0)
    readers = solved(clicks, articles, CONFIDENCE, PENALTY)
    better = solved(csr_array(clicks.T), readers, CONFIDENCE, PENALTY)
    before, after = (squared_loss(clicks, readers, rows, CONFIDENCE, PENALTY) for rows in (articles, better))
    assert after <= before <= after * 1.001


@pytest.mark.parametrize(
    "wrong, said",
    [({"dim": -1}, "dim"), ({"method": "nmf"}, "nmf"), ({"min_readers": 1}, "single reader"), ({"bits": 5}, "bits")],
)
def test_settings_that_cannot_be_are_refused(wrong, said):
    with pytest.raises(ConfigError, match=said):
        CoClickSettings(**wrong)


# ------------------------------------------------------------------------------------------------------ a warm log

NUM_ARTICLES, NUM_COLD, SHOWN = 60, 20, 8
SYLLABLES = ["ka", "mo", "ri", "tu", "ne", "sol", "fim", "der", "wap", "yex", "bul", "gon"]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Titles of made-up words, none of which comes twice: text says nothing. The last NUM_COLD are new ones."""
    rng = np.random.default_rng(5)
    return [
        Article(f"news-{number}", " ".join("".join(rng.choice(SYLLABLES, 3)) + str(number) for _ in range(4)))
        for number in range(NUM_ARTICLES + NUM_COLD)
    ]


def warm_log(num_lists: int, seed: int, first_s: int, preference: float, *, cold: bool = False) -> Impressions:
    """Two groups of readers; even articles are those of one group, odd ones those of the other.

    Args:
        num_lists: Of a new reader each.
        seed: Of everything.
        first_s: Time of the first list.
        preference: Odds that a reader opens an article of the own group rather than one of the other's.
        cold: Whether half of each list is of articles that nobody has opened before.
    """
    rng = np.random.default_rng(seed)
    histories, candidates, clicked = [], [], []
    for reader in range(num_lists):
        odds = np.where(np.arange(NUM_ARTICLES) % 2 == reader % 2, preference, 1.0)
        histories.append(rng.choice(NUM_ARTICLES, 10, replace=False, p=odds / odds.sum()))
        unread = np.setdiff1d(np.arange(NUM_ARTICLES), histories[-1])
        shown = rng.choice(unread, SHOWN, replace=False)
        if cold:
            shown[::2] = rng.choice(np.arange(NUM_ARTICLES, NUM_ARTICLES + NUM_COLD), SHOWN // 2, replace=False)
        candidates.append(shown)
        liked = np.where(shown % 2 == reader % 2, preference, 1.0)
        clicked.append(np.arange(SHOWN) == rng.choice(SHOWN, p=liked / liked.sum()))
    users = np.arange(num_lists) + first_s
    return impressions_of(users, histories, candidates, clicked, first_s)


def scored(bundle, articles, log) -> np.ndarray:
    return score_bundle(bundle, articles, log, lambda _: None)


def with_table(path, table):
    write_bundle(path, replace(read_bundle(DEFAULT_BUNDLE), warm_articles=table))
    return path


@pytest.fixture(scope="module")
def table(articles):
    log = warm_log(300, seed=1, first_s=0, preference=8.0)
    content = scored(DEFAULT_BUNDLE, articles, log)
    return fit_co_clicks(content, log, [a.article_id for a in articles], HISTORY_LENGTH, CHOSEN, seed=0)


def test_readers_of_the_same_articles_say_what_text_cannot(tmp_path, articles, table):
    # A reader's click is one of the own group's articles 8 times out of 9, so that an AUC of about 0.7 can be had.
    later = warm_log(300, seed=2, first_s=1000, preference=8.0)
    bundle = with_table(tmp_path / "warm.bundle", table)
    without, found = (
        np.nanmean(measure(scored(path, articles, later), later)["auc"]) for path in (DEFAULT_BUNDLE, bundle)
    )
    assert without < 0.55
    assert found > without + 0.1
    assert len(table.hashes) == NUM_ARTICLES and table.weight > 0
    assert read_bundle(bundle).member_bytes["warm_articles"] == 16 + NUM_ARTICLES * (4 + 2 + 4 * 4 // 8)


def test_new_articles_are_scored_as_without_co_clicks_bit_for_bit(tmp_path, articles, table):
    later = warm_log(100, seed=3, first_s=1000, preference=8.0, cold=True)
    bundle = with_table(tmp_path / "warm.bundle", table)
    is_cold = later.candidates.values >= NUM_ARTICLES
    without, found = (scored(path, articles, later) for path in (DEFAULT_BUNDLE, bundle))
    assert (found[is_cold] == without[is_cold]).all()
    assert (found[~is_cold] != without[~is_cold]).all()


def test_co_clicks_that_say_nothing_are_left_out(articles):
    log = warm_log(300, seed=1, first_s=0, preference=1.0)
    content = scored(DEFAULT_BUNDLE, articles, log)
    ids = [article.article_id for article in articles]
    assert fit_co_clicks(content, log, ids, HISTORY_LENGTH, CHOSEN, seed=0) is None


def test_co_clicks_are_off_by_default_and_nothing_on_a_cold_log(articles):
    log = warm_log(300, seed=1, first_s=0, preference=8.0)
    ids, scores = [article.article_id for article in articles], np.zeros(len(log.clicked))
    assert fit_co_clicks(scores, log, ids, HISTORY_LENGTH, CoClickSettings(), seed=0) is None
    rare = replace(CHOSEN, min_readers=1000)
    assert fit_co_clicks(scores, log, ids, HISTORY_LENGTH, rare, seed=0) is None


def test_the_weight_is_fitted_to_clicks_that_were_not_factorised(articles):
    """The leak that must not be: were the later clicks factorised too, clicks drawn by lot would seem foreseeable."""
    log = warm_log(60, seed=4, first_s=0, preference=1.0)
    ids, scores = [article.article_id for article in articles], np.zeros(len(log.clicked))
    chosen = CoClickSettings(dim=30, min_readers=2)
    assert fit_co_clicks(scores, log, ids, HISTORY_LENGTH, chosen, seed=0) is None
    numbers, every = np.arange(len(articles)), np.ones(len(log), bool)
    warm, vectors = factorize_clicks(click_matrix(log, every, numbers), chosen, seed=0)
    rows = np.zeros((len(articles), 30))
    rows[warm] = vectors
    leaked = np.concatenate([rows[log.candidates[n]] @ rows[log.history[n]].mean(axis=0) for n in range(len(log))])
    assert bootstrap(measure(leaked, log)["auc"], seed=0).low > 0.6
