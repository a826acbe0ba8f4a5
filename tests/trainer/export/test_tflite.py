"""Every kind of TFLite file: it loads, says nearly what Keras says, and is as small as it should be."""

from __future__ import annotations

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from pytest import approx

from edge_runtime.engines import TfliteEngine
from edge_runtime.model.news_model import unit_rows
from tests.trainer.neighbours import neighbour_recall
from tests.trainer.tflite_grids import grids
from trainer.errors import ExportError
from trainer.export.tflite import ENCODER_KINDS, convert_encoder
from trainer.models.encoders import ArticleEncoder, UserEncoder, one_hot_topics
from trainer.models.rounded_encoder import RoundedArticleEncoder

# Mean and least cosine to Keras that each kind has to reach.
COSINES = {"float32": (1.0, 1.0), "float16": (1.0, 0.99999), "dynamic": (0.9998, 0.999), "int8": (0.999, 0.99)}


@pytest.fixture(scope="module")
def encoders():
    """Both encoders with every kind of layer and no zero weight."""
    rng = np.random.default_rng(0)
    article, user = ArticleEncoder(32, 48, 64, 10), UserEncoder(64, 16)
    for weight in (*article.weights, *user.weights):
        weight.assign(rng.normal(0, 0.2, weight.shape))
    return article, user


@pytest.fixture(scope="module")
def inputs(encoders):
    """Titles as a token table gives them: sums of a few word vectors, each of length 1, around common directions."""
    rng = np.random.default_rng(1)
    words = rng.normal(size=(300, 32)) * np.linspace(2, 0.5, 32)
    pooled = unit_rows(np.stack([words[rng.integers(0, 300, 8)].sum(axis=0) for _ in range(400)]).astype(np.float32))
    titles = {"pooled": pooled, "topics": one_hot_topics(rng.integers(0, 10, 400), 10)}
    return {"article": titles, "user": {"clicks": unit_rows(encoders[0](**titles).numpy())}}


@pytest.fixture(scope="module")
def files(encoders, inputs):
    """The article encoder and the user encoder, by kind; half of the titles are for calibration."""
    article, user = encoders
    return {
        kind: (
            convert_encoder(article, first(inputs["article"]), kind),
            convert_encoder(user, first(inputs["user"]), kind),
        )
        for kind in ENCODER_KINDS
    }


def first(inputs):
    return {name: values[:200] for name, values in inputs.items()}


def last(inputs):
    return {name: values[200:] for name, values in inputs.items()}


def cosines(ours, theirs):
    return np.sum(unit_rows(ours) * unit_rows(theirs), axis=1)


@pytest.mark.parametrize("kind", ENCODER_KINDS)
def test_a_file_says_of_titles_it_was_not_calibrated_on_what_keras_says(encoders, inputs, files, kind):
    (article_encoder, user_encoder), (article, user) = encoders, files[kind]
    mean, least = COSINES[kind]
    (vectors,) = TfliteEngine(article, "ai-edge-litert").run(**last(inputs["article"]))
    expected = article_encoder(**last(inputs["article"])).numpy()
    assert cosines(vectors, expected).mean() >= mean - 1e-6
    assert cosines(vectors, expected).min() >= least - 1e-6
    interests, log_weights = TfliteEngine(user, "ai-edge-litert").run(**last(inputs["user"]))
    expected_interests, expected_weights = user_encoder(**last(inputs["user"]))
    assert cosines(interests, expected_interests.numpy()).min() >= least - 1e-6
    known = user_encoder(**first(inputs["user"]))[1].numpy()
    if kind == "int8":  # numbers end where those of the calibration did; a step is a 255th of the way
        expected_weights = np.clip(expected_weights, known.min(), known.max())
    assert log_weights == approx(np.asarray(expected_weights), abs=3 * float(np.ptp(known)) / 255)


def test_fewer_bits_make_a_smaller_file_and_dynamic_leaves_activations_alone(files):
    sizes = {kind: len(article) for kind, (article, _) in files.items()}
    assert sizes["int8"] < sizes["float16"] < sizes["float32"]
    assert sizes["dynamic"] < sizes["float16"]


@pytest.mark.parametrize("kind", ENCODER_KINDS)
def test_inputs_and_outputs_are_float_and_of_any_number(inputs, files, kind):
    article, _ = files[kind]
    engine = TfliteEngine(article, "ai-edge-litert")
    for count in (1, 3, 200):
        (vectors,) = engine.run(**{name: values[:count] for name, values in inputs["article"].items()})
        assert vectors.dtype == np.float32
        assert len(vectors) == count


def test_full_int8_moves_few_neighbours(encoders, inputs, files):
    expected = encoders[0](**last(inputs["article"])).numpy()
    (vectors,) = TfliteEngine(files["int8"][0], "ai-edge-litert").run(**last(inputs["article"]))
    assert neighbour_recall(vectors, expected, k=10) > 0.9


def learned_ranges(encoder, titles):
    """Of batches of 50 titles."""
    rounded = RoundedArticleEncoder(encoder)
    for begin in range(0, len(titles["pooled"]), 50):
        rounded(**{name: values[begin : begin + 50] for name, values in titles.items()})
    return rounded.learned_ranges()


@pytest.mark.parametrize(
    ("hidden", "ranks", "zero"),
    [(0, {}, ""), (48, {"projection": 8, "hidden_in": 6, "hidden_out": 5}, ""), (8, {}, "topics")],
    ids=["flat", "factored", "topics that were never moved"],
)
def test_an_int8_file_takes_learned_ranges_and_leaves_nothing_float_inside(inputs, hidden, ranks, zero):
    rng = np.random.default_rng(2)
    encoder = ArticleEncoder(32, hidden, 64, 10, ranks)
    for weight in encoder.weights:
        weight.assign(rng.normal(0, 0.2, weight.shape) * (weight.name != zero))
    titles = inputs["article"]
    ranges = learned_ranges(encoder, titles)
    model = convert_encoder(encoder, first(titles), "int8", ranges)
    scales = sorted({(high - low) / 255 for low, high in ranges.values()})
    assert sorted({scale for scale, _ in grids(model)}) == approx(scales, rel=1e-6)
    interpreter = Interpreter(model_content=model)
    operators = [operator["op_name"] for operator in interpreter._get_ops_details()]
    assert set(operators) == {"QUANTIZE", "FULLY_CONNECTED", "ADD", "DEQUANTIZE"}
    assert (operators.count("QUANTIZE"), operators.count("DEQUANTIZE")) == (2, 1)  # two inputs, one output
    (vectors,) = TfliteEngine(model, "ai-edge-litert").run(**last(titles))
    assert cosines(vectors, encoder(**last(titles)).numpy()).mean() > COSINES["int8"][0]


@pytest.mark.parametrize(("kind", "learned"), [("int8", False), ("dynamic", True)])
def test_without_learned_ranges_or_where_none_are_needed_a_file_is_what_it_was(encoders, inputs, files, kind, learned):
    ranges = learned_ranges(encoders[0], inputs["article"]) if learned else {}
    assert convert_encoder(encoders[0], first(inputs["article"]), kind, ranges) == files[kind][0]


def test_a_kind_that_does_not_exist_is_refused(encoders, inputs):
    with pytest.raises(ExportError, match="kind is 'int16'; choose int8, dynamic, float16, float32"):
        convert_encoder(encoders[1], inputs["user"], "int16")


@pytest.mark.parametrize("broken", [np.zeros((0, 64), np.float32), np.full((3, 64), np.nan, np.float32)])
def test_a_calibration_that_says_nothing_is_refused(encoders, broken):
    with pytest.raises(ExportError, match="at least one article, and finite values only"):
        convert_encoder(encoders[1], {"clicks": broken})
