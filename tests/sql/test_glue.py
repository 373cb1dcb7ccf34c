"""The catalog as CloudFormation makes it: the same tables as the DDL makes, and views that decode to the files."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from emulator import Athena, ministack
from statements import ATHENA, VIEW_FILES, statements, tables, views

TEMPLATE = ATHENA / "glue.json"
BUCKET = "audit-lake"
LAKE = f"s3://{BUCKET}/nightly"
# What Athena's DDL adds by itself.
OF_ATHENA = {"transient_lastDdlTime", "comment"}


@pytest.fixture(scope="module")
def glue(tmp_path_factory):
    """A catalog with one database made by the DDL and one by the template."""
    with ministack(tmp_path_factory.mktemp("ministack")) as endpoint:
        athena = Athena(endpoint, BUCKET)
        athena.of("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": athena.session.region_name}
        )
        glue = athena.of("glue")
        glue.create_database(DatabaseInput={"Name": "by_ddl"})
        athena.database = "by_ddl"
        for statement in statements(ATHENA / "tables.sql"):
            athena.execute(statement.replace("s3://LAKE", LAKE))
        # Too long for a request, so through a bucket, as on AWS.
        athena.of("s3").upload_file(str(TEMPLATE), BUCKET, "glue.json")
        stacks = athena.of("cloudformation")
        parameters = {"Lake": LAKE, "Database": "by_template"}
        stacks.create_stack(
            StackName="catalog",
            TemplateURL=f"{endpoint}/{BUCKET}/glue.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        stacks.get_waiter("stack_create_complete").wait(StackName="catalog", WaiterConfig={"Delay": 1})
        yield glue


def of(glue, database):
    """The tables of a database by name."""
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
    return {table["Name"]: table for page in pages for table in page["TableList"]}


def test_the_template_makes_the_tables_of_the_ddl(glue):
    by_ddl, by_template = of(glue, "by_ddl"), of(glue, "by_template")
    assert set(by_ddl) == set(tables())
    for name, made in by_ddl.items():
        other = by_template[name]
        assert _catalogued(other) == _catalogued(made), name
        assert other["Description"] == made["Parameters"]["comment"]


def _catalogued(table):
    storage = table["StorageDescriptor"]
    return {
        # The emulator keeps the quotes of a name that the DDL reserves.
        "columns": [column | {"Type": column["Type"].replace("`", "")} for column in storage["Columns"]],
        "partitions": table["PartitionKeys"],
        "location": storage["Location"].rstrip("/"),
        "formats": (storage["InputFormat"], storage["OutputFormat"]),
        "serde": storage["SerdeInfo"]["SerializationLibrary"],
        "kind": table["TableType"],
        "properties": {key: value for key, value in table["Parameters"].items() if key not in OF_ATHENA},
    }


def test_the_views_decode_to_their_files(glue):
    by_template = of(glue, "by_template")
    described = json.loads((VIEW_FILES / "columns.json").read_text())
    assert set(by_template) == set(tables()) | set(views())
    for name in views():
        view = by_template[name]
        assert (view["TableType"], view["Parameters"]["presto_view"]) == ("VIRTUAL_VIEW", "true")
        text = view["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
        definition = json.loads(base64.b64decode(text, validate=True))
        (query,) = statements(VIEW_FILES / f"{name}.sql")
        assert definition["originalSql"] == query
        assert (definition["catalog"], definition["schema"]) == ("awsdatacatalog", "by_template")
        names = [column["name"] for column in described[name]]
        assert [column["name"] for column in definition["columns"]] == names
        assert [column["Name"] for column in view["StorageDescriptor"]["Columns"]] == names


def test_the_template_is_valid():
    """By the resource schemas of CloudFormation, which no emulator looks at."""
    linter = Path(sys.executable).with_name("cfn-lint")
    command = [str(linter), "--regions", "us-east-1", "--", str(TEMPLATE)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
