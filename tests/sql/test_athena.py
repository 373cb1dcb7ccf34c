"""What the program wrote into a bucket, asked through Athena's API: the DDL names the objects, and the views answer as on the
same objects elsewhere. The emulator's engine is DuckDB, so the words of the views are DuckDB's; it keeps no views."""

import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import boto3
import pytest

from emulator import REGION, Athena, ministack
from engines import DuckDb, day_after, difference, plain
from nights import Nights
from statements import ATHENA, VIEW_FILES, in_dialect, statements, tables, views

sys.path.append(str(Path(__file__).parents[1] / "moto"))
from server import moto  # noqa: E402

ACCOUNT = "123456789012"
BUCKET = "audit-lake"
LAKE = f"s3://{BUCKET}/nightly"
JOBS = 6


@pytest.fixture(scope="module")
def athena(tmp_path_factory, program):
    """Athena over a lake in which a night was published, and published again."""
    with moto(tmp_path_factory.mktemp("moto")) as audited, ministack(tmp_path_factory.mktemp("ministack")) as endpoint:
        athena = Athena(endpoint, BUCKET)
        athena.of("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        make_jobs(audited)
        for _ in range(2):
            audit(program, audited, endpoint, tmp_path_factory.mktemp("run"))
        athena.of("glue").create_database(DatabaseInput={"Name": "sagesweep"})
        athena.database = "sagesweep"
        for statement in statements(ATHENA / "tables.sql"):
            athena.execute(statement.replace("s3://LAKE", LAKE))
        yield athena


def make_jobs(endpoint):
    """Some training jobs, one in the network of the customer."""
    client = boto3.Session("testing", "testing", region_name=REGION).client("sagemaker", endpoint_url=endpoint)
    for number in range(JOBS):
        client.create_training_job(
            TrainingJobName=f"job-{number}",
            AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/training-{number % 2}",
            OutputDataConfig={"S3OutputPath": "s3://models/output"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            EnableNetworkIsolation=number == 0,
            Tags=[{"Key": "owner", "Value": "team"}, {"Key": "sagemaker:project-name", "Value": "churn"}],
        )


def audit(program, audited, lake, folder):
    """Audits the account into the bucket."""
    config = folder / "sagesweep.toml"
    config.write_text(
        f'[organization]\naccounts = ["{ACCOUNT}"]\n[role]\nname = "sagesweep-audit"\n[regions]\ninclude = ["{REGION}"]\n'
        f'[lake]\ndestination = "{LAKE}"\n'
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_ENDPOINT_URL": audited,
        "AWS_ENDPOINT_URL_S3": lake,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # What the emulator answers in full.
        "SAGESWEEP_CHECKS_INCLUDE": "training-job-network-isolation,training-job-vpc",
    }
    command = [str(program), "run", "--config", str(config)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]


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
