"""The same nights with more in them than one version of the program writes: objects of a run that was never committed, nights of
an older version with fewer columns and fewer tables, exceptions, tags, makers of jobs, keys of every kind, ages at the edge of
their time."""

import json
import random
import shutil
from datetime import datetime, timedelta
from zlib import crc32

import pyarrow
import pyarrow.parquet as parquet

from nights import Nights

ROTATIONS = (
    "off",
    "not_asked",
    {"on": {"days": 365}},
    {"on": {"days": None}},
    {"impossible": "not_enabled"},
    {"unread": {"why": "denied"}},
)
KEYS = ({"kind": "not_found"}, {"kind": "described", "manager": "customer", "usability": "usable"})
RUN_ID = len("YYYYMMDDThhmmssZ-xxxx")
AGES = (0, 7, 8, 15, 16, 30, 31, 90, 91, 180, 181)
TAGS = ("sagemaker:project-name", "sagemaker:domain-arn", "sagemaker:user-profile-arn")
KINDS = ("TUNING_JOB", "AUTOML_JOB", "LABELING_JOB", "PIPELINE_EXECUTION")


def vary(nights, folder):
    """Writes the nights anew below `folder`."""
    shutil.copytree(nights.root, folder / "v1", ignore=shutil.ignore_patterns("_*"))
    varied = Nights(folder)
    runs = varied.files("runs")
    # A run that was killed before its last object.
    runs[len(runs) // 2].unlink()
    _make_older(
        varied, {path.name[:RUN_ID] for path in runs[: len(runs) // 3]}, {path.name[:RUN_ID] for path in runs[:2]}
    )
    for table, change in (
        ("findings", _finding),
        ("resources", _resource),
        ("posture_daily", _count),
        ("checks", _check),
    ):
        for path in varied.files(table):
            read = parquet.ParquetFile(path).read()
            # Of a night always the same.
            draw = random.Random(path.name)
            rows = read.to_pylist(maps_as_pydicts="strict")
            for row in rows:
                change(row, draw)
            parquet.write_table(pyarrow.Table.from_pylist(rows, schema=read.schema), path, compression="zstd")
    for path in varied.files("exceptions"):
        schema = parquet.ParquetFile(path).read().schema
        rows = [_exception(path.name[:RUN_ID], number, random.Random(f"{path.name} {number}")) for number in range(5)]
        parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), path, compression="zstd")
    return varied


def _make_older(varied, fewer_columns, fewer_tables):
    """Makes some runs those of a version before the last columns, and some those of one before the tables of history."""
    for table, column in (("findings", "last_resolved_at"), ("coverage", "empty_since")):
        for path in varied.files(table):
            if path.name[:RUN_ID] in fewer_columns:
                read = parquet.ParquetFile(path).read()
                kept = [name for name in read.column_names if name != column]
                parquet.write_table(read.select(kept), path, compression="zstd")
    for table in ("finding_events", "posture_daily", "checks", "check_requirements", "exceptions"):
        for path in varied.files(table):
            if path.name[:RUN_ID] in fewer_tables:
                path.unlink()


def _is_key(row):
    """Makes some resources keys, the same ones in every table."""
    if crc32(row["resource_arn"].encode()) % 3 == 0:
        row["resource_type"] = "AWS::KMS::Key"
    return row["resource_type"] == "AWS::KMS::Key"


def _finding(row, draw):
    _is_key(row)
    if row["status"] == "FAIL" and draw.random() < 0.3:
        number = draw.randrange(4)
        row["exception_id"] = f"EX-{number}"
        row["exception_owner"] = "someone" if number else None
        row["exception_reason"] = "a reason"
        last = row["observed_at"].date() + timedelta(days=draw.choice((-1, 0, 29, 30, 31)))
        row["exception_expires_on"] = last if number else None
    if row["status"] == "FAIL":
        row["first_failed_at"] = draw.choice((None, *(row["observed_at"] - timedelta(days=age) for age in AGES)))


def _exception(run_id, number, draw):
    days_left = draw.choice((-1, 0, 30, 31))
    findings = draw.randrange(2)
    last = datetime.strptime(run_id[:8], "%Y%m%d").date() + timedelta(days=days_left)
    return {
        "run_id": run_id,
        "schema_version": 5,
        "exception_id": f"EX-{number}",
        "line": 1 + 8 * number,
        "state": "EXPIRED" if days_left < 0 else "EXPIRING" if days_left <= 30 else "IN_FORCE",
        "findings": 0 if days_left < 0 else findings,
        "is_unused": days_left >= 0 and not findings,
        "check_patterns": "training-job-*, model-vpc",
        "scope_json": '{"account":["*"]}',
        "exception_owner": "someone",
        "exception_reason": "a reason",
        "ticket": draw.choice((None, "RISK-1")),
        "created_on": draw.choice((None, last - timedelta(days=90))),
        "exception_expires_on": last,
        "days_left": days_left,
    }


def _resource(row, draw):
    row["tags"] = {tag: f"value-{draw.randrange(3)}" for tag in TAGS if draw.random() < 0.5}
    row["role_arn"] = draw.choice((None, "role-1", "role-2"))
    row["owner"] = draw.choice((None, "team-1", "team-2"))
    row["origin_kind"] = draw.choice((None, *KINDS))
    row["origin"] = row["origin_kind"] and f"{row['origin_kind']}-{draw.randrange(3)}"
    if _is_key(row):
        facts = {
            "owner": "111111111111",
            "owner_is": draw.choice(("user", "in_organization", "outside", "not_listed")),
            "key": draw.choice(KEYS),
            "rotation": draw.choice(ROTATIONS),
            "uses": {"AWS::SageMaker::Model": draw.randrange(9), "AWS::SageMaker::TrainingJob": draw.randrange(9)},
        }
        row["config_json"] = json.dumps(facts, separators=(",", ":"))


def _count(row, draw):
    if row["status"] == "FAIL":
        row["excepted"] = draw.randrange(row["findings"] + 1)


def _check(row, draw):
    row["is_selected"] = draw.random() < 0.7
