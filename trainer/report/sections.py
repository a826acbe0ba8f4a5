"""What the report says, section by section: words, tables and pictures, all from the report's data."""

from __future__ import annotations

from collections.abc import Callable

from trainer.report.agreement import shares_by_name
from trainer.report.collect import CompressionReport, Reduction
from trainer.report.layers import LayerSize
from trainer.report.meaning import reader_section, units_section, vocabulary_section
from trainer.report.parts import (
    NOT_KNOWN,
    Figure,
    Section,
    Table,
    Text,
    count,
    decimal,
    difference,
    gained,
    interval,
    share,
)
from trainer.report.variants import GROUPS
from trainer.student_steps.recipe import recipe_text


def _summary(report: CompressionReport) -> Section:
    return Section(
        "Summary",
        [
            Text(
                f"The bundle takes {report.size_bytes:,} bytes and ranks, from content alone, with nDCG@10 "
                f"{interval(report.ndcg10)} and AUC {interval(report.auc)}."
            ),
            Text("\n".join(map(_reduction_line, report.reductions)), "list"),
            Table(
                "The bundle against larger models of the same run. Differences are paired, on the same lists, with "
                "their 95 % interval: below 0, the bundle ranks worse.",
                ["against", "its bytes", "times as large", "AUC", "nDCG@10", "nDCG@10, relative"],
                [
                    [
                        one.against,
                        count(one.size_bytes),
                        decimal(one.times, 1),
                        difference(one.auc),
                        difference(one.ndcg10),
                        f"{100 * one.ndcg10_share:+.2f} %",
                    ]
                    for one in report.reductions
                ],
            ),
            Table(
                "Records to beat. None of them was measured on MIND, nor on the log of this run, so they say how far "
                "others have come, not who is ahead on one task.",
                ["work", "source", "times smaller", "quality lost", "measured on"],
                [[one.work, one.where, decimal(one.times, 1), one.lost, one.data] for one in report.records],
                words=(1, 3, 4),
            ),
        ],
    )


def _reduction_line(one: Reduction) -> str:
    size = "of unknown size" if one.times is None else f"{decimal(one.times, 1)} times as large"
    if one.ndcg10.low > 0:
        verdict = "the bundle ranks better"
    elif one.ndcg10.high < 0:
        verdict = "the bundle ranks worse"
    else:
        verdict = "this log does not tell which of the two ranks better"
    return f"{one.against[0].upper()}{one.against[1:]} is {size}; nDCG@10 {difference(one.ndcg10)}: {verdict}."


def _trade_offs(report: CompressionReport) -> Section:
    best = next(one for one in report.variants if one.group == "bundle")
    alt = (
        f"nDCG@10 with 95 % intervals over the {{}} of each of {len(report.variants)} bundles, on a log scale. The "
        f"finished one: {best.size_bytes:,} bytes, {decimal(best.encode_us)} microseconds a title, nDCG@10 "
        f"{interval(best.ndcg10)}. All numbers are in the table of variants."
    )
    moved = "Points of nearly the same place are moved apart. Black edges are on the front: no bundle is both"
    intervals = (
        "Intervals are those of one model alone; of two that overlap one may still be better, see the next section."
    )
    return Section(
        "Size and speed against ranking",
        [
            Figure("bytes", alt.format("bytes"), f"{moved} smaller and better. {intervals}"),
            Figure(
                "encode",
                alt.format("time of encoding a title"),
                f"{moved} faster and better. Each was timed when it was made, through the real interpreter: compare "
                "those of one run on one machine.",
            ),
            Table(
                "All variants. Zeros are among the weights that training set. The last column is the difference to "
                "this run's dense student, paired, on the same lists.",
                ["variant", "what it is", "bytes", "gzip", "weights", "zeros", "µs a title", "µs to rank 1,000", "AUC",
                 "nDCG@10", "nDCG@10 - dense"],
                [
                    [
                        one.name,
                        GROUPS[one.group],
                        count(one.size_bytes),
                        count(one.gzip_bytes),
                        count(one.parameters),
                        count(one.zeros),
                        decimal(one.encode_us),
                        decimal(one.rank_us, 1),
                        interval(one.auc),
                        interval(one.ndcg10),
                        difference(one.difference),
                    ]
                    for one in report.variants
                ],
                words=(1,),
            ),
            Text(_carried(report)),
        ],
    )  # fmt: skip


def _carried(report: CompressionReport) -> str:
    if report.front is None:
        return "The bundle carries no figures of other sizes."
    points = "; ".join(f"{one.name}, {one.bytes:,} bytes, {one.mean:.4f}" for one in report.front.points)
    return (
        f"The bundle carries {len(report.front.points)} sizes with their nDCG@10, which `edge-news info` and the app "
        f"show: {points}."
    )


def _steps(report: CompressionReport) -> Section:
    found = [f"{one.name}: {one.size_bytes:,} bytes, {difference(one.since_dense)}" for one in report.steps]
    return Section(
        "What each step gained and cost",
        [
            Figure(
                "steps",
                "Bars of the bytes of each step's bundle, and beside them the difference of its nDCG@10 to the dense "
                f"student's with 95 % intervals. {'; '.join(found)}.",
                "Where an interval contains 0, this log does not tell whether the step and all before it cost quality.",
            ),
            Table(
                "Each step against the one before it; the last column is against the dense float32 student. A smaller "
                "bundle and a shorter time count as gained. Zeros can go: where rows are cut out, theirs go with them.",
                ["step", "bytes", "bytes gained", "gzip gained", "weights gained", "zeros gained", "µs gained",
                 "nDCG@10 since last", "nDCG@10 since dense"],
                [
                    [
                        one.name,
                        count(one.size_bytes),
                        gained(one.bytes_gained),
                        gained(one.gzip_bytes_gained),
                        gained(one.parameters_gained),
                        gained(one.zeros_gained),
                        gained(one.encode_us_gained, 2),
                        difference(one.since_last),
                        difference(one.since_dense),
                    ]
                    for one in report.steps
                ],
            ),
        ],
    )  # fmt: skip


def _bytes(report: CompressionReport) -> Section:
    def sides(get: Callable[[LayerSize], str]) -> list[list[str]]:
        pairs = [(layer.before, layer.after) for layer in report.layers]
        return [[NOT_KNOWN if side is None else get(side) for side in pair] for pair in pairs]

    numbers = sides(lambda size: count(size.parameters))
    zeros = sides(lambda size: share(size.zeros / size.parameters))
    sizes = sides(lambda size: count(size.size_bytes))
    before, after = report.members["before"], report.members["after"]
    return Section(
        "Where the bytes are",
        [
            Figure(
                "members",
                "Pairs of bars on a log scale: bytes of each member of the bundle, dense and compressed; the numbers "
                "are written beside the bars: "
                + "; ".join(f"{name} {before[name]:,} and {after[name]:,}" for name in after) + ".",
                "Members as they lie in the file: encoders, vocabulary, head, golden outputs and card are deflated. "
                "The manifest counts with the header.",
            ),
            Figure(
                "layers",
                "Pairs of bars: bytes and share of zeros of each layer, dense and compressed; the numbers are in the "
                "table below.",
                "Layers as they are stored, before deflation and without what the TFLite format adds. Rows of pieces "
                "that no title of the training days has are zeros from the start.",
            ),
            Table(
                "Layers of the dense student and of the compressed one. A factored kernel counts as the sum of its "
                "factors; the scoring head is left out.",
                ["layer", "weights, dense", "compressed", "zeros, dense", "compressed", "bytes, dense", "compressed"],
                [
                    [layer.name, *numbers[number], *zeros[number], *sizes[number]]
                    for number, layer in enumerate(report.layers)
                ],
            ),
        ],
    )  # fmt: skip


def _alike(report: CompressionReport) -> Section:
    found, scores = report.agreement, report.scores
    named = shares_by_name(found)
    return Section(
        "Does it rank alike?",
        [
            Figure(
                "scores",
                "Two panels: the distributions of the scores of the dense and of the compressed model, one drawn over "
                f"the other; and the one's scores over the other's, correlation {scores.correlation:.3f}.",
                "Scores of all shown articles of dev by the dense float32 student and by the finished bundle, each "
                "list's mean taken away. The outermost bins hold what lies beyond them.",
            ),
            Figure(
                "agreement",
                f"Two panels: lists by Kendall's tau, mean {found.kendall.mean:.3f}; and the share of the articles on "
                "top that both have in common: "
                + "; ".join(f"{name} {share(one.share.mean)}" for name, one in named.items()) + ".",
                "A list is one impression of dev. A feed is what a reader would see who has in the cache the (at most "
                "1,000) articles that dev showed last.",
            ),
            Table(
                "Agreement of the dense float32 student and the finished bundle; 1 is the same order. Lists that are "
                "no longer than the top are left out: all of them is on top.",
                ["measure", "lists or readers", "mean and 95 % interval"],
                [
                    ["Kendall's tau-b of a list", count(found.lists), interval(found.kendall)],
                    ["Spearman's rho of a list", count(found.lists), interval(found.spearman)],
                    *([f"overlap, {name}", count(one.lists), interval(one.share)] for name, one in named.items()),
                ],
            ),
        ],
    )  # fmt: skip


def _engines(report: CompressionReport) -> Section:
    return Section(
        "Engines",
        [
            Table(
                "Interpreters that were given the finished bundle, and whether they compute its golden outputs.",
                ["engine", "loads", "right", "what was seen"],
                [
                    [
                        f"{one.engine} {one.version}",
                        *("yes" if so else "no" for so in (one.loads, one.right)),
                        one.message,
                    ]
                    for one in report.engines
                ],
                words=(3,),
            )
        ],
    )


def _again(report: CompressionReport) -> Section:
    return Section(
        "Do it again",
        [
            Text(
                f"Seed {report.seed}, text vectors {report.text_vectors}, languages {', '.join(report.languages)}; the "
                "run's settings.json has every other setting. AUC and nDCG@10 are those of MIND (Wu et al., ACL 2020), "
                "intervals are of a bootstrap over lists with 1,000 resamples; they say nothing of how much another "
                "training would change. The recipe:"
            ),
            Text(recipe_text(report.recipe), "code"),
        ],
    )


SECTIONS: tuple[Callable[[CompressionReport], Section], ...] = (
    _summary,
    _trade_offs,
    _steps,
    _bytes,
    _alike,
    vocabulary_section,
    units_section,
    reader_section,
    _engines,
    _again,
)
