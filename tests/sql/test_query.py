"""`sagesweep query` gives the rows of the other engines, with their types and their NULLs, in each of its forms."""

import csv
import io
import json
import os
import subprocess
from datetime import date, timedelta

import pyarrow
import pyarrow.parquet as parquet
import pytest

from engines import Embedded, difference
from statements import VIEW_FILES, tables, views
from test_views import PRESENT

COLUMNS = json.loads((VIEW_FILES / "columns.json").read_text())
ARROW = {
    "varchar": pyarrow.string(),
    "integer": pyarrow.int32(),
    "bigint": pyarrow.int64(),
    "double": pyarrow.float64(),
    "boolean": pyarrow.bool_(),
    "date": pyarrow.date32(),
    "timestamp": pyarrow.timestamp("ms", "UTC"),
}


@pytest.fixture(scope="module")
def embedded(program, nights, today):
    return Embedded(program, nights, today)


@pytest.fixture(scope="module")
def embedded_on_varied(program, varied, today):
    return Embedded(program, varied, today)


@pytest.mark.parametrize("view", views())
def test_query_and_duckdb_give_the_same_rows(view, duck, embedded):
    found = embedded.view(view, COLUMNS[view])
    assert not (told := difference(duck.rows(f"SELECT * FROM {view}"), found)), told


@pytest.mark.parametrize("view", views())
def test_query_and_duckdb_give_the_same_rows_of_what_there_may_be_besides(view, duck_of_varied, embedded_on_varied):
    wanted = duck_of_varied.rows(f"SELECT * FROM {view}")
    assert wanted, "nothing would be shown"
    assert not (told := difference(wanted, embedded_on_varied.view(view, COLUMNS[view]))), told


def test_every_kind_of_column_is_somewhere_null_and_somewhere_not(duck_of_varied):
    """Else the comparison would say little of NULLs and of types."""
    kinds = {"null": set(), "value": set()}
    for view, columns in COLUMNS.items():
        for row in duck_of_varied.rows(f"SELECT * FROM {view}"):
            for column in columns:
                kinds["null" if row[column["name"]] is None else "value"].add(column["type"])
    assert kinds["value"] == set(ARROW)
    assert kinds["null"] >= set(ARROW) - {"boolean"}


@pytest.mark.parametrize("view", views())
def test_parquet_has_the_types_of_the_catalog_and_the_rows_of_json(view, embedded_on_varied, tmp_path):
    file = tmp_path / f"{view}.parquet"
    assert embedded_on_varied.answer("--view", view, "--output", file) == ""
    answer = parquet.ParquetFile(file).read()
    assert answer.schema.names == [column["name"] for column in COLUMNS[view]]
    assert answer.schema.types == [ARROW[column["type"]] for column in COLUMNS[view]]
    as_json = embedded_on_varied.rows(f"SELECT * FROM {view}")
    assert answer.num_rows == len(as_json)
    nulls = {name: answer.column(name).null_count for name in answer.schema.names}
    assert nulls == {name: sum(row[name] is None for row in as_json) for name in nulls}


@pytest.mark.parametrize("view", ["coverage_gaps", "run_health", "exceptions_expiring"])
def test_csv_has_the_rows_of_json(view, embedded_on_varied):
    text = embedded_on_varied.answer("--view", view, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    as_json = embedded_on_varied.rows(f"SELECT * FROM {view}")
    assert len(rows) == len(as_json) > 0
    shown = [{name: "" if value is None else _text(value) for name, value in row.items()} for row in as_json]
    assert sorted(map(repr, rows)) == sorted(map(repr, shown))


def _text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


@pytest.mark.parametrize("table", tables())
def test_a_table_has_the_rows_of_the_runs_that_were_committed(table, raw, embedded, varied, embedded_on_varied):
    count = f"SELECT count(*) AS n, count(DISTINCT run_id) AS runs FROM {table}"
    rows = raw[table]
    assert embedded.rows(count) == [{"n": len(rows), "runs": len({row["run_id"] for row in rows})}]
    committed = {row["run_id"] for row in varied.rows("runs", ["run_id"])}
    rows = [row for row in varied.rows(table, ["run_id"]) if row["run_id"] in committed]
    assert embedded_on_varied.rows(count) == [{"n": len(rows), "runs": len({row["run_id"] for row in rows})}]


@pytest.mark.parametrize("view", PRESENT)
def test_what_is_older_than_a_week_is_not_the_present(view, program, nights):
    later = str(date.fromisoformat(nights.last_night()) + timedelta(8))
    assert not Embedded(program, nights, later).rows(f"SELECT * FROM {view}")


def test_as_of_an_earlier_day_the_later_runs_are_not_there(program, nights, raw, duck):
    earlier = sorted({row["run_date"] for row in raw["runs"]})[10]
    then = Embedded(program, nights, earlier)
    (latest,) = then.rows("SELECT run_date FROM run_latest")
    assert latest == {"run_date": earlier}
    (last,) = then.rows("SELECT max(run_date) AS last, count(*) AS n FROM runs")
    assert last == {"last": earlier, "n": sum(row["run_date"] <= earlier for row in raw["runs"])}


def test_nights_that_a_bound_leaves_out_are_not_read(embedded, today, nights):
    week = sorted({path.parent.name for path in nights.files("findings")})[-7:]
    bound = week[0].removeprefix("run_date=")
    plan = embedded.answer(f"EXPLAIN SELECT count(*) FROM findings_published WHERE run_partition >= '{bound}'")
    # Which runs count is told by all of them.
    read = {night for line in plan.splitlines() if "v1/findings/" in line for night in _nights(line)}
    assert read and read <= set(week), plan


def _nights(text):
    return {part.split("/")[0] for part in text.split("v1/findings/")[1:]}


def test_the_terminal_is_not_needed_to_ask(embedded):
    asked = {"input": "SELECT count(*) AS n FROM runs;\nSELECT 2 AS two", "stdin": None}
    done = embedded.run(**asked)
    assert done.returncode == 0 and done.stdout.split() == ["n", "--", "29", "two", "---", "2"], done


def test_the_present_is_the_same_after_a_restart_of_the_engine(embedded):
    query = "SELECT current_date AS today, count(*) AS open FROM findings_latest WHERE is_open"
    first, second = embedded.rows(query), embedded.rows(query)
    assert first == second and first[0]["today"] == embedded.today and first[0]["open"] > 0


def test_a_closed_pipe_ends_it_quietly(embedded, program, nights):
    command = [program, "query", "--lake", nights.root.parent, "--format", "csv", "SELECT * FROM findings"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(nights.root)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, **pipes)
    process.stdout.readline()
    process.stdout.close()
    assert (process.wait(300), process.stderr.read()) == (0, b"")
