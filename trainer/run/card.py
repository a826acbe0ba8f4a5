"""The model card that a bundle carries (Mitchell et al., FAT* 2019): what the model is for, made of and worth.

It is short, because every byte of it is on every device; `edge-news about` prints it there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from textwrap import fill
from typing import Any

from edge_runtime import __version__
from trainer.compression.recipe import Recipe, recipe_text, step_facts
from trainer.measure.metrics import Interval
from trainer.settings.config import DistillationSettings, RunSettings

_WIDTH = 100


def model_card(
    settings: RunSettings,
    recipe: Recipe,
    data: Mapping[str, Any],
    teacher: Mapping[str, Any],
    compressed: Mapping[str, Any],
) -> str:
    """Markdown, in lines that a terminal can show.

    Args:
        settings: Of the run.
        recipe: Of its compression.
        data: Facts of its dataset, from `prepare`.
        teacher: What the stage teacher measured.
        compressed: What the stage compress measured.
    """
    train, dev = data["train"], data["dev"]
    ndcg10, auc = _plain(compressed["ndcg10"]), _plain(compressed["auc"])
    if "difference" in compressed:
        ndcg10 += f" ({_signed(compressed['difference']['ndcg10'])} against the dense student)"
    paragraphs = [
        "**For** ordering news by title for one reader, on the reader's own device, from that reader's clicks. **Not "
        "for** judging people, truth or quality, nor for other texts than news.",
        f"**Model.** Token table, two small encoders and a scoring head, compressed by edge-news {__version__}: "
        f"{compressed['tokens']:,} word pieces, {compressed['parameters']:,} weights. Reads "
        f"{', '.join(settings.data.languages)}.",
        f"**Data.** {data['name']}. Licence: {data['licence']}. {train['impressions']:,} lists of "
        f"{train['readers']:,} readers to learn from, {dev['impressions']:,} later ones to measure with.",
        f"**Quality** on {compressed['impressions']:,} of these, by content alone, with 95 % intervals over lists: "
        f"nDCG@10 {ndcg10}, AUC {auc}. Its teacher: {_plain(teacher['ndcg10'])} and {_plain(teacher['auc'])}.",
        "\n".join(["| step | bytes | nDCG@10 |", "|---|---|---|", *map(_step_line, compressed["steps"])]),
        "**Limits.** It learned what these readers clicked of what they were shown, gaps included. Names it never saw "
        "are read in pieces, other languages hardly at all. One training: another seed may differ by more than the "
        "intervals. The profile stays on the device; a feed by clicks can still narrow what its reader sees.",
        f"**Again:** `edge-news-trainer run --recipe recipe.toml --seed {settings.seed} --text-vectors "
        f"{teacher['text_vectors']}`, teachers: {settings.teacher.members}.",
        f"```toml\n{recipe_text(short_recipe(recipe, settings.student.distillation)).strip()}\n```",
    ]
    wrapped = [part if part[0] in "|`" else fill(part, _WIDTH, break_on_hyphens=False) for part in paragraphs]
    return "\n\n".join(["# Model card", *wrapped]) + "\n"


def short_recipe(recipe: Recipe, student: DistillationSettings) -> dict[str, Any]:
    """A recipe as `recipe_text` takes it; what a setting is by default is left out, unless the recipe names it."""
    sizes = dataclasses.asdict(student)
    named = {name: sizes[name] for name in recipe.student}
    return ({"analysis": True} if recipe.analysis else {}) | {
        "student": named | _changed(sizes, DistillationSettings()),
        "step": [{"method": step.method} | _changed(step_facts(step), type(step)()) for step in recipe.steps],
    }


def _changed(settings: Mapping[str, Any], usual: Any) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value != getattr(usual, name)}


def _step_line(step: Mapping[str, Any]) -> str:
    ndcg = _signed(step["difference"]["ndcg10"]) if "difference" in step else _plain(step["ndcg10"])
    return f"| {step['step']['method']} | {step['bytes']:,} | {ndcg} |"


def _plain(found: Mapping[str, float]) -> str:
    one = Interval(**found)
    return f"{one.mean:.3f} [{one.low:.3f}, {one.high:.3f}]"


def _signed(found: Mapping[str, float]) -> str:
    one = Interval(**{name: round(value, 3) + 0.0 for name, value in found.items()})
    return f"{one.mean:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"
