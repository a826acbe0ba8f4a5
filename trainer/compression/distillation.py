"""Knowledge distillation beside a loss that is the caller's: what the original gives is added to the model's losses.

Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015: cross-entropy of both softmaxes at a
temperature, times its square. Hidden states: Romero et al., FitNets, ICLR 2015. `fit` adds a
model's losses to the compiled one; a loop of one's own has to add `model.losses`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from trainer.compression.overlay import forget_functions, patched
from trainer.errors import CompressionError

TINY = 1e-7  # below it a probability has no logarithm worth learning


@dataclass(frozen=True, slots=True)
class Distillation:
    """What a model learns from another one."""

    teacher: keras.Model
    weight: float = 1.0  # of the teacher's outputs beside the caller's loss
    temperature: float = 2.0  # of the softmax
    hidden: Sequence[str] = ()  # layers whose outputs are learned too, by name in both models
    hidden_weight: float = 1.0  # of the mean squared distance of those


@contextlib.contextmanager
def distilling(model: keras.Model, settings: Distillation) -> Iterator[Callable[[], bool]]:
    """Within it a model's losses hold its distance to the teacher, whenever it is called in training.

    Yields:
        Whether it was called: a `train_step` that calls the layers one by one learns nothing of the teacher.

    Raises:
        CompressionError: A layer is not in both models, or a setting is out of range.
    """
    if settings.temperature <= 0 or min(settings.weight, settings.hidden_weight) < 0:
        raise CompressionError(
            f"distill: weight, hidden_weight and temperature are {settings.weight}, {settings.hidden_weight} and "
            f"{settings.temperature}; give 0 or more, and above 0"
        )
    with contextlib.ExitStack() as undo:
        for part in (model, settings.teacher):
            undo.callback(forget_functions, part)
        taken: dict[str, tf.Tensor] = {}
        calls: list[str] = []
        for name in settings.hidden:
            for part in (model, settings.teacher):
                layer = _layer(part, name)
                undo.enter_context(patched(layer, _keeping(layer.call, taken, f"{part is model} {name}")))
        undo.enter_context(patched(model, _distilled_call(model, settings, taken, calls)))
        forget_functions(model)
        yield lambda: bool(calls)


def output_distance(mine: tf.Tensor, theirs: tf.Tensor, form: str, temperature: float) -> tf.Tensor:
    """How far outputs are from a teacher's.

    Args:
        mine: (batch, ...) outputs.
        theirs: (batch, ...) the teacher's.
        form: One of `softmax` and `sigmoid`, whose outputs are probabilities, and `linear`.
        temperature: Of both distributions.

    Returns:
        A scalar: mean cross-entropy at the temperature less the teacher's entropy, times the squared temperature; of
        linear outputs half the mean squared distance.
    """
    if form == "softmax":
        soft = tf.nn.softmax(tf.math.log(theirs + TINY) / temperature)
        logs = tf.nn.log_softmax(tf.math.log(mine + TINY) / temperature)
        return tf.reduce_mean(tf.reduce_sum(soft * (tf.math.log(soft + TINY) - logs), axis=-1)) * temperature**2
    if form == "sigmoid":
        both = [(mine, theirs), (1 - mine, 1 - theirs)]
        return tf.reduce_mean(sum(q * (tf.math.log(q + TINY) - tf.math.log(p + TINY)) for p, q in both))
    return tf.reduce_mean(tf.square(mine - theirs)) / 2


def output_form(model: keras.Model) -> str:
    """Whether a model's outputs are probabilities: `softmax`, `sigmoid`, else `linear`."""
    last = model.layers[-1] if model.layers else model
    if isinstance(last, keras.Model) and last is not model:
        return output_form(last)
    name = getattr(getattr(last, "activation", None), "__name__", "")
    if isinstance(last, keras.layers.Softmax):
        name = "softmax"
    return name if name in ("softmax", "sigmoid") else "linear"


def _distilled_call(
    model: keras.Model, settings: Distillation, taken: dict[str, tf.Tensor], calls: list[str]
) -> Callable[..., Any]:
    inner, form = model.call, output_form(settings.teacher)

    def call(*args: Any, **kwargs: Any) -> Any:
        outputs = inner(*args, **kwargs)
        if kwargs.get("training") is False:
            return outputs
        calls.append(model.name)
        given = {name: value for name, value in kwargs.items() if name not in ("training", "mask")}
        theirs = settings.teacher(*args, **given, training=False)
        for mine, wanted in zip(tf.nest.flatten(outputs), tf.nest.flatten(theirs), strict=True):
            distance = output_distance(mine, tf.stop_gradient(wanted), form, settings.temperature)
            add_loss(model, settings.weight * distance)
        for name in settings.hidden:
            mine, wanted = taken[f"True {name}"], tf.stop_gradient(taken[f"False {name}"])
            add_loss(model, settings.hidden_weight * hidden_distance(mine, wanted))
        return outputs

    return call


def add_loss(model: keras.Model, loss: tf.Tensor) -> None:
    """Put a loss among a model's; a functional one refuses it, because symbolic losses once went that way."""
    keras.layers.Layer.add_loss(model, loss)


def hidden_distance(mine: tf.Tensor, theirs: tf.Tensor) -> tf.Tensor:
    """How far hidden states are from a teacher's: of equal width the mean squared distance, else that of similarities.

    States of different widths cannot be compared number by number; how alike two rows of a batch are can (Tung and
    Mori, Similarity-Preserving Knowledge Distillation, ICCV 2019).

    Args:
        mine: (batch, ..., width).
        theirs: (batch, ..., width of the teacher).

    Returns:
        A scalar.
    """
    if mine.shape[-1] == theirs.shape[-1]:
        return tf.reduce_mean(tf.square(mine - theirs))
    rows = [tf.reshape(each, [tf.shape(each)[0], -1]) for each in (mine, theirs)]
    alike = [tf.math.l2_normalize(tf.matmul(each, each, transpose_b=True), axis=1) for each in rows]
    return tf.reduce_mean(tf.reduce_sum(tf.square(alike[0] - alike[1]), axis=1))


def _keeping(inner: Callable[..., Any], taken: dict[str, tf.Tensor], name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        outputs = inner(*args, **kwargs)
        taken[name] = outputs
        return outputs

    return call


def _layer(model: keras.Model, name: str) -> keras.layers.Layer:
    for layer in model._flatten_layers(include_self=False):
        if layer.name == name:
            return layer
    known = ", ".join(layer.name for layer in model.layers)
    raise CompressionError(f"distill: {model.name} has no layer {name!r} whose output could be learned; it has {known}")
