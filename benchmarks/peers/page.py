"""The tables of docs/peers.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.marked_page import NOTHING, count_text, difference_text, filled, read_page, table_text
from benchmarks.peers.budget import MODELS
from benchmarks.peers.figures import Figure, Figures, figures
from benchmarks.peers.methods import OURS, SETTINGS

TITLES = {
    OURS: "ours",
    "keras": "Keras",
    "ai_edge_quantizer": "ai-edge-quantizer",
    "tfmot": "tfmot",
    "pquant": "PQuantML",
    "hgq": "HGQ2",
    "torch_prune": "torch.nn.utils.prune",
    "torch_pruning": "torch-pruning",
    "torch_ao": "torch.ao, torchao",
}
MESSAGE = 160  # letters of an error that are shown

# Settings by the mark of their table.
GROUPS = {
    "zeros": ("zeros",),
    "channels": ("channels",),
    "after": ("bits-8-after", "bits-4-after"),
    "trained": ("float", "bits-8-trained", "bits-4-trained"),
}


def fill_page(page: Path, out: Path, seeds: Sequence[int]) -> None:
    """Write the tables of what was measured into a page."""
    text = read_page(page)
    page.write_text(filled(text, figures(out, seeds, MODELS), TABLES, str(page)), "utf-8")


def _table_of(starts: tuple[str, ...]) -> Callable[[Figures], str]:
    def table(found: Figures) -> str:
        lines = [
            _line(setting.title, figure)
            for setting in SETTINGS
            if setting.name.startswith(starts)
            for model in MODELS
            for figure in found.figures
            if figure.method.setting == setting.name and figure.model == model
        ]
        heads = (
            "setting",
            "model",
            "library",
            "method",
            "bytes",
            "gzip",
            "right",
            "to the base",
            "to ours",
            "seeds",
        )
        return table_text(heads, lines) if lines else NOTHING

    return table


def _line(title: str, figure: Figure) -> tuple[str, ...]:
    beside = "" if figure.to_ours is None else difference_text(figure.to_ours)
    return (
        title,
        figure.model,
        TITLES[figure.method.peer],
        f"`{figure.method.name}`",
        count_text(figure.size_bytes),
        count_text(figure.gzip_bytes),
        f"{figure.accuracy:.4f}",
        difference_text(figure.change),
        f"**{beside}**" if figure.is_better else beside,
        str(figure.seeds),
    )


def _bases(found: Figures) -> str:
    lines = [
        (model, count_text(base.size_bytes), count_text(base.gzip_bytes), f"{base.accuracy:.4f}")
        for model, base in found.bases.items()
    ]
    return table_text(("model", "bytes", "gzip", "right"), lines)


def _better(found: Figures) -> str:
    titles = {setting.name: setting.title for setting in SETTINGS}
    ours = {(each.method.setting, each.model): each for each in found.figures if each.is_default}
    lines = [
        (
            titles[figure.method.setting],
            figure.model,
            f"{TITLES[figure.method.peer]} `{figure.method.name}`",
            difference_text(figure.to_ours),
            count_text(figure.size_bytes),
            count_text(ours[figure.method.setting, figure.model].size_bytes),
        )
        for figure in found.figures
        if figure.is_better and figure.to_ours is not None
    ]
    heads = ("setting", "model", "library", "to ours", "its bytes", "our bytes")
    return table_text(heads, lines) if lines else "No other library was better than ours beyond its interval."


def _failed(found: Figures) -> str:
    lines = [
        (TITLES[peer], what, model, str(seeds), f"`{_short(reason)}`")
        for (peer, what, model), (seeds, reason) in found.errors.items()
    ]
    return table_text(("library", "method", "model", "seeds", "message"), lines) if lines else "All of them ran."


def _short(reason: str) -> str:
    line = " ".join(reason.replace("|", "/").replace("`", "'").split())
    return line if len(line) <= MESSAGE else f"{line[:MESSAGE]} ..."


def _versions(found: Figures) -> str:
    return table_text(("package", "version"), sorted(found.versions.items()))


TABLES: dict[str, Callable[[Figures], str]] = {
    **{mark: _table_of(starts) for mark, starts in GROUPS.items()},
    "bases": _bases,
    "better": _better,
    "failed": _failed,
    "versions": _versions,
}
