"""The factored token table: a narrower one that gives the same vectors as the nearest wide one, then trained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

from trainer.compression.singular_values import kept_energy
from trainer.errors import CompressionError, TrainingError
from trainer.measure.scores import all_vectors
from trainer.run.model_files import load_student, save_student
from trainer.student_steps.factorize_kernels import factorize_kernels
from trainer.student_steps.factorize_table import FactorizeTable, factorize_table, main_axes, rank_within
from trainer.student_steps.quantize import Quantize
from trainer.training.distillation import teacher_agreement

DIM = 32  # of the table of `small`


def directions_of(student, rows) -> np.ndarray:
    return student.model.text(rows).numpy()


def test_axes_are_orthonormal_and_full_rank_changes_nothing(small):
    student = small.student
    _, axes = main_axes(student, small.data.rows)
    assert np.allclose(axes @ axes.T, np.eye(DIM), atol=1e-5)
    turned = factorize_table(student, axes)
    assert np.allclose(all_vectors(turned.model), all_vectors(student.model), atol=1e-4)
    assert not np.allclose(turned.model.text.table.numpy(), student.model.text.table.numpy(), atol=0.1)


@pytest.mark.parametrize("rank", [1, 5, 16, 31])
def test_the_squared_error_of_titles_is_that_of_the_singular_values_left_out(small, rank):
    student, rows = small.student, small.data.rows
    values, axes = main_axes(student, rows)
    titles = directions_of(student, rows)
    cut = titles @ axes[:rank].T @ axes[:rank]
    assert np.square(titles - cut).sum() == approx(np.square(values[rank:]).sum(), rel=1e-3)
    assert np.square(values).sum() == approx((np.abs(titles).max(axis=1) > 0).sum(), rel=1e-4)  # each of length 1


@pytest.mark.parametrize("rank", [3, 16])
def test_the_folded_factor_gives_the_vectors_of_the_nearest_table_of_that_rank(small, rank):
    student = small.student
    axes = main_axes(student, small.data.rows)[1][:rank]
    folded = factorize_table(student, axes)
    unfolded = student.copy()
    unfolded.model.text.table.assign(student.model.text.table.numpy() @ axes.T @ axes)
    assert folded.model.text.table.shape == (len(student.pieces), rank)
    assert folded.model.article_encoder.input_dim == rank
    assert np.allclose(all_vectors(folded.model), all_vectors(unfolded.model), atol=1e-4)
    # V keeps lengths: what is read is the same direction, in other coordinates.
    read = directions_of(folded, small.data.rows) @ axes
    assert np.allclose(read, directions_of(unfolded, small.data.rows), atol=1e-5)


def test_no_other_axes_cost_titles_less(small):
    student, rows = small.student, small.data.rows
    titles = directions_of(student, rows)
    rng = np.random.default_rng(0)
    some = [np.linalg.qr(rng.normal(size=(DIM, 8)))[0].T for _ in range(5)]
    best, *others = (
        np.square(titles - titles @ axes.T @ axes).sum() for axes in (main_axes(student, rows)[1][:8], *some)
    )
    assert all(best < other for other in others)


@pytest.mark.usefixtures("long")
def test_a_factored_table_has_fewer_bytes_and_still_ranks(small, tmp_path):
    parent = small.student
    factored = FactorizeTable(rank=16)(parent, small.data)
    assert small.ndcg(factored) > small.ndcg(parent) - 0.03
    assert parent.model.text.table.shape == (len(parent.pieces), DIM)
    members = []
    for name, student in (("parent", parent), ("factored", factored)):
        rounded = Quantize()(student, small.data)
        bundle = small.export(rounded, tmp_path / name)
        members.append(bundle.member_bytes)
        assert bundle.manifest.token_dim == student.model.article_encoder.input_dim
    num_tokens = len(parent.pieces)
    assert members[0]["token_table"] == num_tokens * (2 + 32)
    assert members[1]["token_table"] == num_tokens * (2 + 16)
    assert members[1]["article_encoder"] < members[0]["article_encoder"]


def test_trained_factors_are_nearer_to_the_teacher_than_the_cut(small):
    # Of distillation alone: clicks and lists have aims of their own.
    data = replace(small.data, refit=replace(small.data.refit, click_epochs=0.0, list_steps=0))
    cosines = [
        teacher_agreement(all_vectors(student.model), data.targets, data.rows)
        for student in (FactorizeTable(rank=16, epochs=epochs)(small.student, data) for epochs in (0.0, 12.0))
    ]
    assert cosines[1] > cosines[0] + 0.003


def test_energy_is_kept_by_the_smallest_rank_that_does(small):
    factored = FactorizeTable(energy=0.7, epochs=0.0)(small.student, small.data)
    rank = factored.model.text.table.shape[1]
    kept = kept_energy(main_axes(small.student, small.data.rows)[0])
    assert kept[rank - 2] < 0.7 <= kept[rank - 1]
    assert 1 < rank < DIM


def test_ranks_of_budgets_by_hand():
    # 100 rows of 2 bytes of scale and one byte a number: 300 bytes for rank 1, 1,800 for rank 16.
    budgets = (300, 399, 400, 1799, 1800, 1_000_000)
    assert [rank_within(100, 32, budget) for budget in budgets] == [1, 1, 2, 15, 16, 32]


def test_a_budget_holds_in_int8(small):
    factored = FactorizeTable(max_bytes=20_000, epochs=0.0)(small.student, small.data)
    table = Quantize()(factored, small.data).stored.table
    assert 20_000 - len(factored.pieces) < len(table.to_bytes()) <= 20_000


def test_a_student_without_hidden_layer_is_narrowed_too(small):
    student = small.student
    encoder = type(student.model.article_encoder)(DIM, 0, student.model.article_encoder.dim, len(small.run.data.topics))
    encoder.projection.assign(student.model.article_encoder.projection)
    linear = student.changed(article_encoder=encoder)
    axes = main_axes(linear, small.data.rows)[1]
    assert np.allclose(all_vectors(factorize_table(linear, axes).model), all_vectors(linear.model), atol=1e-4)


def test_a_factored_student_comes_back_from_its_file(small, tmp_path):
    factored = FactorizeTable(rank=5, epochs=0.0)(small.student, small.data)
    save_student(tmp_path / "s.npz", factored, small.run.data.topics)
    again = load_student(tmp_path / "s.npz", small.data.articles, small.run.data.text_topics)
    assert again.model.article_encoder.input_dim == 5
    assert (all_vectors(again.model) == all_vectors(factored.model)).all()


def test_masks_of_weights_that_stay_as_they_are_stay(small):
    mask = np.random.default_rng(0).random((16, 64)) > 0.5
    pruned = replace(small.student, masks={"article/hidden_out": mask})
    assert FactorizeTable(rank=5, epochs=0.0)(pruned, small.data).masks == {"article/hidden_out": mask}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"rank": 33}, "rank is 33; give 1 to 32"),
        ({"rank": -1}, "rank is -1; give 1 to 32"),
        ({"rank": 4, "max_bytes": 50_000}, "give one of them"),
        ({"max_bytes": -1}, "max_bytes is -1"),
        ({"energy": 0.0}, "energy is 0.0"),
        ({"energy": 1.0}, "energy is 1.0"),
    ],
)
def test_settings_out_of_range_are_refused_before_anything_is_trained(small, settings, reason):
    with pytest.raises(CompressionError, match=f"factorize-table: .*{reason}"):
        FactorizeTable(**settings)(small.student, small.data)


def test_a_budget_that_cannot_be_met_names_the_smallest(small):
    smallest = 3 * len(small.student.pieces)
    with pytest.raises(CompressionError, match=f"one number and its scale take {smallest}; give at least that"):
        FactorizeTable(max_bytes=smallest - 1)(small.student, small.data)
    smaller = FactorizeTable(max_bytes=smallest, epochs=0.0)(small.student, small.data)
    assert smaller.model.text.table.shape[1] == 1


@pytest.mark.parametrize("name", ["projection", "hidden_in"])
def test_a_factored_kernel_behind_the_table_is_refused(small, name):
    factored = factorize_kernels(small.student, {f"article/{name}": 4})
    with pytest.raises(
        CompressionError, match=f"article/{name}, which reads the table, is factored; put factorize-tab"
    ):
        FactorizeTable(rank=5)(factored, small.data)


@pytest.mark.parametrize("name", ["table", "article/projection", "article/hidden_in"])
def test_pruned_weights_that_would_be_filled_again_are_refused(small, name):
    with pytest.raises(CompressionError, match=f"weights of {name} are pruned"):
        FactorizeTable(rank=5)(replace(small.student, masks={name: np.ones((1, 1), bool)}), small.data)


@pytest.mark.usefixtures("eagerly")
def test_a_diverging_fine_tuning_is_an_error(small):
    data = replace(small.data, targets=np.full_like(small.data.targets, np.nan))
    with pytest.raises(TrainingError, match="the loss became nan"):
        FactorizeTable(rank=5)(small.student, data)
