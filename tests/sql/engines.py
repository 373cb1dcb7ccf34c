"""Engines that run the views on the files of a lake."""

import json
import os
import subprocess
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import duckdb

from statements import in_dialect, on, tables, views


def day_after(night):
    """The next day, as text."""
    return str(datetime.strptime(night, "%Y-%m-%d").date() + timedelta(days=1))


class DuckDb:
    """DuckDB, with the views as they are on a day."""

    def __init__(self, nights, today):
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        for table in tables():
            files = [str(path) for path in nights.files(table)]
            assert files, f"no night has objects of {table}"
            self.connection.execute(f"CREATE VIEW {table} AS SELECT * FROM {read_parquet(files)}")
        for name, query in views().items():
            self.connection.execute(f"CREATE VIEW {name} AS {in_dialect(on(today, query), 'duckdb')}")

    def rows(self, query):
        """Rows as dictionaries."""
        answer = self.connection.sql(query)
        return [dict(zip(answer.columns, map(plain, row), strict=True)) for row in answer.fetchall()]

    def columns(self, view):
        """Column names with DuckDB's types, in order."""
        return [row[:2] for row in self.connection.execute(f"DESCRIBE {view}").fetchall()]


def read_parquet(files):
    """A relation of DuckDB that reads files as the DDL does: by name, the night as text."""
    names = ", ".join(f"'{file}'" for file in files)
    return (
        f"read_parquet([{names}], union_by_name = true, hive_partitioning = true, hive_types = {{'run_date': VARCHAR}})"
    )


class Spark:
    """Spark, with the views as they are on a day."""

    def __init__(self, nights, today):
        from pyspark.sql import SparkSession

        settings = {
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "1",
            "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
            "spark.ui.enabled": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
        }
        self.session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
        for table in tables():
            files = [str(path) for path in nights.files(table)]
            reader = self.session.read.option("mergeSchema", "true").option("basePath", str(nights.root / table))
            reader.parquet(*files).createOrReplaceTempView(table)
        for name, query in views().items():
            self.session.sql(in_dialect(on(today, query), "spark")).createOrReplaceTempView(name)

    def rows(self, query):
        """Rows as dictionaries."""
        frame = self.session.sql(query)
        # Spark hands out instants as local time without a zone.
        return [
            {name: plain(_utc(value)) for name, value in zip(frame.columns, row, strict=True)}
            for row in frame.collect()
        ]


class Embedded:
    """The engine of the program itself, `sagesweep query`, as on a day. It is asked with the views as they stand."""

    def __init__(self, program, nights, today):
        self.program = program
        self.lake = nights.root.parent
        self.today = today

    def run(self, *arguments, **more):
        """The ended process of a question."""
        command = [self.program, "query", "--lake", self.lake, "--as-of", self.today, *arguments]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.lake)}
        more = {"stdin": subprocess.DEVNULL, "timeout": 300} | more
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **more)

    def answer(self, *arguments):
        """The answer to a question as text."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows(self, query):
        """Rows as dictionaries, with the types of JSON."""
        return [json.loads(line) for line in self.answer(query, "--format", "json").splitlines()]

    def view(self, name, columns):
        """The rows of a view, each value of the type that its column has."""
        read = {column["name"]: READERS[column["type"]] for column in columns}
        rows = []
        for row in self.rows(f"SELECT * FROM {name}"):
            assert list(row) == list(read), f"{name} has other columns"
            rows.append({column: None if row[column] is None else read[column](row[column]) for column in row})
        return rows


def _of(kind):
    """Takes a value of this type of JSON and no other."""

    def read(value):
        assert type(value) is kind, f"{value!r} is no {kind.__name__}"
        return value

    return read


READERS = {
    "varchar": _of(str),
    "integer": _of(int),
    "bigint": _of(int),
    "double": lambda value: plain(float(_of(float)(value))),
    "boolean": _of(bool),
    "date": date.fromisoformat,
    "timestamp": lambda value: plain(datetime.fromisoformat(value)),
}


def _utc(value):
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def plain(value):
    """A value as all engines would give it: instants in UTC without a zone, shares to twelve digits."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return float(f"{value:.12g}") if isinstance(value, float) else value


def difference(expected, found):
    """The rows that only one side has, for people; empty when there are none."""
    names = sorted({name for rows in (expected, found) for row in rows[:1] for name in row})
    left, right = (Counter(tuple(row.get(name) for name in names) for row in rows) for rows in (expected, found))
    sides = (("missing", left - right), ("unexpected", right - left))
    return "\n".join(f"{side} {dict(zip(names, row, strict=True))}" for side, rows in sides for row in list(rows)[:5])
