"""The objects themselves: what DuckDB and pyarrow read is what the DDL says, and nothing else lies where Athena reads."""

import shutil

import duckdb
import pyarrow
import pyarrow.parquet as parquet
import pytest

from engines import read_parquet
from nights import Nights
from statements import tables

DUCKDB = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "array<string>": "VARCHAR[]",
    "map<string, string>": "MAP(VARCHAR, VARCHAR)",
    "map<string, bigint>": "MAP(VARCHAR, BIGINT)",
    "array<struct<key: string, bytes: bigint, rows: bigint, sha256: string>>": (
        'STRUCT("key" VARCHAR, bytes BIGINT, "rows" BIGINT, sha256 VARCHAR)[]'
    ),
}
OBJECT = pyarrow.struct([("key", "string"), ("bytes", "int64"), ("rows", "int64"), ("sha256", "string")])
ARROW = {
    "string": pyarrow.string(),
    "int": pyarrow.int32(),
    "bigint": pyarrow.int64(),
    "double": pyarrow.float64(),
    "boolean": pyarrow.bool_(),
    "date": pyarrow.date32(),
    "timestamp": pyarrow.timestamp("ms", "UTC"),
    "array<string>": pyarrow.list_(pyarrow.string()),
    "map<string, string>": pyarrow.map_(pyarrow.string(), pyarrow.string()),
    "map<string, bigint>": pyarrow.map_(pyarrow.string(), pyarrow.int64()),
    "array<struct<key: string, bytes: bigint, rows: bigint, sha256: string>>": pyarrow.list_(OBJECT),
}


def test_each_table_of_the_lake_is_in_the_ddl_and_nothing_foreign_lies_in_it(nights):
    folders = {path.name for path in nights.root.iterdir() if not path.name.startswith(("_", "."))}
    assert folders == set(tables())
    assert {table: nights.foreign(table) for table in folders} == dict.fromkeys(folders, [])


@pytest.mark.parametrize("table", tables())
def test_duckdb_reads_the_types_of_the_ddl(table, nights):
    # The last nights have every column; the first ones lack those that came later.
    described = duckdb.connect().execute(f"DESCRIBE SELECT * FROM {read_parquet(nights.files(table))}").fetchall()
    found = {name: kind for name, kind, *_ in described}
    assert found.pop("run_date") == "VARCHAR"
    assert found == {name: DUCKDB[kind] for name, kind in tables()[table].items()}


@pytest.mark.parametrize("table", tables())
def test_pyarrow_reads_the_types_of_the_ddl_in_their_order(table, nights):
    ddl = tables()[table]
    for path in nights.files(table):
        schema = parquet.read_schema(path)
        known = [name for name in ddl if name in schema.names]
        # A column that came later stands behind the others.
        assert schema.names == known == list(ddl)[: len(known)], path
        for name in known:
            assert _bare(schema.field(name).type) == ARROW[ddl[name]], f"{path}: {name}"
    assert known == list(ddl), "the last night has every column"


def _bare(kind):
    """The type without the nullability of what is in it."""
    if pyarrow.types.is_list(kind):
        return pyarrow.list_(_bare(kind.value_type))
    if pyarrow.types.is_struct(kind):
        return pyarrow.struct([(field.name, _bare(field.type)) for field in kind])
    return pyarrow.map_(kind.key_type, kind.item_type) if pyarrow.types.is_map(kind) else kind


@pytest.mark.parametrize("table", tables())
def test_old_readers_find_instants_lists_and_maps_as_they_know_them(table, nights):
    leaves = parquet.ParquetFile(nights.files(table)[-1]).schema
    paths = [leaves.column(index) for index in range(len(leaves))]
    for leaf in paths:
        name, *inner = leaf.path.split(".")
        kind = tables()[table][name]
        if kind == "timestamp":
            assert leaf.converted_type == "TIMESTAMP_MILLIS", leaf.path
        if kind.startswith("array"):
            assert inner[:2] == ["list", "element"], leaf.path
        if kind.startswith("map"):
            assert inner in (["key_value", "key"], ["key_value", "value"]), leaf.path


@pytest.mark.parametrize("table", tables())
def test_duckdb_and_pyarrow_read_the_same_values(table, nights, raw):
    columns = list(tables()[table])
    names = ", ".join(f'"{name}"' for name in columns)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    answer = connection.sql(f"SELECT {names}, run_date FROM {read_parquet(nights.files(table))}")
    read = [_values(dict(zip(answer.columns, row, strict=True))) for row in answer.fetchall()]
    held = [_values(row) for row in raw[table]]
    # These nights have no file of exceptions; the varied ones have.
    assert len(read) == len(held) and bool(held) == (table != "exceptions")
    assert sorted(map(repr, read)) == sorted(map(repr, held))


def _values(row):
    """Values in one form: maps as dictionaries, instants in seconds."""
    plain = {}
    for name, value in sorted(row.items()):
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            value = dict(value)
        if value == [] and isinstance(value, list):
            value = {} if name.endswith(("_by_status", "_by_state", "_by_api", "_rows", "tags")) else value
        plain[name] = value.timestamp() if hasattr(value, "timestamp") else value
    return plain


def test_the_harness_passes_over_hidden_and_foreign_names(nights, tmp_path):
    some = nights.files("runs")[-1]
    folder = tmp_path / "v1" / "runs" / some.parent.name
    (folder / "_hidden").mkdir(parents=True)
    for name in (some.name, f"_{some.name}", f".{some.name}", "copy.parquet", f"_hidden/{some.name}"):
        shutil.copyfile(some, folder / name)
    (folder / "notes.txt").write_text("")
    lake = Nights(tmp_path)
    assert [path.name for path in lake.files("runs")] == [some.name]
    assert sorted(lake.foreign("runs")) == [f"{some.parent.name}/copy.parquet", f"{some.parent.name}/notes.txt"]
