"""Reads executions of an export with one reader, as docs/reconcile-export.md says, and prints each row's cells as a JSON array of texts.

Usage: read_export.py READER FOLDER. Exit code 77: the reader is not here (its reason on standard output).
"""

import csv
import json
import subprocess
import sys

COLUMNS = ["exec_id", "trade_id", "order_id", "cl_ord_id", "symbol", "price", "quantity", "fee", "clearing_date"]


def with_csv(folder):
    with open(f"{folder}/executions.csv", newline="", encoding="utf-8") as file:
        return [[row[c] for c in COLUMNS] for row in csv.DictReader(file)]


def with_sqlite(folder):
    script = f".mode csv\n.import {folder}/executions.csv executions\n.mode json\nSELECT {', '.join(COLUMNS)} FROM executions;\n"
    done = subprocess.run(["sqlite3", ":memory:"], input=script, capture_output=True, text=True, check=True)
    return [[row[c] for c in COLUMNS] for row in json.loads(done.stdout, parse_float=str, parse_int=str)]


def with_json(folder):
    with open(f"{folder}/executions.jsonl", encoding="utf-8") as file:
        return [[row[c] or "" for c in COLUMNS] for row in map(json.loads, file.read().split("\n")[:-1])]


def with_duckdb(folder):
    import duckdb

    schema = json.load(open(f"{folder}/executions.schema.json", encoding="utf-8"))
    types = {c["name"]: c["sql"] for c in schema["columns"]}
    rows = duckdb.sql(
        f"SELECT {', '.join(COLUMNS)} FROM read_csv('{folder}/executions.csv', header = true, delim = ',', quote = '\"', escape = '\"', columns = {types})"
    ).fetchall()
    return [["" if v is None else str(v) for v in row] for row in rows]


def with_pandas(folder):
    import pandas as pd

    frame = pd.read_csv(f"{folder}/executions.csv", dtype=str, keep_default_na=False)
    return frame[COLUMNS].values.tolist()


def with_pandas_json(folder):
    import pandas as pd

    frame = pd.read_json(f"{folder}/executions.jsonl", lines=True, dtype=False, convert_dates=False)
    return [["" if v is None or v != v else v for v in row] for row in frame[COLUMNS].values.tolist()]


def with_polars(folder):
    import polars as pl

    frame = pl.read_csv(f"{folder}/executions.csv", infer_schema=False)
    return [["" if v is None else v for v in row] for row in frame.select(COLUMNS).rows()]


READERS = {
    "csv": with_csv,
    "sqlite": with_sqlite,
    "json": with_json,
    "duckdb": with_duckdb,
    "pandas": with_pandas,
    "pandas_json": with_pandas_json,
    "polars": with_polars,
}

try:
    rows = READERS[sys.argv[1]](sys.argv[2])
except (ImportError, FileNotFoundError) as missing:
    print(missing)
    sys.exit(77)
for row in rows:
    print(json.dumps(row))
