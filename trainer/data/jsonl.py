"""A publisher's own impressions, JSON Lines; see docs/data.md."""

from __future__ import annotations

from collections.abc import Mapping

from edge_runtime.model.json_lines import parse_object, parse_time
from trainer.data.log_rows import BadRow, LogRow


def parse_impression(line: str) -> LogRow:
    """A line of impressions.jsonl.

    Raises:
        BadRow: Not JSON, a field missing or of another type, nothing shown, or a click on what was not.
    """
    try:
        row = parse_object(line)
    except ValueError as error:
        raise BadRow("not a JSON object", str(error)) from None
    try:
        time_s = int(parse_time(row.get("time")).timestamp())
    except ValueError as error:
        raise BadRow("unparsable time", str(error)) from None
    shown, clicked = _ids(row, "shown"), set(_ids(row, "clicked"))
    if not shown:
        raise BadRow("nothing shown")
    if not clicked <= set(shown):
        raise BadRow("click on an article that was not shown", min(clicked - set(shown)))
    return LogRow(
        impression_id=_id(row, "impression_id"),
        user_id=_id(row, "user_id"),
        time_s=time_s,
        history=_ids(row, "history") if row.get("history") is not None else None,
        shown=shown,
        clicked=[article_id in clicked for article_id in shown],
    )


def _id(row: Mapping[str, object], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise BadRow("missing field", f"{name} is {value!r}, not a string")
    return value.encode("utf-8", "replace").decode()  # a lone surrogate is JSON, but no text


def _ids(row: Mapping[str, object], name: str) -> list[str]:
    values = row.get(name)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadRow("missing field", f"{name} is not a list of article ids")
    return values
