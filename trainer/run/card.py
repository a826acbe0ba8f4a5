"""The model card that a bundle carries (Mitchell et al., FAT* 2019): what the model is for, made of and worth.

It is short, because every byte of it is on every device; `edge-news about` prints it there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from textwrap import fill
from typing import Any

from edge_runtime import __version__
from trainer.compression.entries import settings_of
from trainer.intervals import Interval
from trainer.run.facts import CompressFacts, StepFacts, TeacherFacts
from trainer.settings.config import DistillationSettings, RunSettings
from trainer.settings.files import Table
from trainer.student_steps.recipe import Recipe, recipe_text
from trainer.training.run_data import RunData

_WIDTH = 100


def model_card(
    settings: RunSettings,
    recipe: Recipe,
    log: RunData,
    teacher: TeacherFacts,
    compressed: CompressFacts,
) -> str:
    """Markdown, in lines that a terminal can show.

    Args:
        settings: Of the run.
        recipe: Of its compression.
        log: That the run learned from.
        teacher: What the stage teacher found.
        compressed: What the stage compress found.
    """
    data = log.dataset.facts
    train, dev, last, of_teacher = data.train, data.dev, compressed.left.measured, teacher.quality
    ndcg10, auc = _plain(last.quality.ndcg10), _plain(last.quality.auc)
    if last.difference:
        ndcg10 += f" ({_signed(last.difference['ndcg10'])} against the dense student)"
    paragraphs = [
        "**For** ordering news by title for one reader, on the reader's own device, from that reader's clicks. **Not "
        "for** judging people, truth or quality, nor for other texts than news.",
        f"**Model.** Token table, two small encoders and a scoring head, compressed by edge-news {__version__}: "
        f"{compressed.tokens:,} word pieces, {last.parameters:,} weights. Reads "
        f"{', '.join(log.languages)}.",
        f"**Data.** {data.name}. Licence: {data.licence}. {train.impressions:,} lists of "
        f"{train.readers:,} readers to learn from, {dev.impressions:,} later ones to measure with.",
        f"**Quality** on {last.quality.impressions:,} of these, by content alone, with 95 % intervals over lists: "
        f"nDCG@10 {ndcg10}, AUC {auc}. Its teacher: {_plain(of_teacher.ndcg10)} and {_plain(of_teacher.auc)}.",
        "\n".join(["| step | bytes | nDCG@10 |", "|---|---|---|", *map(_step_line, compressed.steps)]),
        "**Limits.** It learned what these readers clicked of what they were shown, gaps included. Names it never saw "
        "are read in pieces, other languages hardly at all. One training: another seed may differ by more than the "
        "intervals. The profile stays on the device; a feed by clicks can still narrow what its reader sees.",
        f"**Again:** `edge-news-trainer run --recipe recipe.toml --seed {settings.seed} --text-vectors "
        f"{teacher.text_vectors}`, teachers: {settings.teacher.members}.",
        f"```toml\n{recipe_text(short_recipe(recipe, settings.student.distillation)).strip()}\n```",
    ]
    wrapped = [part if part[0] in "|`" else fill(part, _WIDTH, break_on_hyphens=False) for part in paragraphs]
    return "\n\n".join(["# Model card", *wrapped]) + "\n"


def short_recipe(recipe: Recipe, student: DistillationSettings) -> Table:
    """A recipe as `recipe_text` takes it; what a setting is by default is left out, unless the recipe names it."""
    sizes = dataclasses.asdict(student)
    named = {name: sizes[name] for name in recipe.student}
    return ({"analysis": True} if recipe.analysis else {}) | {
        "student": named | _changed(sizes, DistillationSettings()),
        "step": [{"method": step.method} | _changed(settings_of(step), type(step)()) for step in recipe.steps],
    }


def _changed(settings: Mapping[str, Any], usual: Any) -> Table:
    return {name: value for name, value in settings.items() if value != getattr(usual, name)}


def _step_line(step: StepFacts) -> str:
    found = step.left.measured
    ndcg = _signed(found.difference["ndcg10"]) if found.difference else _plain(found.quality.ndcg10)
    return f"| {step.method} | {found.bytes:,} | {ndcg} |"


def _plain(one: Interval) -> str:
    return f"{one.mean:.3f} [{one.low:.3f}, {one.high:.3f}]"


def _signed(found: Interval) -> str:
    one = Interval(*(round(value, 3) + 0.0 for value in (found.mean, found.low, found.high)))
    return f"{one.mean:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
