"""The scoring head: the few floats that turn similarities into a score, kept in float32 beside the int8 encoders.

Every coefficient that depends on how much is known of the reader is linear in log(1 + clicks).
"""

from __future__ import annotations

import json
import math
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.json_lines import Json
from edge_runtime.model.probability import PlattPrior


@dataclass(frozen=True, slots=True)
class PopularityHead:
    """What a publisher's counts are worth: weight * log of the smoothed click rate over the usual one."""

    weight: float
    usual_rate: float  # clicks for each article shown, over all articles; in (0, 1)
    trust: float  # an article counts as shown so many times more, at the usual rate; > 0


@dataclass(frozen=True, slots=True)
class ScoringHead:
    """Learned by the click model, applied by `scoring.relevance_parts`; topic 0 is "unknown"."""

    sharpness: float  # of the log-mean-exp over past clicks, > 0
    interest: tuple[float, float]  # coefficient = first + second * log(1 + clicks)
    average: tuple[float, float]
    topic_share: tuple[float, float]
    topic_matrix: NDArray[np.float32]  # (num_topics, num_topics): read topic x candidate topic
    topic_bias: NDArray[np.float32]  # (num_topics,)
    prior: NDArray[np.float32]  # (dim,): what readers like in an article, whoever they are
    freshness: float  # score of an article published this moment
    half_life_s: float  # freshness halves in this time, > 0
    popularity: PopularityHead | None = None  # None: the model makes no use of counts
    open_probability: PlattPrior | None = None  # of a score; None: the model does not say


def coefficient(pair: tuple[float, float], num_clicks: float) -> float:
    """A coefficient for a reader with so many clicks."""
    first, second = pair
    return first + second * math.log1p(num_clicks)


def head_bytes(head: ScoringHead) -> bytes:
    """JSON with six significant digits: small, and readable with any editor."""

    def rounded(value: float) -> float:
        return float(f"{value:.6g}")

    fields: Json = {
        "sharpness": rounded(head.sharpness),
        "interest": [rounded(v) for v in head.interest],
        "average": [rounded(v) for v in head.average],
        "topic_share": [rounded(v) for v in head.topic_share],
        "topic_matrix": [[rounded(v) for v in row] for row in head.topic_matrix.tolist()],
        "topic_bias": [rounded(v) for v in head.topic_bias.tolist()],
        "prior": [rounded(v) for v in head.prior.tolist()],
        "freshness": rounded(head.freshness),
        "half_life_s": rounded(head.half_life_s),
    }
    if head.popularity:
        fields["popularity"] = [rounded(value) for value in astuple(head.popularity)]
    if head.open_probability:
        fields["open_probability"] = [rounded(value) for value in astuple(head.open_probability)]
    return json.dumps(fields, separators=(",", ":"), allow_nan=False).encode()


def head_from_bytes(data: bytes, num_topics: int, dim: int) -> ScoringHead:
    """Read what `head_bytes` wrote.

    Raises:
        ValueError: A field is missing, of the wrong shape, not finite or out of range.
    """
    fields = json.loads(data)
    if not isinstance(fields, dict):
        raise ValueError("the head is not a JSON object")

    def array(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        try:
            values = np.array(fields[name], np.float32)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"head field {name!r} is missing or not made of numbers") from error
        if values.shape != shape or not np.isfinite(values).all():
            raise ValueError(f"head field {name!r} has shape {values.shape}, not {shape}, or is not finite")
        return values

    def pair(name: str) -> tuple[float, float]:
        first, second = array(name, (2,)).tolist()
        return first, second

    def positive(name: str) -> float:
        value = float(array(name, ()))
        if value <= 0:
            raise ValueError(f"head field {name!r} is {value}, not above 0")
        return value

    def popularity() -> PopularityHead | None:
        if "popularity" not in fields:
            return None
        weight, usual_rate, trust = array("popularity", (3,)).tolist()
        if not 0 < usual_rate < 1 or trust <= 0:
            raise ValueError(f"head field 'popularity' has usual rate {usual_rate} and trust {trust}")
        return PopularityHead(weight, usual_rate, trust)

    def open_probability() -> PlattPrior | None:
        return PlattPrior(*array("open_probability", (2,)).tolist()) if "open_probability" in fields else None

    return ScoringHead(
        sharpness=positive("sharpness"),
        interest=pair("interest"),
        average=pair("average"),
        topic_share=pair("topic_share"),
        topic_matrix=array("topic_matrix", (num_topics, num_topics)),
        topic_bias=array("topic_bias", (num_topics,)),
        prior=array("prior", (dim,)),
        freshness=float(array("freshness", ())),
        half_life_s=positive("half_life_s"),
        popularity=popularity(),
        open_probability=open_probability(),
    )
