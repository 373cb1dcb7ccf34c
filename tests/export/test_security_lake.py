"""The files for Security Lake, read back by DuckDB: their folders, their order, their limits, and their events."""

import json
import re
from pathlib import Path

import duckdb
import pytest
from ocsf import problems

REGION = "eu-west-1"
GROUP_BYTES = 256 << 20


@pytest.fixture(scope="session", params=("1.1", "1.2", "1.3"))
def written(request, lake, tmp_path_factory):
    """A version, and where its files are."""
    root = tmp_path_factory.mktemp("security-lake")
    arguments = ["--output", root, "--security-lake-region", REGION, "--ocsf-version", request.param]
    assert lake.call("export", "--format", "security-lake", *arguments) == ""
    return request.param, root


def files(root):
    return sorted(root.rglob("*.parquet"))


def test_each_account_that_fails_has_a_file_in_its_folder(written, rows):
    _, root = written
    failing = {row["account_id"] for row in rows if row["status"] == "FAIL"}
    [run_id] = {row["run_id"] for row in rows}
    places = [str(path.relative_to(root)) for path in files(root)]
    day = run_id[:8]
    assert set(places) == {
        f"ext/sagesweep/region={REGION}/accountId={account}/eventDay={day}/{run_id}.zstd.parquet" for account in failing
    }
    assert [path for path in root.rglob("*") if path.is_file() and path.suffix != ".parquet"] == []


def test_the_events_are_those_of_the_lines_and_valid(written, lake):
    version, root = written
    expected = lake.export("--format", "ocsf", "--ocsf-version", version, "--status", "FAIL")
    read = [event for path in files(root) for event in events(path)]
    assert len(read) == len(expected)
    for event, line in zip(read, expected):
        assert event == line
    picked = {event["metadata"]["event_code"]: event for event in read}
    for event in picked.values():
        assert problems(event, version) == []


def test_files_are_compressed_sorted_by_time_and_within_limits(written):
    _, root = written
    for path in files(root):
        groups = duckdb.sql(
            "SELECT row_group_id, sum(total_compressed_size), list(DISTINCT compression) "
            f"FROM parquet_metadata('{path}') GROUP BY ALL"
        ).fetchall()
        assert all(size <= GROUP_BYTES and codecs == ["ZSTD"] for _, size, codecs in groups)
        times = [time for (time,) in duckdb.sql(f"SELECT time FROM {table(path)}").fetchall()]
        assert times == sorted(times)
        account = re.search(r"accountId=(\d{12})", str(path))[1]
        assert duckdb.sql(f"SELECT DISTINCT cloud.account.uid FROM {table(path)}").fetchall() == [(account,)]


def table(path: Path):
    """The columns of a file, without those that the names of its folders would add."""
    return f"read_parquet('{path}', hive_partitioning = false)"


def events(path: Path):
    """The events of a file as lines have them: nothing null, and JSON where any JSON may be."""
    query = f"SELECT * REPLACE (CAST(unmapped AS JSON) AS unmapped) FROM {table(path)}"
    query = f"SELECT to_json(event) FROM ({query}) AS event"
    for (text,) in duckdb.sql(query).fetchall():
        event = pruned(json.loads(text))
        event["unmapped"] = {name: parsed(value) for name, value in event["unmapped"].items()}
        resource = event.get("resource") or event["resources"][0]
        if "data" in resource:
            resource["data"] = parsed(resource["data"])
        yield event


def parsed(text):
    """JSON, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def pruned(value):
    """The same without what is null."""
    if isinstance(value, dict):
        return {name: pruned(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [pruned(member) for member in value]
    return value
