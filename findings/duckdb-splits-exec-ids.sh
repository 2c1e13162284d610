#!/usr/bin/env bash
# DuckDB 2.0.1 (Python package): a CSV with one column, of ExecIDs such as 13768;1, is read as two columns of numbers, and `header = true`
# costs an execution.
# One would have guessed: a file without a comma and with a title above its values is one column of that title, as pandas and polars read it;
#   and that who says header = true gets the first line as the header, and every other line as a row.
# What happens: the sniffer takes the ; within the ids for the separator. The title, which has no ;, is passed over as if it were none of the
#   table: the columns are column0 and column1, BIGINT. With header = true the first execution becomes the header: two rows of three are
#   left, without an error. all_varchar = true changes the types and not the columns. With delim = ',' the file is read as it is.
# Source: DuckDB's documentation, "CSV Auto Detection" (dialect, type and header detection), describes the candidates , | ; and tab.
# What follows for us: docs/reconcile-export.md gives delim with every read; a list of ExecIDs alone is named there as what needs it most.
set -euo pipefail
command -v python3 >/dev/null || { echo "needs python3 with venv"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q duckdb==2.0.1
printf 'exec_id\n13768;1\n13768;2\n13769;1\n' >"$work/exec_ids.csv"
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys
import duckdb

print("DuckDB", duckdb.__version__)
expected = {
    "": (["column0", "column1"], [(13768, 1), (13768, 2), (13769, 1)]),
    ", all_varchar = true": (["column0", "column1"], [("13768", "1"), ("13768", "2"), ("13769", "1")]),
    ", header = true": (["13768", "1"], [(13768, 2), (13769, 1)]),
    ", delim = ','": (["exec_id"], [("13768;1",), ("13768;2",), ("13769;1",)]),
}
changed = False
for options, wanted in expected.items():
    read = duckdb.sql(f"SELECT * FROM read_csv('exec_ids.csv'{options})")
    seen = (list(read.columns), read.fetchall())
    print(f"read_csv('exec_ids.csv'{options}): columns {seen[0]}, rows {seen[1]}")
    changed = changed or seen != wanted
print("changed" if changed else "as found: three ExecIDs of one column, read as two columns, or with one of them lost")
sys.exit(changed)
PY
