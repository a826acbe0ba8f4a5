"""Dense kernels as the product of two thin ones, which start from a truncated SVD and are trained.

Only what becomes smaller is factored: rank r of an m x n kernel takes r (m + n) numbers instead of m n. A user
projection that is still near the identity, where it starts, has no low rank. `energy` leaves it dense, but `rank` and a
tight `max_bytes` ruin it. Its factors are larger once deflated than it was. Name it in `kernels` only with `energy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from trainer.compression.singular_values import (
    Floats,
    kept_energy,
    largest_useful_rank,
    rank_of_energy,
    truncated_factors,
)
from trainer.errors import CompressionError
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.settings.ranges import Bytes, Epochs, Extra, Kept
from trainer.student_steps.low_rank import check_aims, refuse_pruned
from trainer.student_steps.step import fine_tune
from trainer.training.student import Student
from trainer.training.student_data import StudentData

KERNELS = ("projection", "hidden_in", "hidden_out")  # of an encoder, those that may be the product of two


@dataclass(frozen=True, slots=True)
class FactorizeKernels:
    """Factor kernels, then fine-tune; a kernel whose factors would not be smaller than itself is left dense."""

    method: ClassVar[str] = "factorize-kernels"
    kernels: tuple[str, ...] = ("article/projection", "article/hidden_in", "article/hidden_out", "user/projection")
    rank: Extra = 0  # of every kernel; 0: by `max_bytes` or `energy`
    energy: Kept = 0.9  # share of a kernel's squared singular values to be kept, if neither of the others is given
    max_bytes: Bytes = 0  # of all these kernels together, one byte a number as in int8; 0: by `rank` or `energy`
    epochs: Epochs = 4.0  # of fine-tuning

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student with some dense kernels as products of two smaller ones, fine-tuned."""
        kernels = named_kernels(student, self.kernels)
        most = max(min(kernel.shape) for kernel in kernels.values())
        check_aims(self.method, self.rank, most, self.energy, self.max_bytes)
        if self.max_bytes:
            ranks = ranks_within(kernels, self.max_bytes)
        else:
            wanted = {
                name: self.rank or rank_of_energy(_singular_values(kernel), self.energy)
                for name, kernel in kernels.items()
            }
            ranks = {name: rank for name, rank in wanted.items() if rank <= largest_useful_rank(kernels[name])}
        smaller = factorize_kernels(student, ranks)
        fine_tune(smaller, data, self.epochs, self.method)
        return smaller


def named_kernels(student: Student, names: tuple[str, ...]) -> dict[str, Floats]:
    """Dense kernels by names such as `article/hidden_in`.

    Returns:
        By name, (inputs, outputs) float32.

    Raises:
        CompressionError: No name is given, or one that the student has not, or that of a kernel that is factored.
    """
    encoders = {"article": student.model.article_encoder, "user": student.model.user_encoder}
    numbers = {
        f"{part}/{name}": value for part, encoder in encoders.items() for name, value in encoder.numbers().items()
    }
    dense = {name: value for name, value in numbers.items() if name.partition("/")[2] in KERNELS}
    if not names:
        raise CompressionError(f"factorize-kernels: kernels is empty; name some of {', '.join(dense)}")
    for name in names:
        if name + "_in" in numbers and name not in dense:
            raise CompressionError(f"factorize-kernels: {name} is factored already; leave it out of kernels")
        if name not in dense:
            raise CompressionError(
                f"factorize-kernels: the student has no kernel {name!r}; name some of {', '.join(dense)}"
            )
    return {name: dense[name] for name in names}


def ranks_within(kernels: Mapping[str, Floats], max_bytes: int) -> dict[str, int]:
    """Ranks that fit a budget of one byte a number, greedily.

    Every kernel begins with its smallest form. Then, again and again, one kernel gets another rank or becomes dense:
    where a byte gains most of a kernel's own energy, among what still fits.

    Args:
        kernels: Dense ones.
        max_bytes: For all of them.

    Returns:
        Ranks of the kernels that are to be factored, by name; the others stay dense.

    Raises:
        CompressionError: Not even the smallest forms fit.
    """
    forms = {name: _forms(kernel) for name, kernel in kernels.items()}
    chosen = dict.fromkeys(forms, 0)
    left = max_bytes - sum(sizes[0] for sizes, _ in forms.values())
    if left < 0:
        raise CompressionError(
            f"factorize-kernels: max_bytes is {max_bytes}, but rank 1 of these kernels takes {max_bytes - left}; "
            "give at least that, or name fewer kernels"
        )
    while True:
        best, best_gain = None, 0.0
        for name, (sizes, energies) in forms.items():
            now = chosen[name]
            for form in {now + 1, len(sizes) - 1} if now + 1 < len(sizes) else ():
                cost = sizes[form] - sizes[now]
                gain = (energies[form] - energies[now]) / cost
                if cost <= left and gain > best_gain:
                    best, best_gain = (name, form, cost), gain
        if best is None:
            break
        name, chosen[name], left = best[0], best[1], left - best[2]
    return {name: form + 1 for name, form in chosen.items() if form < len(forms[name][0]) - 1}


def _forms(kernel: Floats) -> tuple[list[int], list[float]]:
    """Bytes and energy of the kernel with rank 1, 2, ... as long as that is smaller, and dense."""
    rows, columns = kernel.shape
    ranks = range(1, largest_useful_rank(kernel) + 1)
    energies = kept_energy(_singular_values(kernel))
    return [rank * (rows + columns) for rank in ranks] + [rows * columns], [*energies[: len(ranks)].tolist(), 1.0]


def factorize_kernels(student: Student, ranks: Mapping[str, int]) -> Student:
    """Cut kernels to the best factors of some ranks; nothing is trained.

    Args:
        student: The one given keeps its weights.
        ranks: By names of `named_kernels`.

    Raises:
        CompressionError: Weights of such a kernel are pruned.
    """
    refuse_pruned("factorize-kernels", student, ranks)
    by_part: dict[str, dict[str, int]] = {"article": {}, "user": {}}
    for name, rank in ranks.items():
        part, _, kernel = name.partition("/")
        by_part[part][kernel] = rank
    article, user = student.model.article_encoder, student.model.user_encoder
    new_article, new_user = None, None
    if by_part["article"]:
        every = article.ranks | by_part["article"]
        new_article = ArticleEncoder(article.input_dim, article.hidden, article.dim, article.num_topics, every)
        new_article.set_numbers(_factored(article.numbers(), by_part["article"]))
    if by_part["user"]:
        new_user = UserEncoder(user.dim, user.hidden, user.ranks | by_part["user"])
        new_user.set_numbers(_factored(user.numbers(), by_part["user"]))
    return replace(student.changed(article_encoder=new_article, user_encoder=new_user), masks=student.masks)


def _factored(numbers: Mapping[str, Floats], ranks: Mapping[str, int]) -> dict[str, Floats]:
    changed = dict(numbers)
    for name, rank in ranks.items():
        changed[name + "_in"], changed[name + "_out"] = truncated_factors(changed.pop(name), rank)
    return changed


def _singular_values(kernel: Floats) -> Floats:
    values: Floats = np.linalg.svd(kernel, compute_uv=False)
    return values
