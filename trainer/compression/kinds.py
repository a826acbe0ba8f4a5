"""The kinds of files that a model can become: all that is known of each in one place, without TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.compression.agreement import Tolerance


@dataclass(frozen=True, slots=True)
class Kind:
    """How the numbers of a file are held, and what making it takes."""

    meaning: str
    tolerance: Tolerance  # between the file's outputs and the model's
    calibrated: bool = False  # samples set the ranges of activations
    aware: bool = False  # fake-quant nodes of the model set them, so it takes no samples
    edited_bits: int = 0  # of weights that are written into the float32 file; 0: the converter makes it
    coded: str = ""  # the kind that is the same with int8 inputs and outputs
    is_coded: bool = False  # this is such a one


# Of 16 rows a trained dense and a trained convolutional net gave at least 0.9999 in float16, dynamic and int8 weights,
# 0.9997 in int8, 0.973 in int4; a wrong int4 export gave 0.80. One row outside the calibration may be far off in int8.
_INT8 = Tolerance(cosine=0.98, largest=0.5)
_INT8_WEIGHTS = Tolerance(cosine=0.99, largest=0.1)
_SAME_CODED = "the same with int8 inputs and outputs"

KINDS = {
    "float32": Kind("as trained", Tolerance(cosine=0.9999, largest=1e-4)),
    "float16": Kind("weights float16, arithmetic float32", Tolerance(cosine=0.999, largest=0.02)),
    "dynamic": Kind("weights int8, activations rounded as they come", _INT8_WEIGHTS),
    "int8": Kind(
        "weights and activations int8, calibrated; inputs and outputs float32", _INT8, calibrated=True, coded="int8-io"
    ),
    "int8-io": Kind(_SAME_CODED, _INT8, calibrated=True, is_coded=True),
    "aware": Kind("int8 on the grid of the model's fake-quant nodes", _INT8, aware=True, coded="aware-io"),
    "aware-io": Kind(_SAME_CODED, _INT8, aware=True, is_coded=True),
    "int8-weights": Kind(
        "weights int8 and tables int8 with a scale for each row, arithmetic float32", _INT8_WEIGHTS, edited_bits=8
    ),
    "int4": Kind("the same with 4 bits", Tolerance(cosine=0.9, largest=0.75), edited_bits=4),
}
