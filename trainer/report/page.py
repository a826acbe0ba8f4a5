"""The report as one HTML file that needs nothing else: style and pictures are in it, no script, no network."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape

from trainer.report.collect import CompressionReport
from trainer.report.parts import Figure, Section, Table, Text
from trainer.report.plots import draw_all
from trainer.report.sections import SECTIONS

_STYLE = """
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem 1.2rem 4rem; background: #fff; color: #1a1a1a;
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 1.2rem 0 .4rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; border-bottom: 2px solid #0072b2; padding-bottom: .2rem; }
a { color: #004f7c; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: .8rem 0; padding: 0; }
figure { margin: 1.2rem 0; }
img { display: block; max-width: 100%; height: auto; }
figcaption, caption { color: #404040; font-size: .9rem; text-align: left; }
caption { padding: .2rem 0 .5rem; }
.scroll { overflow-x: auto; margin: 1.2rem 0; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid #d0d0d0; text-align: right; vertical-align: top; }
thead th { border-bottom: 2px solid #404040; vertical-align: bottom; }
th:first-child, td.words { text-align: left; }
td.words { min-width: 11rem; }
th[scope=row] { font-weight: 600; }
pre { background: #f4f4f4; padding: .8rem; overflow-x: auto; font-size: .85rem; }
.words-list { line-height: 1.9; }
.words-list span { background: #f0f0f0; border-radius: .2rem; padding: .1rem .35rem; white-space: nowrap; }
@media print {
  body { max-width: none; font-size: 11pt; }
  h2, figure, tr { break-inside: avoid; }
  nav { display: none; }
}
"""


def report_page(report: CompressionReport) -> str:
    """The page of a report as HTML, in one file without anything to load."""
    pictures = draw_all(report)
    sections = [(f"part-{number}", section(report)) for number, section in enumerate(SECTIONS, start=1)]
    links = "".join(f'<li><a href="#{name}">{escape(section.title)}</a></li>' for name, section in sections)
    body = "".join(_section(name, section, pictures) for name, section in sections)
    title = f"Compression report: {escape(report.run)}"
    about = (
        f"{escape(report.data)}. Licence of the data: {escape(report.licence)}. Seed {report.seed}. "
        f"Measured on {report.impressions:,} later lists of its dev part."
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{title}</h1>\n<p>{about}</p>\n</header>\n"
        f'<nav aria-label="Sections"><ul>{links}</ul></nav>\n<main>\n{body}</main>\n</body>\n</html>\n'
    )


def _section(name: str, section: Section, pictures: Mapping[str, bytes]) -> str:
    parts = [_part(part, pictures) for part in section.parts]
    heading = f'<h2 id="{name}-title">{escape(section.title)}</h2>'
    inner = "\n".join([heading, *parts])
    return f'<section id="{name}" aria-labelledby="{name}-title">\n{inner}\n</section>\n'


def _part(part: Text | Table | Figure, pictures: Mapping[str, bytes]) -> str:
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Figure):
        data = base64.b64encode(pictures[part.picture]).decode()
        image = f'<img src="data:image/png;base64,{data}" alt="{escape(part.alt)}">'
        return f"<figure>\n{image}\n<figcaption>{escape(part.caption)}</figcaption>\n</figure>"
    if part.kind == "code":
        return f"<pre>{escape(part.text)}</pre>"
    if part.kind == "list":
        items = "".join(f"<li>{escape(line)}</li>" for line in part.text.splitlines())
        return f"<ul>{items}</ul>"
    if part.kind == "words":
        words = " ".join(f"<span>{escape(word)}</span>" for word in part.text.split(" "))
        return f'<p class="words-list">{words}</p>'
    return f"<p>{escape(part.text)}</p>"


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in table.heads)
    rows = "\n".join(_row(row, table.words) for row in table.rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(table.caption)}">\n<table>\n'
        f"<caption>{escape(table.caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )


def _row(cells: Sequence[str], words: Sequence[int]) -> str:
    first, *rest = cells
    data = "".join(
        f'<td class="words">{escape(cell)}</td>' if column in words else f"<td>{escape(cell)}</td>"
        for column, cell in enumerate(rest, start=1)
    )
    return f'<tr><th scope="row">{escape(first)}</th>{data}</tr>'
