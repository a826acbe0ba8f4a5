"""The step that chooses a bundle's formats: what it gains and costs, and that the student is what the bundle is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from edge_runtime.model.token_table import all_rows
from tests.trainer.neighbours import neighbour_recall
from trainer.errors import CompressionError
from trainer.export import bundle as export
from trainer.export.tflite import ENCODER_KINDS, convert_encoder
from trainer.measure.scores import all_vectors
from trainer.models.overlay import TABLE, named_weights
from trainer.run.model_files import load_student, save_student
from trainer.student_steps.quantize import Quantize

PARTS = {"table": "parts", "parts": 8, "bits": 6}
TABLES = {  # the largest first: settings, nDCG@10 that may be lost, top-10 neighbours that have to stay
    "float32": ({"table": "float32"}, 0.0, 1.0),
    "float16": ({"table": "float16"}, 0.001, 0.995),
    "int8": ({"table": "int8"}, 0.003, 0.97),
    "int4": ({"table": "int4"}, 0.006, 0.8),
    "int3": ({"table": "int3"}, 0.01, 0.7),
    "int2": ({"table": "int2"}, 0.015, 0.5),
    "parts": (PARTS, 0.02, 0.4),
}


@pytest.fixture(scope="module")
def parent(small):
    """The student before quantization; no test changes it."""
    return small.student


@pytest.fixture(scope="module")
def quantized(parent, small):
    """It in every kind of table, its encoders as they were trained."""
    return {
        name: Quantize(**settings, encoders="float32")(parent, small.data) for name, (settings, _, _) in TABLES.items()
    }


@pytest.fixture(scope="module")
def ndcg(parent, small):
    """Its mean nDCG@10 on dev."""
    return small.ndcg(parent)


@pytest.fixture(scope="module")
def vectors(parent, quantized):
    """All article vectors of each, and of the parent by the name "parent"."""
    return {name: all_vectors(student.model) for name, student in {"parent": parent, **quantized}.items()}


@pytest.fixture(scope="module")
def bundles(small, quantized, tmp_path_factory):
    """The bundle of each. Equal encoders are converted once: as float32 they depend on their weights alone."""
    folder, files = tmp_path_factory.mktemp("quantized"), {}

    def converted_once(encoder, calibration, kind, ranges=None):
        key = tuple((name, numbers.tobytes()) for name, numbers in encoder.numbers().items())
        if key not in files:
            files[key] = convert_encoder(encoder, calibration, kind, ranges)
        return files[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "convert_encoder", converted_once)
        return {name: small.export(student, folder / name) for name, student in quantized.items()}


@pytest.mark.parametrize("name", TABLES)
def test_the_students_table_is_the_bundles_bit_for_bit(quantized, bundles, name):
    ours = quantized[name].model.text.table.numpy()
    assert ours.tobytes() == all_rows(bundles[name].token_table).tobytes()
    assert bundles[name].manifest.table == quantized[name].stored.table.format
    assert bundles[name].manifest.encoders == "float32"


def test_float32_changes_nothing(parent, quantized):
    before, after = (named_weights(student.model) for student in (parent, quantized["float32"]))
    assert all(np.array_equal(before[name].numpy(), after[name].numpy()) for name in before)


def test_bundles_fall_in_size_from_float32_to_parts(bundles):
    sizes = [bundles[name].size_bytes for name in TABLES]
    assert sizes == sorted(set(sizes), reverse=True)
    tokens, dim = bundles["int8"].token_table.shape
    # Codes of 8, 4, 3 and 2 bits and a float16 scale a row, or 8 parts of 6 bits, 8 scales and 64 * dim of code books.
    expected = [tokens * (2 + dim * bits // 8) for bits in (8, 4, 3, 2)] + [tokens * 6 + 16 + 64 * dim]
    assert [bundles[name].member_bytes["token_table"] for name in list(TABLES)[2:]] == expected


@pytest.mark.parametrize("name", TABLES)
def test_ranking_and_neighbours_stay_within_the_margins(small, vectors, ndcg, quantized, name, record_property):
    _, loss, least = TABLES[name]
    shown = np.unique(small.run.dataset.dev.candidates.values)
    recall = neighbour_recall(vectors[name][shown], vectors["parent"][shown], k=10)
    lost = ndcg - small.ndcg(quantized[name])
    record_property("neighbour recall", recall)
    record_property("nDCG@10 lost", lost)
    assert recall >= least
    assert lost <= loss


def test_fewer_bits_keep_fewer_neighbours(vectors):
    recalls = [neighbour_recall(vectors[name][:500], vectors["parent"][:500], k=10) for name in TABLES]
    assert recalls == sorted(recalls, reverse=True)


def test_the_student_that_was_given_keeps_its_weights(small, parent, quantized):
    assert quantized and parent.stored.table is None
    before, after = (named_weights(student.model) for student in (small.student, parent))
    assert all(np.array_equal(before[name].numpy(), after[name].numpy()) for name in before)


def test_code_books_are_trained_and_codes_are_not(parent, quantized, small):
    trained, untrained = quantized["parts"], Quantize(**PARTS, epochs=0.0, lists=0.0)(parent, small.data)
    assert np.array_equal(trained.stored.table.packed, untrained.stored.table.packed)
    assert not np.array_equal(trained.stored.table.books, untrained.stored.table.books)
    # Without training the encoders are as they were.
    before, after = (student.model.article_encoder.numbers() for student in (parent, untrained))
    assert all(np.array_equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("kind", ENCODER_KINDS)
def test_the_kind_of_encoders_is_kept_for_the_bundle(parent, small, kind):
    assert Quantize(encoders=kind)(parent, small.data).stored.encoders == kind


@pytest.mark.parametrize("table", ["int4", "parts"])
def test_a_saved_student_comes_back_with_its_rounded_table(small, quantized, table, tmp_path):
    student = quantized[table]
    save_student(tmp_path / "s.npz", student, small.run.data.topics)
    again = load_student(tmp_path / "s.npz", small.data.articles, small.run.data.text_topics)
    assert again.stored.table.to_bytes() == student.stored.table.to_bytes()
    assert np.array_equal(again.model.text.table.numpy(), student.model.text.table.numpy())


@pytest.mark.parametrize("table", ["int8", "int4"])
def test_pruned_weights_of_the_table_are_zero_in_the_rounded_one(small, table):
    masked = masked_student(small.student)
    rounded = Quantize(table=table)(masked, small.data)
    assert not rounded.model.text.table.numpy()[~masked.masks[TABLE]].any()


def test_pruned_kernels_stay_zero_while_code_books_are_trained(small):
    student = small.student
    kernel = student.model.article_encoder.projection
    mask = np.arange(kernel.numpy().size).reshape(kernel.shape) % 2 > 0
    kernel.assign(kernel.numpy() * mask)
    masked = dataclasses.replace(student, masks={"article/projection": mask})
    trained = Quantize(**PARTS, epochs=0.1)(masked, small.data).model.article_encoder.projection.numpy()
    assert not trained[~mask].any()
    assert not np.array_equal(trained[mask], kernel.numpy()[mask])


@pytest.mark.parametrize("settings", [{"table": "int3"}, {"table": "int2"}, PARTS])
def test_a_table_without_a_zero_is_refused_for_pruned_weights(small, settings):
    with pytest.raises(CompressionError, match=r"choose int4 or int8, or prune whole rows"):
        Quantize(**settings)(masked_student(small.student), small.data)


def masked_student(student):
    """Every third weight of the table is pruned."""
    mask = np.arange(student.model.text.table.numpy().size).reshape(student.model.text.table.shape) % 3 > 0
    student.model.text.table.assign(student.model.text.table.numpy() * mask)
    return dataclasses.replace(student, masks={TABLE: mask})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table": "int5"}, "table is 'int5'; choose float32, float16, int8, int4, int3, int2 or parts"),
        ({"encoders": "int4"}, "encoders is 'int4'; choose int8, dynamic, float16, float32"),
        ({"table": "parts", "parts": 5}, "32 dimensions cannot be cut into 5 equal parts; choose a divisor of 32"),
        ({"table": "parts", "parts": 0}, "32 dimensions cannot be cut into 0 equal parts"),
        ({"table": "parts", "bits": 11}, "a part's code cannot have 11 bits; choose 1 to 8"),
        ({"table": "parts", "epochs": -1.0}, "epochs is -1.0 and lists 0.5; give 0 or more for both"),
    ],
)
def test_settings_that_make_no_table_are_refused(parent, small, settings, message):
    with pytest.raises(CompressionError, match=f"quantize: .*{message}"):
        Quantize(**settings)(parent, small.data)


def test_neighbours_by_hand():
    east, north, west = [1, 0], [0, 1], [-1, 0]
    # North's nearest is east in both sets; east and west change theirs from north to each other's direction.
    ours = np.array([east, north, west, [1, 1]], np.float32)
    theirs = np.array([east, north, west, [1, 1]], np.float32) * np.array([[2], [5], [0.1], [3]], np.float32)
    assert neighbour_recall(ours, theirs, k=2) == 1.0  # lengths do not count
    swapped = ours[[0, 1, 3, 2]]
    # First neighbours of east, north, west, north-east: 3, 3, 1, 0 before and 2, 2, 0, 1 after the swap.
    assert neighbour_recall(ours, swapped, k=1) == 0.0
