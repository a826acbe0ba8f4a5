import numpy as np
import pytest

from tests.trainer.compression.digits import accuracy, digits, fit, trained
from trainer.compression import Search, squeeze
from trainer.errors import CompressionError, ConfigError, ExportError

IMAGES = digits()[0]


def quietly(title: str, done: int, of: int) -> None:
    """No progress bar."""


def searched(train=None, max_loss: float = 0.05, **settings):
    search = Search(epochs=1, told=quietly, **settings)
    return squeeze(
        trained(), metric=accuracy, train=train or fit(), calibration=IMAGES[:64], max_loss=max_loss, search=search
    )


@pytest.mark.usefixtures("slow")
def test_without_training_the_kind_of_the_file_is_chosen():
    before, asked = trained().get_weights(), []

    def holdout(predict) -> np.ndarray:
        asked.append(predict)
        return accuracy(predict)

    found = squeeze(trained(), metric=accuracy, calibration=IMAGES[:64], max_loss=0.05, holdout=holdout)
    assert [(row.step, row.kind) for row in found.rows] == [
        ("original", "float32"),
        ("convert", "int8"),
        ("convert", "int4"),
    ]
    assert found.file.size_bytes == min(row.size_bytes for row in found.rows if row.verdict == "kept")
    assert found.candidate.kind == found.file.kind
    assert found.skipped["training"].startswith("no way to train was given")
    # The winner and the original, at the end.
    assert len(asked) == 2
    assert found.holdout.mean == accuracy(found.file.predict).mean() - found.rows[0].quality
    assert all(np.array_equal(a, b) for a, b in zip(trained().get_weights(), before, strict=True))


@pytest.mark.usefixtures("slow")
def test_a_loss_that_nothing_meets_leaves_the_original():
    asked = []

    def harsh(predict) -> np.ndarray:
        asked.append(predict)
        return np.full(50, -len(asked), float)

    found = squeeze(trained(), metric=harsh, calibration=IMAGES[:64], max_loss=0.5)
    assert found.file.kind == "float32"
    assert [row.verdict for row in found.rows] == ["", "loses too much", "loses too much"]


@pytest.mark.usefixtures("slow")
def test_bytes_that_are_few_enough_and_time_that_is_over_end_it():
    found = searched(max_bytes=10**6)
    assert [row.step for row in found.rows] == ["original"]
    found = searched(minutes=0.0)
    assert [row.step for row in found.rows] == ["original"]
    assert found.skipped["minutes"] == "0.0 minutes were over, so nothing more was tried"


@pytest.mark.usefixtures("long")
def test_a_search_that_was_interrupted_ends_like_one_that_was_not(tmp_path):
    rounds = []

    def train(model, stop_at: int = 10**9) -> None:
        if len(rounds) == stop_at:
            raise KeyboardInterrupt
        rounds.append(model.name)
        model.fit(**fit(), verbose=0)

    whole = searched(train, 0.005, folder=tmp_path / "whole")
    needed = len(rounds)
    rounds.clear()
    with pytest.raises(KeyboardInterrupt):
        searched(lambda model: train(model, stop_at=3), 0.005, folder=tmp_path / "part")
    made = len(list((tmp_path / "part").glob("*.json"))) - 1
    assert 0 < made < len(whole.rows)
    rounds.clear()
    # What was drawn in between changes nothing.
    np.random.seed(99)
    resumed = searched(train, 0.005, folder=tmp_path / "part")
    assert len(rounds) < needed
    assert resumed.file.content == whole.file.content
    assert resumed.rows == whole.rows
    assert resumed.skipped == whole.skipped
    with pytest.raises(ConfigError, match="holds a search of another model or other settings"):
        searched(train, 0.005, folder=tmp_path / "part", unit="gzip")


@pytest.mark.usefixtures("long")
def test_a_function_as_filter_is_the_same_in_the_next_process(tmp_path):
    for _ in range(2):
        searched(folder=tmp_path, layers=lambda path: "two" in path, max_bytes=10**6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_loss": -0.1}, "squeeze: max_loss is -0.1; give 0 or more, in the metric's own unit"),
        ({"max_loss": float("nan")}, "squeeze: max_loss is nan"),
        ({"search": Search(unit="packed")}, "squeeze: unit is 'packed'; choose file or gzip"),
    ],
)
def test_arguments_that_cannot_be(settings, message):
    with pytest.raises(CompressionError, match=message):
        squeeze(trained(), metric=accuracy, **settings)


def test_calibration_that_does_not_fit():
    with pytest.raises(ExportError, match=r"expected shape is \(None, 8, 8\), given is \(5, 8\)"):
        squeeze(trained(), metric=accuracy, calibration=np.ones((5, 8), np.float32))


@pytest.mark.usefixtures("slow")
def test_a_training_that_ruins_a_weight_is_skipped_by_name():
    before = trained().get_weights()

    def ruin(model) -> None:
        model.get_layer("one").bias.assign(np.full(model.get_layer("one").units, np.nan))

    found = searched(ruin)
    assert "mlp/one/bias is not finite after training; lower the learning rate" in found.skipped["cut to 70%"]
    assert found.file.kind in ("int8", "int4")
    assert all(np.array_equal(a, b) for a, b in zip(trained().get_weights(), before, strict=True))


@pytest.mark.usefixtures("slow")
def test_a_metric_of_few_rows_is_told():
    ends_at_once = Search(max_bytes=10**6)
    found = squeeze(trained(), metric=lambda predict: accuracy(predict)[:30], max_loss=0.1, search=ends_at_once)
    assert found.skipped["metric"].startswith("has 30 rows, of which max_loss 0.1 is 3.0: too few to tell the loss")
    found = squeeze(trained(), metric=lambda predict: float(accuracy(predict).mean()), search=ends_at_once)
    assert found.skipped["metric"].startswith("gives one number")
