import keras
import numpy as np
import pytest

from tests.trainer.compression.digits import accuracy, digits, fit, trained
from trainer.compression import CutChannels, Prune, Quantize, QuantizeAware, Recipe
from trainer.compression.recipe import STEPS
from trainer.errors import CompressionError, ConfigError, ExportError, TrainingError

TOML = """
[[step]]
method = "cut-channels"
keep = 0.5
layers = ["*/kernel", "words/*"]

[[step]]
method = "prune"
sparsity = 0.6
layers = "dense/*"
epochs = 2
"""


def write(tmp_path, text: str, encoding: str = "utf-8"):
    path = tmp_path / "small.toml"
    path.write_text(text, encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_recipe_from_a_file(tmp_path, encoding):
    recipe = Recipe.load(write(tmp_path, TOML, encoding))
    assert recipe.steps == (CutChannels(0.5, layers=("*/kernel", "words/*")), Prune(0.6, layers="dense/*", epochs=2))


def test_a_recipe_comes_back_from_its_facts():
    recipe = Recipe.of(
        {"step": [{"method": name} for name in ("cut-channels", "low-rank", "distill", "prune", "l0")]}, ""
    )
    assert Recipe.of(recipe.facts(), "").steps == recipe.steps
    assert recipe.facts()["step"][3] == {
        "method": "prune",
        "sparsity": 0.5,
        "importance": "magnitude",
        "scope": "global",
        "layers": "*",
        "epochs": 6,
    }


@pytest.mark.parametrize("name", STEPS)
def test_every_step_is_named_and_has_defaults(name):
    (step,) = Recipe.of({"step": [{"method": name}]}, "").steps
    assert step == STEPS[name]()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "small.toml: has nothing; write a table"),
        ("step = 3", "small.toml: has step; write a table"),
        ("[[step]]\nmethod = 'prune'\n[other]", "small.toml: has step, other"),
        ("[[step]]\nmethod = 'shrink'", "small.toml: step 1: method is 'shrink'; known are cut-channels, distill"),
        ("[[step]]\nsparsity = 0.5", "step 1: method is None"),
        ("[[step]]\nmethod = ['prune']", r"step 1: method is \['prune'\]"),
        ("step = [1]", "step 1: method is 1"),
        ("[[step]]\nmethod = 'prune'\nshare = 0.5", r"step 1 \(prune\): there is no setting 'share'; known are"),
        ("[[step]]\nmethod = 'prune'\nepochs = 1.5", r"\(prune\): epochs is 1.5, but should be of type int"),
        ("[[step]]\nmethod = 'prune'\nsparsity = 'half'", "sparsity is 'half', but should be of type float"),
        ("[[step]]\nmethod = 'prune'\nlayers = 3", "layers is 3, but should be of type str"),
        ("[[step]]\nmethod = 'prune'\nlayers = [3]", "layers is"),
        (
            "[[step]]\nmethod = 'prune'\n[[step]]\nmethod = 'cut-channels'",
            "small.toml: cut-channels after prune: the m",
        ),
        ("[[step", "small.toml: cannot be read as a recipe"),
    ],
)
def test_files_that_are_no_recipe(tmp_path, text, message):
    with pytest.raises(ConfigError, match=message):
        Recipe.load(write(tmp_path, text))


def test_a_file_that_is_not_there_and_one_that_is_no_text(tmp_path):
    with pytest.raises(ConfigError, match=r"none.toml: cannot be read as a recipe"):
        Recipe.load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match=r"bytes.toml: cannot be read as a recipe"):
        Recipe.load(tmp_path / "bytes.toml")


def test_steps_in_python_are_held_to_the_order_too():
    with pytest.raises(ConfigError, match="recipe: prune after quantize"):
        Recipe(Quantize(), Prune())


@pytest.mark.usefixtures("slow")
def test_a_model_is_taken_through_the_steps_and_keeps_its_weights():
    model, told = trained(), []
    before = model.get_weights()
    recipe = Recipe(CutChannels(0.5, "magnitude", epochs=1), Prune(0.5, epochs=1), Quantize("int8"))
    small = recipe.apply(
        model, metric=accuracy, train=fit(), calibration=digits()[0][:64], told=lambda *what: told.append(what)
    )
    assert [(row.step, row.kind) for row in small.rows] == [
        ("original", "float32"),
        ("cut-channels", "float32"),
        ("prune", "float32"),
        ("quantize", "int8"),
    ]
    assert small.rows[2].zeros == pytest.approx(0.5, abs=0.01)
    # 64 x 12 + 12, 12 x 8 + 8, 8 x 10 + 10
    assert [row.parameters for row in small.rows] == [2130, 974, 974, 974]
    assert small.rows[3].size_bytes == small.file.size_bytes < small.rows[0].size_bytes
    assert small.rows[3].quality == accuracy(small.file.predict).mean()
    assert ("cut-channels", 1, 1) in told
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("seed", [-1, 2**32 - 1, 2**63])
def test_any_whole_number_is_a_seed(seed):
    # Two rounds: of the second one Keras is given the next number.
    assert Recipe(Prune(0.5, epochs=2)).apply(trained(), metric=accuracy, train=lambda model: None, seed=seed).rows


def ruined(model: keras.Model) -> None:
    model.get_layer("one").bias.assign(np.full(24, np.nan))


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"train": ruined}, TrainingError, "prune: mlp/one/bias is not finite after training; lower"),
        ({"train": None}, CompressionError, "prune: needs training; give train="),
        ({"metric": lambda predict: float("nan")}, CompressionError, "metric: gave nan for original"),
        (
            {"calibration": np.ones((9, 7), np.float32)},
            ExportError,
            r"expected shape is \(None, 8, 8\), given is \(9, 7\)",
        ),
        ({"calibration": np.full((9, 8, 8), np.nan, np.float32)}, ExportError, "values must be finite"),
        ({"calibration": []}, ExportError, "calibration is empty; give 100 to 200 real inputs"),
    ],
)
@pytest.mark.usefixtures("slow")
def test_what_cannot_be_done_is_said_and_the_model_keeps_its_weights(settings, error, message):
    model = trained()
    before = model.get_weights()
    with pytest.raises(error, match=message):
        Recipe(Prune(epochs=1)).apply(model, **{"metric": accuracy, "train": fit()} | settings)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before, strict=True))
    assert all("call" not in layer.__dict__ for layer in model._flatten_layers())


@pytest.mark.usefixtures("slow")
def test_a_layer_that_a_step_cannot_touch_is_named():
    inputs = keras.Input((6,))
    model = keras.Model(inputs, keras.layers.Dense(2, name="only")(inputs), name="one_layer")
    with pytest.raises(CompressionError, match=r"cut-channels: nothing of one_layer can be cut .only: its channels"):
        Recipe(CutChannels()).apply(model, metric=lambda predict: 1.0, train=fit())


def test_aware_training_is_a_step():
    assert isinstance(STEPS["quantize-aware"](), QuantizeAware)
