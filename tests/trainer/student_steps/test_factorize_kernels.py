"""Factored kernels: the nearest product of thin matrices, ranks that keep to energy or budget, what it gains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trainer.compression.singular_values import kept_energy, truncated_factors
from trainer.errors import CompressionError, TrainingError
from trainer.measure.scores import all_vectors
from trainer.run.model_files import load_student, save_student
from trainer.student_steps.factorize_kernels import (
    FactorizeKernels,
    factorize_kernels,
    ranks_within,
)
from trainer.training.distillation import teacher_agreement

EVERY = FactorizeKernels().kernels


def some_kernel(rows: int = 12, columns: int = 7) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(rows, columns)).astype(np.float32)


def of_values(values: list[float], rows: int, columns: int) -> np.ndarray:
    """A kernel with these singular values."""
    rng = np.random.default_rng(1)
    left, right = (np.linalg.qr(rng.normal(size=(side, len(values))))[0] for side in (rows, columns))
    return (left * values @ right.T).astype(np.float32)


def count_numbers(student) -> int:
    encoders = (student.model.article_encoder, student.model.user_encoder)
    return sum(value.size for encoder in encoders for value in encoder.numbers().values())


def test_a_budget_goes_where_a_byte_gains_most():
    # 4 x 4: 8 bytes a rank, ranks up to 1, dense 16. 10 x 10: 20 bytes a rank, ranks up to 4, dense 100.
    kernels = {"small": of_values([1, 1], 4, 4), "large": of_values([3, 2, 1], 10, 10)}
    assert ranks_within(kernels, 28) == {"small": 1, "large": 1}
    # Large, rank 2: 4/14 for 20 bytes; small, dense: 1/2 for 8 bytes, which is more a byte.
    assert ranks_within(kernels, 36) == {"large": 1}
    assert ranks_within(kernels, 55) == {"large": 1}
    assert ranks_within(kernels, 56) == {"large": 2}
    assert ranks_within(kernels, 76) == {"large": 3}


@pytest.mark.parametrize("max_bytes", [28, 30, 47, 60, 75, 99, 115, 116, 1000])
def test_a_budget_is_never_passed(max_bytes):
    kernels = {"small": some_kernel(4, 4), "large": some_kernel(10, 10)}
    ranks = ranks_within(kernels, max_bytes)
    sizes = [ranks[name] * sum(kernel.shape) if name in ranks else kernel.size for name, kernel in kernels.items()]
    assert sum(sizes) <= max_bytes
    assert max_bytes < 116 or not ranks  # 16 + 100: all are dense


def test_an_untrained_cut_computes_with_the_nearest_kernels(small):
    parent = small.student
    cut = factorize_kernels(parent, {"article/projection": 8, "user/projection": 3})
    replaced = parent.copy()
    for encoder, rank in ((replaced.model.article_encoder, 8), (replaced.model.user_encoder, 3)):
        left, right = truncated_factors(encoder.projection.numpy(), rank)
        encoder.projection.assign(left @ right)
    assert np.allclose(all_vectors(cut.model), all_vectors(replaced.model), atol=1e-5)
    clicks = all_vectors(parent.model)[:50]
    mine, theirs = (student.model.user_encoder(clicks)[0].numpy() for student in (cut, replaced))
    assert np.allclose(mine, theirs, atol=1e-5)
    assert parent.model.article_encoder.ranks == {}


@pytest.mark.usefixtures("long")
def test_factored_students_have_fewer_numbers_and_still_rank(small, tmp_path):
    parent = small.student
    factored = FactorizeKernels(rank=8)(parent, small.data)
    # 32 x 64 and 64 x 64 in rank 8: 768 of 2,048 and 1,024 of 4,096; 16 x 64: 640 of 1,024; 32 x 16: 384 of 512.
    assert factored.model.article_encoder.ranks == {"projection": 8, "hidden_in": 8, "hidden_out": 8}
    assert factored.model.user_encoder.ranks == {"projection": 8}
    assert count_numbers(parent) - count_numbers(factored) == 1280 + 3072 + 384 + 128
    assert small.ndcg(factored) > small.ndcg(parent) - 0.02
    sizes = []
    for name, student in (("parent", parent), ("factored", factored)):
        sizes.append(small.export(student, tmp_path / name).member_bytes)
    assert sizes[1]["article_encoder"] < sizes[0]["article_encoder"]
    assert sizes[1]["user_encoder"] < sizes[0]["user_encoder"]


def test_trained_factors_are_nearer_to_the_teacher_than_the_cut(small):
    # Of distillation alone: clicks and lists have aims of their own.
    data = replace(small.data, refit=replace(small.data.refit, click_epochs=0.0, list_steps=0))
    step = FactorizeKernels(kernels=("article/projection", "article/hidden_out"), rank=4, epochs=12.0)
    cosines = [
        teacher_agreement(all_vectors(student.model), data.targets, data.rows)
        for student in (replace(step, epochs=0.0)(small.student, data), step(small.student, data))
    ]
    assert cosines[1] > cosines[0] + 0.03


def test_energy_leaves_a_user_projection_near_the_identity_dense(small):
    factored = FactorizeKernels(energy=0.5, epochs=0.0)(small.student, small.data)
    assert factored.model.user_encoder.ranks == {}  # half of 64 equal values are 32, and 32 x 128 numbers no fewer
    for name, rank in factored.model.article_encoder.ranks.items():
        kernel = small.student.model.article_encoder.numbers()[name]
        kept = kept_energy(np.linalg.svd(kernel, compute_uv=False))
        assert kept[rank - 1] >= 0.5
        assert rank == 1 or kept[rank - 2] < 0.5


def test_a_rank_that_saves_nothing_leaves_a_kernel_dense(small):
    # 20 x (32 + 64) = 1,920 numbers are fewer than 2,048; 20 x (16 + 64) = 1,600 are more than 1,024.
    factored = FactorizeKernels(kernels=("article/projection", "article/hidden_out"), rank=20, epochs=0.0)(
        small.student, small.data
    )
    assert factored.model.article_encoder.ranks == {"projection": 20}


def test_a_budget_for_all_kernels_holds(small):
    factored = FactorizeKernels(max_bytes=3000, epochs=0.0)(small.student, small.data)
    numbers = {
        f"{part}/{name}": value
        for part, encoder in (("article", factored.model.article_encoder), ("user", factored.model.user_encoder))
        for name, value in encoder.numbers().items()
    }
    counted = [
        value.size
        for name, value in numbers.items()
        if name.removesuffix("_in").removesuffix("_out") in EVERY or name in EVERY
    ]
    assert 2800 < sum(counted) <= 3000


def test_a_factored_student_comes_back_from_its_file(small, tmp_path):
    factored = FactorizeKernels(rank=5, epochs=0.0)(small.student, small.data)
    save_student(tmp_path / "s.npz", factored, small.run.data.topics)
    again = load_student(tmp_path / "s.npz", small.data.articles, small.run.data.text_topics)
    assert again.model.article_encoder.ranks == factored.model.article_encoder.ranks
    assert again.model.user_encoder.ranks == factored.model.user_encoder.ranks
    assert (all_vectors(again.model) == all_vectors(factored.model)).all()
    assert (all_vectors(factored.copy().model) == all_vectors(factored.model)).all()


def test_masks_of_other_weights_stay(small):
    mask = np.random.default_rng(0).random(small.student.model.text.table.shape) > 0.5
    factored = FactorizeKernels(rank=5, epochs=0.0)(replace(small.student, masks={"table": mask}), small.data)
    assert factored.masks == {"table": mask}


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"rank": 65}, "rank is 65; give 1 to 64"),
        ({"rank": -1}, "rank is -1; give 1 to 64"),
        ({"rank": 4, "max_bytes": 5000}, "give one of them"),
        ({"max_bytes": -5}, "max_bytes is -5"),
        # One number for each row and column: 32 + 64, 32 + 16, 16 + 64, 64 + 64
        ({"max_bytes": 351}, "rank 1 of these kernels takes 352; give at least that"),
        ({"energy": 0.0}, "energy is 0.0"),
        ({"energy": 1.0}, "energy is 1.0"),
        ({"kernels": ()}, "kernels is empty; name some of article/projection"),
        ({"kernels": ("article/topics",)}, "the student has no kernel 'article/topics'; name some of article/project"),
        ({"kernels": ("user/hidden_in",)}, "the student has no kernel 'user/hidden_in'"),
        ({"kernels": ("table",)}, "the student has no kernel 'table'"),
    ],
)
def test_settings_out_of_range_are_refused_before_anything_is_trained(small, settings, reason):
    with pytest.raises(CompressionError, match=f"factorize-kernels: .*{reason}"):
        FactorizeKernels(**settings)(small.student, small.data)


def test_a_kernel_is_factored_once(small):
    once = FactorizeKernels(rank=5, epochs=0.0)(small.student, small.data)
    with pytest.raises(CompressionError, match="article/projection is factored already"):
        FactorizeKernels(rank=3)(once, small.data)


def test_a_pruned_kernel_is_refused(small):
    masks = {"article/projection": np.ones((32, 64), bool)}
    with pytest.raises(CompressionError, match="weights of article/projection are pruned"):
        FactorizeKernels(rank=5)(replace(small.student, masks=masks), small.data)


@pytest.mark.usefixtures("eagerly")
def test_a_diverging_fine_tuning_is_an_error(small):
    data = replace(small.data, targets=np.full_like(small.data.targets, np.nan))
    with pytest.raises(TrainingError, match="the loss became nan"):
        FactorizeKernels(rank=5)(small.student, data)
