"""Structured pruning: whole channels go, so that the model, its file and its time become smaller.

Units of Dense, filters of convolutions, dimensions of embeddings and units of recurrent layers are followed through the
model's graph (`trainer.compression.graph`); what a residual connection joins is cut together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.batch_norm import refresh_batch_norm
from trainer.compression.conversion import as_inputs
from trainer.compression.cuts import cut_channels
from trainer.compression.graph import ChannelGroup, Member, channel_groups
from trainer.compression.importance import Change, Watch
from trainer.compression.readers import readers, summed
from trainer.compression.rebuild import cloned
from trainer.compression.step import Candidate, Task, check_rounds, check_share, refuse_masks
from trainer.compression.weights import Filter, arrays, passes
from trainer.errors import CompressionError
from trainer.settings.ranges import Rounds, Share

IMPORTANCES = ("magnitude", "taylor")
SCOPES = ("group", "global")
BIASES = ("/bias", "/beta")  # how far a channel is moved says nothing of what it is good for

Scores = list[NDArray[np.float64]]  # (size,) of each group


@dataclass(frozen=True, slots=True)
class CutChannels:
    """Cut a share of the channels, then train on."""

    method: ClassVar[str] = "cut-channels"
    keep: Share = 0.5  # share of the channels
    importance: str = "magnitude"  # one of `IMPORTANCES`; taylor takes a round of training to see it
    scope: str = "group"  # one of `SCOPES`: a share of each group, or of all in units of their group's mean score
    layers: Filter = "*"  # paths of weights; a group is cut if one of its own passes
    epochs: Rounds = 6  # rounds of training afterwards

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The smaller candidate, trained; what could not be followed is told."""
        self._check()
        refuse_masks(self.method, candidate)
        found, skipped = channel_groups(candidate.model)
        groups = [group for group in found if any(passes(member.path, self.layers) for member in group.members)]
        if not groups:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in skipped.items()) or "no channels at all"
            raise CompressionError(
                f"{self.method}: nothing of {candidate.model.name} can be cut ({reasons}); leave the step out"
            )
        scores = norms(candidate, groups) if self.importance == "magnitude" else self._taylor(candidate, task, groups)
        kept = kept_channels(groups, scores, self.keep, self.scope)
        model = cut_channels(candidate.model, kept)
        if self.epochs:
            task.trainer(self.method).rounds(model, self.epochs, self.method)
        if task.calibration is not None:
            refresh_batch_norm(model, [as_inputs(model, task.calibration)])
        return replace(candidate, model=model, ranges={}, skipped={**candidate.skipped, **skipped})

    def _taylor(self, candidate: Candidate, task: Task, groups: Sequence[ChannelGroup]) -> Scores:
        model = cloned(candidate.model)
        watch, places = watch_channels(groups)
        task.trainer(self.method).rounds(model, 1, f"{self.method}: importance", [watch])
        totals = {path: score.numpy() for path, score in watch.scores().items()}
        return [
            np.array(sum(totals[path][start:end] for path, start, end in places[group.name]), np.float64)
            for group in groups
        ]

    def _check(self) -> None:
        check_share(self.method, "keep", self.keep, most_included=True)
        check_rounds(self.method, "epochs", self.epochs)
        for name, value, known in (("importance", self.importance, IMPORTANCES), ("scope", self.scope, SCOPES)):
            if value not in known:
                raise CompressionError(f"{self.method}: {name} is {value!r}; choose {', '.join(known)}")


def watch_channels(groups: Sequence[ChannelGroup]) -> tuple[Watch, Mapping[str, list[tuple[str, int, int]]]]:
    """An overlay that gathers the first-order Taylor importance of channels.

    What a channel changes in a batch is the sum of gradient x weight over all that reads it: its activation times its
    gradient (Molchanov et al., Pruning Convolutional Neural Networks, ICLR 2017). Sizes of these are added up.

    Returns:
        The overlay, and by the name of a group where its scores lie: path, begin and end.
    """
    parts: dict[str, list[tuple[Member, int]]] = {}
    places: dict[str, list[tuple[str, int, int]]] = {}
    for group in groups:
        for member in readers(group):
            before = sum(size for _, size in parts.get(member.path, ()))
            parts.setdefault(member.path, []).append((member, group.size))
            places.setdefault(group.name, []).append((member.path, before, before + group.size))

    def change_of(read: Sequence[tuple[Member, int]]) -> Change:
        return lambda change: tf.concat([tf.abs(summed(member, change, size)) for member, size in read], axis=0)

    shapes = {path: (sum(size for _, size in read),) for path, read in parts.items()}
    return Watch(shapes, {path: change_of(read) for path, read in parts.items()}), places


def norms(candidate: Candidate, groups: Sequence[ChannelGroup]) -> Scores:
    """Summed squares of all that makes, follows and reads a channel (Fang et al., DepGraph, CVPR 2023); no biases."""
    squares = {path: tf.square(array) for path, array in arrays(candidate.model).items() if not path.endswith(BIASES)}
    found = []
    for group in groups:
        parts = [summed(each, squares[each.path], group.size) for each in group.members if each.path in squares]
        found.append(np.array(sum(parts), np.float64))
    return found


def kept_channels(
    groups: Sequence[ChannelGroup], scores: Scores, keep: float, scope: str
) -> dict[str, NDArray[np.int64]]:
    """The channels that stay, by the name of their group: those with the highest scores, one at least.

    Args:
        groups: Of channels.
        scores: (size,) of each group.
        keep: Share of the channels.
        scope: One of `SCOPES`.
    """
    if scope == "group":
        counts = [max(1, round(group.size * keep)) for group in groups]
    else:
        relative = [score / max(score.mean(), 1e-30) for score in scores]
        every = np.sort(np.concatenate(relative))[::-1]
        least = every[max(len(groups), round(len(every) * keep)) - 1]
        counts = [max(1, int(np.count_nonzero(score >= least))) for score in relative]
    return {
        group.name: np.sort(np.argsort(-score, kind="stable")[:count])
        for group, score, count in zip(groups, scores, counts, strict=True)
    }
