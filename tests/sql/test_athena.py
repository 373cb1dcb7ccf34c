"""What the program wrote into a bucket, asked through Athena's API: the DDL names the objects, and the views answer as on the
same objects elsewhere. The emulator's engine is DuckDB, so the words of the views are DuckDB's; it keeps no views."""

import json
from datetime import date, datetime

import pytest

from athena import Athena
from engines import DuckDb, day_after, difference, plain
from ministack_server import ministack
from moto_server import moto
from nights import Nights
from one_account import JOBS, REGION, make_jobs, night
from statements import ATHENA, VIEW_FILES, in_dialect, statements, tables, views

BUCKET = "audit-lake"
LAKE = f"s3://{BUCKET}/nightly"
SERVICES = "s3,glue,athena,cloudformation,sts"


@pytest.fixture(scope="module")
def athena(tmp_path_factory, program):
    """Athena over a lake in which a night was published, and published again."""
    folder = tmp_path_factory.mktemp("ministack")
    with moto(tmp_path_factory.mktemp("moto")) as audited, ministack(folder, REGION, SERVICES=SERVICES) as endpoint:
        athena = Athena(endpoint, BUCKET)
        athena.of("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        make_jobs(audited)
        for _ in range(2):
            night(program, tmp_path_factory.mktemp("run"), LAKE, audited, endpoint)
        athena.of("glue").create_database(DatabaseInput={"Name": "sagesweep"})
        athena.database = "sagesweep"
        for statement in statements(ATHENA / "tables.sql"):
            athena.execute(statement.replace("s3://LAKE", LAKE))
        yield athena


@pytest.fixture(scope="module")
def elsewhere(athena, tmp_path_factory):
    """The objects of the bucket on this machine, under DuckDB."""
    folder = tmp_path_factory.mktemp("lake")
    client = athena.of("s3")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="nightly/"):
        for stored in page["Contents"]:
            path = folder / stored["Key"].removeprefix("nightly/")
            path.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(BUCKET, stored["Key"], str(path))
    nights = Nights(folder)
    assert {table: nights.foreign(table) for table in tables()} == {table: [] for table in tables()}
    return DuckDb(nights, day_after(nights.last_night()))


@pytest.mark.parametrize("table", tables())
def test_the_ddl_names_the_objects_of_the_table(table, athena, elsewhere):
    columns = ", ".join([*tables()[table], "run_date"])
    names, rows = athena.execute(f"SELECT {columns} FROM {table}")
    assert names == [*tables()[table], "run_date"]
    assert len(rows) == len(elsewhere.rows(f"SELECT 1 FROM {table}"))
    if table == "findings":
        assert len(rows) == 2 * 2 * JOBS


@pytest.mark.parametrize("view", views())
def test_a_view_answers_through_athena_as_elsewhere(view, athena, elsewhere):
    names, rows = athena.execute(standing_alone(view))
    types = {column["name"]: column["type"] for column in json.loads((VIEW_FILES / "columns.json").read_text())[view]}
    assert names == list(types)
    found = [{name: valued(text, types[name]) for name, text in zip(names, row, strict=True)} for row in rows]
    wanted = elsewhere.rows(f"SELECT * FROM {view}")
    assert not (told := difference(wanted, found)), told


def standing_alone(view):
    """The query of a view with those that it reads before it."""
    before = ", ".join(f"{name} AS ({in_dialect(query, 'duckdb')})" for name, query in views().items())
    return f"WITH {before} SELECT * FROM {view}"


VALUES = {
    "varchar": str,
    "integer": int,
    "bigint": int,
    "double": float,
    "boolean": "true".__eq__,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def valued(text, kind):
    """The value that a text of Athena's answer stands for."""
    return None if text is None else plain(VALUES[kind](text))
