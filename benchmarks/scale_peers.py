"""What other libraries take for the heart of preparing a log: read, leave out the unknown, derive histories, split.

python -m benchmarks.scale_peers pandas articles.jsonl impressions.jsonl folder

None does all that `prepare` does: repeated impressions, the same second, an article that was clicked twice, a count
and a place for each broken line, and hashes are left out. So a peer's figures are a lower bound.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path

HISTORY = 50  # the reader's latest clicks
DEV_SHARE = 0.15


def with_pandas(articles: Path, log: Path, out: Path) -> int:
    """As most notebooks do it: every line into a dictionary, a row for each, and a loop over readers."""
    import pandas as pd

    rows = []
    with log.open(encoding="utf-8") as file:
        for line in file:
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
    impressions = pd.DataFrame(rows)
    places = {name: place for place, name in enumerate(pd.read_json(articles, lines=True)["article_id"])}
    for column in ("shown", "clicked"):
        impressions[column] = impressions[column].map(lambda ids: [places[name] for name in ids if name in places])
    impressions["time"] = pd.to_datetime(impressions["time"])
    impressions = impressions.sort_values(["user_id", "time", "impression_id"])
    histories: list[list[int]] = []
    for _, clicks in impressions.groupby("user_id", sort=False)["clicked"]:
        before: list[int] = []
        for clicked in clicks:
            histories.append(before[-HISTORY:])
            before = before + clicked
    impressions["history"] = histories
    is_dev = impressions["time"] >= impressions["time"].quantile(1 - DEV_SHARE)
    impressions[~is_dev].to_parquet(out / "train.parquet")
    impressions[is_dev].to_parquet(out / "dev.parquet")
    return len(impressions)


def with_polars(articles: Path, log: Path, out: Path) -> int:
    """In columns; a history is a slice of its reader's clicks."""
    import polars as pl

    places = pl.read_ndjson(articles).select("article_id").with_row_index("place")
    # One broken line stops both readers of JSON, so lines are read as text, and what has no end is left out.
    lines = pl.read_csv(log, has_header=False, separator="\x01", quote_char=None, new_columns=["line"])
    texts, lists = ("impression_id", "user_id", "time"), ("shown", "clicked")
    form = pl.Struct({**dict.fromkeys(texts, pl.String), **dict.fromkeys(lists, pl.List(pl.String))})
    whole = lines.filter(pl.col("line").str.ends_with("}"))
    rows = whole.select(pl.col("line").str.json_decode(form)).unnest("line")
    rows = rows.with_columns(pl.col("time").str.to_datetime(time_zone="UTC")).sort("user_id", "time", "impression_id")
    rows = rows.with_row_index("row")
    for column in ("shown", "clicked"):
        ids = rows.select("row", pl.col(column).alias("article_id")).explode("article_id").join(places, "article_id")
        found = ids.group_by("row", maintain_order=True).agg(pl.col("place").alias(column))
        rows = rows.drop(column).join(found, "row", "left").with_columns(pl.col(column).fill_null([]))
    count = pl.col("clicked").list.len()
    clicks = rows.group_by("user_id").agg(pl.col("clicked").explode().drop_nulls().alias("all"))
    rows = rows.with_columns((count.cum_sum().over("user_id") - count).cast(pl.Int64).alias("before"))
    first = pl.max_horizontal(pl.lit(0), pl.col("before") - HISTORY)
    rows = rows.join(clicks, "user_id", "left")
    rows = rows.with_columns(pl.col("all").list.slice(first, pl.col("before") - first).alias("history")).drop("all")
    is_dev = pl.col("time") >= rows["time"].quantile(1 - DEV_SHARE)
    rows.filter(~is_dev).write_parquet(out / "train.parquet")
    rows.filter(is_dev).write_parquet(out / "dev.parquet")
    return len(rows)


def with_duckdb(articles: Path, log: Path, out: Path) -> int:
    """In SQL; a history is a slice of its reader's clicks."""
    import duckdb

    database = duckdb.connect(str(out / "work.duckdb"))
    database.execute(
        "CREATE TABLE places AS SELECT article_id, row_number() OVER () - 1 AS place "
        "FROM read_json(?, format='newline_delimited')",
        [str(articles)],
    )
    database.execute(
        "CREATE TABLE log AS SELECT row_number() OVER (ORDER BY user_id, time, impression_id) AS row, * "
        "FROM read_json(?, format='newline_delimited', ignore_errors=true, columns={impression_id: 'VARCHAR', "
        "user_id: 'VARCHAR', time: 'TIMESTAMP', shown: 'VARCHAR[]', clicked: 'VARCHAR[]'}) WHERE user_id IS NOT NULL",
        [str(log)],
    )
    for column in ("shown", "clicked"):
        database.execute(
            f"CREATE TABLE {column} AS SELECT row, list(place ORDER BY nr) AS {column} FROM (SELECT row, "
            f"unnest({column}) AS article_id, generate_subscripts({column}, 1) AS nr FROM log) "
            "JOIN places USING (article_id) GROUP BY row"
        )
    database.execute(
        "CREATE TABLE rows AS SELECT log.row, impression_id, user_id, time, shown.shown, "
        "coalesce(clicked.clicked, []) AS clicked FROM log LEFT JOIN shown USING (row) LEFT JOIN clicked USING (row)"
    )
    database.execute(
        "CREATE TABLE readers AS SELECT user_id, flatten(list(clicked ORDER BY row)) AS everything "
        "FROM rows GROUP BY user_id"
    )
    database.execute(
        f"CREATE TABLE examples AS SELECT * EXCLUDE (everything, before), everything[before - {HISTORY} + 1:before] "
        "AS history FROM (SELECT *, sum(len(clicked)) OVER (PARTITION BY user_id ORDER BY row) - len(clicked) "
        "AS before FROM rows) JOIN readers USING (user_id)"
    )
    split = f"SELECT quantile_disc(time, {1 - DEV_SHARE}) FROM examples"
    for name, sign in (("train", "<"), ("dev", ">=")):
        where = f"SELECT * FROM examples WHERE time {sign} ({split})"
        database.execute(f"COPY ({where}) TO '{out / name}.parquet' (FORMAT parquet)")
    return int(database.execute("SELECT count(*) FROM examples").fetchall()[0][0])


PEERS: dict[str, Callable[[Path, Path, Path], int]] = {
    "pandas": with_pandas,
    "polars": with_polars,
    "duckdb": with_duckdb,
}


def main() -> None:
    """Do it and print what it took."""
    peer, articles, log, out = sys.argv[1:]
    impressions = PEERS[peer](Path(articles), Path(log), Path(out))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"impressions": impressions, "cpu_s": used.ru_utime + used.ru_stime}))


if __name__ == "__main__":
    main()
