"""Tables of docs/lab/worth.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.marked_page import filled, read_page, table_text
from benchmarks.worth import fast_world, reader_lives, shares
from benchmarks.worth.cost import Cost

LOOKS = (10, 30, 60, 100, 200, 300)  # opens


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured."""

    shares: Mapping[float, Sequence[shares.Verdict]]
    lives: Mapping[str, Sequence[fast_world.Life]]
    lists: int  # of a life of `lives`
    readers: Sequence[reader_lives.ReaderLife]
    cost: Cost


def fill_page(page: Path, found: Figures) -> None:
    """Fill the marks of a page.

    Raises:
        ConfigError: The page is not there, or has a mark that nothing belongs to.
    """
    page.write_text(filled(read_page(page), found, TABLES, str(page)), "utf-8")


def by_then(found: Sequence[int | None], share: float) -> str:
    """By how many opens a share of the lives have it; nothing where fewer ever had it."""
    known = sorted(at for at in found if at is not None)
    place = max(round(share * len(found)) - 1, 0)
    return str(known[place]) if place < len(known) else ""


def _share_table(found: Figures) -> str:
    heads = ["share", *(f"by {opens}" for opens in LOOKS), "better: half, 95%", "back: half, 95%"]
    lines = []
    for share, lives in found.shares.items():
        better, back = [life.better_at for life in lives], [life.back_at for life in lives]
        cells = [f"{_percent(better, opens)}/{_percent(back, opens)}" for opens in LOOKS]
        lines.append([f"{share:.2f}", *cells, _half_and_most(better), _half_and_most(back)])
    return table_text(heads, lines)


def _life_table(found: Figures) -> str:
    heads = [
        "reader",
        "gain",
        "better: ever",
        "half, 95% by",
        "back: ever",
        "half, 95% by",
        "opens kept",
        "newest keeps",
    ]
    lines = []
    for name, lives in found.lives.items():
        ranked, newest, own = (sum(life.opens[n] for life in lives) for n in range(3))
        better, back = [life.better_at for life in lives], [life.back_at for life in lives]
        most = max(ranked, newest)
        ever = [f"{sum(at is not None for at in each) / len(lives):.1%}" for each in (better, back)]
        lines.append(
            [
                *(name, f"{ranked / newest:.2f}", ever[0], _half_and_most(better), ever[1], _half_and_most(back)),
                *(f"{own / most:.3f}", f"{newest / most:.2f}"),
            ]
        )
    return table_text(heads, lines)


def _reader_table(found: Figures) -> str:
    heads = ["reader", "lists", "ranked", "newest", "trial", "gain", "share", "better at", "back at"]
    lines = [
        [
            *(life.kind, str(life.lists), *map(str, life.opens), f"{life.opens[0] / max(life.opens[1], 1):.2f}"),
            *(f"{life.wins} of {life.choices}", str(life.better_at or ""), str(life.back_at or "")),
        ]
        for life in found.readers
    ]
    return table_text(heads, lines)


def _cost_text(found: Figures) -> str:
    cost = found.cost
    most = max((life.kept_bytes for life in found.readers), default=0)
    return (
        f"A list of ten from {cost.articles:,} articles takes {cost.ranked_ms:.2f} ms of processor time ranked, "
        f"{cost.drafted_ms:.2f} ms drafted: {cost.drafted_ms - cost.ranked_ms:.2f} ms more. "
        f"The profile keeps {most} bytes of the trial, at the most."
    )


def _study_text(found: Figures) -> str:
    of_share, of_kind = (len(next(iter(lives.values()))) for lives in (found.shares, found.lives))
    return (
        f"{of_share:,} lives for each share, {of_kind:,} lives of {found.lists} lists for each kind of reader, "
        f"{len(found.readers)} readers with the whole engine."
    )


def _percent(found: Sequence[int | None], opens: int) -> str:
    return f"{sum(at is not None and at <= opens for at in found) / len(found) * 100:.0f}"


def _half_and_most(found: Sequence[int | None]) -> str:
    half, most = by_then(found, 0.5), by_then(found, 0.95)
    return f"{half}, {most or 'not all'}" if half else ""


TABLES: Mapping[str, Callable[[Figures], str]] = {
    "worth-study": _study_text,
    "worth-shares": _share_table,
    "worth-lives": _life_table,
    "worth-readers": _reader_table,
    "worth-cost": _cost_text,
}
