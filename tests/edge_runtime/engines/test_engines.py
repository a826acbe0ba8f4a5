"""What every engine promises; each that is installed here passes."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import EngineError, NewsModel, Remedy, demo_articles, read_bundle
from edge_runtime.cli.remedies import COMMANDS
from edge_runtime.engines import ENGINES, INTERPRETERS, engine_version, installed_engines, load_engine, load_engines
from edge_runtime.engines.choice import BY_EXTRA
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.scoring import total


@pytest.fixture(scope="module")
def bundle():
    return read_bundle(DEFAULT_BUNDLE)


@pytest.fixture(params=ENGINES)
def engine(request):
    if request.param == "android":
        request.getfixturevalue("java_interpreter")
    elif request.param not in installed_engines():
        pytest.skip(f"{request.param} is not installed")
    return request.param


def clicks(rows: int, width: int = 64) -> np.ndarray:
    return (np.random.default_rng(rows).standard_normal((rows, width)) / 8).astype(np.float32)


def test_the_golden_outputs_come_out(bundle, engine):
    model = NewsModel(bundle, engine)
    model.check_golden()
    assert (model.engine, model.engine_reason) == (engine, "it was asked for")
    assert engine_version(engine).startswith(f"{engine} ")


@pytest.mark.parametrize("rows", [0, 1, 3, 64, 130])
def test_rows_of_a_batch_are_what_each_is_alone(bundle, engine, rows):
    user = load_engine(bundle.user_encoder, engine)
    given = clicks(rows)
    together = user.run(clicks=given)
    assert [output.shape for output in together] == [(rows, 64), (rows, 1)]
    assert all(output.dtype == np.float32 for output in together)
    for at in range(0, rows, 40):
        for whole, alone in zip(together, user.run(clicks=given[at : at + 1]), strict=True):
            np.testing.assert_array_equal(whole[at : at + 1], alone)


@pytest.mark.parametrize("rows", [1, 3, 64, 130])
def test_a_model_that_knows_rows_gives_what_it_gives_with_them(bundle, engine, rows):
    article = load_engine(bundle.article_encoder, engine)
    topics = np.eye(len(bundle.manifest.topics), dtype=np.float32)
    numbers = np.arange(rows) * 7 % len(topics)
    (expected,) = article.run(pooled=clicks(rows), topics=topics[numbers])
    (found,) = article.with_rows("topics", topics).run(numbers, pooled=clicks(rows))
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(EngineError, match="the model takes inputs"):
        load_engine(bundle.article_encoder, engine).with_rows("topics", topics[:, 1:]).run(numbers, pooled=clicks(rows))


def test_a_second_run_leaves_the_outputs_of_the_first(bundle, engine):
    user = load_engine(bundle.user_encoder, engine)
    first = user.run(clicks=clicks(5))[0]
    kept = first.copy()
    user.run(clicks=clicks(6))
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("inputs", [{"others": clicks(2)}, {"clicks": clicks(2, 63)}])
def test_other_inputs_are_refused(bundle, engine, inputs):
    with pytest.raises(EngineError, match="the model takes inputs"):
        load_engine(bundle.user_encoder, engine).run(**inputs)


def test_what_is_no_model_is_refused(engine):
    with pytest.raises(EngineError, match="model"):
        load_engine(b"not a model", engine).run(clicks=clicks(1))


def test_numpy_comes_first_and_says_why(bundle):
    choice, _ = load_engines((bundle.article_encoder, bundle.user_encoder))
    assert choice.name == "numpy" and "every operator" in choice.reason


def test_an_engine_that_is_not_known_or_not_there_is_named(monkeypatch):
    with pytest.raises(EngineError, match="engine 'torch' is not known; choose one of numpy, ai-edge-litert"):
        load_engines((), "torch")
    monkeypatch.setattr("edge_runtime.engines.choice.find_spec", lambda name: None)
    with pytest.raises(EngineError, match="engine tflite-runtime is not installed; install one"):
        load_engines((), "tflite-runtime")


def test_the_name_of_an_extra_is_one_of_its_engine(monkeypatch):
    extras = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]
    assert set(BY_EXTRA.values()) == set(INTERPRETERS)
    for extra, name in BY_EXTRA.items():
        assert extras[extra][0].startswith(name) and f"'edge-news[{extra}]'" in COMMANDS[Remedy.INSTALL_ENGINE]
    monkeypatch.setattr("edge_runtime.engines.choice.find_spec", lambda name: None)
    with pytest.raises(EngineError, match="engine ai-edge-litert is not installed"):
        load_engines((), "litert")


@pytest.mark.usefixtures("slow")
def test_readers_see_the_same_on_numpy_as_on_litert(bundle):
    if "ai-edge-litert" not in installed_engines():
        pytest.skip("ai-edge-litert is not installed")
    articles = demo_articles(datetime(2026, 11, 24, tzinfo=UTC))
    models = [NewsModel(bundle, name) for name in ("numpy", "ai-edge-litert")]
    topics = models[0].topic_numbers([article.category for article in articles])
    vectors = [model.encode(articles) for model in models]
    # A step of the encoder's int8 output turns a vector by so much at most.
    assert np.sum(vectors[0] * vectors[1], axis=1).min() > 0.9999
    same, chance = 0, np.random.default_rng(7)
    for _ in range(400):
        clicks = chance.choice(len(articles), chance.integers(1, 20), replace=False)
        tops = []
        for model, each in zip(models, vectors, strict=True):
            reader = model.read_clicks(each[clicks], topics[clicks])
            parts = model.score_parts(reader, each, topics, np.zeros(len(articles)))
            tops.append(set(np.argsort(-total(parts), kind="stable")[:20]))
        same += tops[0] == tops[1]
    assert same / 400 >= 0.995


def test_a_reader_that_numpy_serves_imports_no_interpreter():
    code = (
        "import sys; from pathlib import Path; from edge_runtime import NewsModel, read_bundle\n"
        f"NewsModel(read_bundle(Path({str(DEFAULT_BUNDLE)!r}))).check_golden()\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'ai_edge_litert', 'tflite_runtime'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def with_newer_operator(content: bytes) -> bytes:
    """The operator ADD of a file becomes AVERAGE_POOL_2D, of number 1."""
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    import flatbuffers

    model = schema.ModelT.InitFromPackedBuf(content, 0)
    for code in model.operatorCodes:
        if code.builtinCode == schema.BuiltinOperator.ADD:
            code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.AVERAGE_POOL_2D
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def test_what_numpy_does_not_run_goes_to_an_interpreter_or_is_refused_by_name(bundle, monkeypatch):
    newer = dataclasses.replace(bundle, article_encoder=with_newer_operator(bundle.article_encoder))
    why = r"operator AVERAGE_POOL_2D \(tensor 'article_encoder_1/add'\): it is not run"
    if installed_engines()[1:]:
        model = NewsModel(newer)
        assert model.engine == installed_engines()[1] and "AVERAGE_POOL_2D" in model.engine_reason
    with pytest.raises(EngineError, match=f"^{why}; use the engine ai-edge-litert$"):
        NewsModel(newer, "numpy")
    monkeypatch.setattr("edge_runtime.engines.choice.find_spec", lambda name: None)
    with pytest.raises(EngineError, match=f"numpy does not run this bundle: {why}; neither .* is there; install one"):
        NewsModel(newer)
