"""Reads what a run published with DuckDB, and compares findings with the truth, row for row."""

import sys
from collections import Counter
from pathlib import Path

import duckdb

COLUMNS = ("account_id", "region", "resource_arn", "check_id", "status", "reason_code")
KEY = COLUMNS[:4]
SHOWN = 20


class Lake:
    """The tables of one destination directory."""

    def __init__(self, root):
        self.root = Path(root)

    def files(self, table):
        """The published files of a table, as paths."""
        return sorted((self.root / "v1" / table).glob("run_date=*/*.parquet"))

    def rows(self, table, sql="select * from t"):
        """Rows as dictionaries; the table is called `t`."""
        files = [str(path) for path in self.files(table)]
        assert files, f"the run published no {table} under {self.root}"
        connection = duckdb.connect()
        connection.read_parquet(files, hive_partitioning=True).create_view("t")
        answer = connection.sql(sql)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]

    def findings(self):
        """The columns that the truth speaks of."""
        return self.rows("findings", f"select {', '.join(COLUMNS)} from t")


def difference(expected, found):
    """What differs, in both directions, for people; the empty text when nothing does."""
    lines = []
    for who, rows in (("truth", expected), ("findings", found)):
        counted = Counter(_key(row) for row in rows)
        lines += _section(f"more than once in the {who}", [key for key, count in counted.items() if count > 1])
    wanted = {_key(row): _outcome(row) for row in expected}
    got = {_key(row): _outcome(row) for row in found}
    lines += _section("missing", [f"{key}  {wanted[key]}" for key in wanted.keys() - got.keys()])
    lines += _section("unexpected", [f"{key}  {got[key]}" for key in got.keys() - wanted.keys()])
    wrong = [key for key in wanted.keys() & got.keys() if wanted[key] != got[key]]
    lines += _section("different", [f"{key}\n      expected {wanted[key]}\n      found    {got[key]}" for key in wrong])
    return "\n".join(lines)


def _section(title, entries):
    if not entries:
        return []
    shown = [f"    {entry}" for entry in sorted(entries)[:SHOWN]]
    rest = [f"    and {len(entries) - SHOWN} more"] if len(entries) > SHOWN else []
    return [f"{len(entries)} {title}:", *shown, *rest]


def _key(row):
    return " ".join(str(row[column]) for column in KEY)


def _outcome(row):
    return f"{row['status']} {row['reason_code']}"


def main():
    """Counts of a directory's tables; fails when one of them cannot be read or there are no findings."""
    lake = Lake(sys.argv[1])
    for table in ("runs", "coverage", "resources", "findings"):
        print(f"{lake.rows(table, 'select count(*) as n from t')[0]['n']:8} {table}")
    for row in lake.rows("coverage", "select outcome, count(*) as n from t group by all order by all"):
        print(f"{row['n']:8} {row['outcome']}")
    by_check = "select check_id, status, count(*) as n from t group by all order by all"
    counts = lake.rows("findings", by_check)
    for row in counts:
        print(f"{row['n']:8} {row['check_id']} {row['status']}")
    sys.exit(0 if counts else "no findings")


if __name__ == "__main__":
    main()
