"""The lake as its template makes it: catalog, workgroup, results and reader role in an emulator, asked about a night of the program."""

import base64
import json
from datetime import date

import pytest
import sqlglot
import trino_sql_validator
from allowed import allows, statements
from athena import Athena
from engines import DuckDb, day_after, plain
from ministack_server import ministack
from moto_server import moto
from nights import Nights
from one_account import ACCOUNT, JOBS, REGION, make_jobs, night
from resolved import Resolved
from sqlglot import exp
from statements import ATHENA, VIEW_FILES, in_dialect, on, tables, views
from statements import statements as statements_of
from template import load
from test_statements import FUNCTIONS, functions

BUCKET, PREFIX = "audit-lake", "nightly"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
PARAMETERS = {"BucketName": BUCKET, "LakePrefix": PREFIX, "BucketKeyArn": KEY, "Database": "by_template", "WorkGroup": "auditors"}
CUTOFF = 5_000_000_000
# The emulator makes no named queries of a template; the test makes them of it.
NOT_MADE = "AWS::Athena::NamedQuery"
# What Athena's DDL adds by itself.
OF_ATHENA = {"transient_lastDdlTime", "comment"}


@pytest.fixture(scope="module")
def athena(tmp_path_factory, program):
    """Athena over the stack, in whose bucket a night was published, and a second database made by the DDL."""
    folder = tmp_path_factory.mktemp("ministack")
    services = "s3,glue,athena,cloudformation,sts,iam,kms"
    with moto(tmp_path_factory.mktemp("moto")) as audited, ministack(folder, REGION, SERVICES=services) as endpoint:
        athena = Athena(endpoint, BUCKET)
        athena.of("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        deploy(athena)
        make_jobs(audited)
        night(program, tmp_path_factory.mktemp("run"), f"s3://{BUCKET}/{PREFIX}", audited, endpoint)
        athena.of("glue").create_database(DatabaseInput={"Name": "by_ddl"})
        athena.database = "by_ddl"
        for statement in statements_of(ATHENA / "tables.sql"):
            athena.execute(statement.replace("s3://LAKE", f"s3://{BUCKET}/{PREFIX}"))
        athena.database = "by_template"
        yield athena


def deploy(athena):
    """Makes the stack. Its template is too long for a request, so it goes through a bucket, as on AWS."""
    template = load("lake.yaml")
    made = {name: entry for name, entry in template["Resources"].items() if entry["Type"] != NOT_MADE and "Condition" not in entry}
    athena.of("s3").put_object(Bucket=BUCKET, Key="lake.json", Body=json.dumps(template | {"Resources": made}).encode())
    stacks = athena.of("cloudformation")
    parameters = PARAMETERS | {"BytesScannedCutoff": str(CUTOFF)}
    stacks.create_stack(
        StackName="sagesweep-lake",
        TemplateURL=f"{athena.endpoint}/{BUCKET}/lake.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM"],
    )
    stacks.get_waiter("stack_create_complete").wait(StackName="sagesweep-lake", WaiterConfig={"Delay": 1})


@pytest.fixture(scope="module")
def outputs(athena):
    """The outputs of the stack."""
    (stack,) = athena.of("cloudformation").describe_stacks(StackName="sagesweep-lake")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


@pytest.fixture(scope="module")
def elsewhere(athena, tmp_path_factory):
    """The objects of the bucket on this machine, under DuckDB."""
    folder = tmp_path_factory.mktemp("lake")
    client = athena.of("s3")
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{PREFIX}/v1/"):
        for stored in page["Contents"]:
            path = folder / stored["Key"].removeprefix(f"{PREFIX}/")
            path.parent.mkdir(parents=True, exist_ok=True)
            client.download_file(BUCKET, stored["Key"], str(path))
    held = Nights(folder)
    return DuckDb(held, day_after(held.last_night()))


def catalogued(athena, database):
    """The tables of a database by name."""
    pages = athena.of("glue").get_paginator("get_tables").paginate(DatabaseName=database)
    return {table["Name"]: table for page in pages for table in page["TableList"]}


def test_the_template_makes_the_tables_of_the_ddl(athena):
    by_ddl, by_template = catalogued(athena, "by_ddl"), catalogued(athena, "by_template")
    assert set(by_ddl) == set(tables())
    for name, made in by_ddl.items():
        assert _shape(by_template[name]) == _shape(made), name
        assert by_template[name]["Description"] == made["Parameters"]["comment"]


def _shape(table):
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


def test_the_views_decode_to_their_files(athena):
    by_template = catalogued(athena, "by_template")
    described = json.loads((VIEW_FILES / "columns.json").read_text())
    assert set(by_template) == set(tables()) | set(views())
    for name in views():
        view = by_template[name]
        assert (view["TableType"], view["Parameters"]["presto_view"]) == ("VIRTUAL_VIEW", "true")
        text = view["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
        definition = json.loads(base64.b64decode(text, validate=True))
        (query,) = statements_of(VIEW_FILES / f"{name}.sql")
        assert definition["originalSql"] == query
        assert (definition["catalog"], definition["schema"]) == ("awsdatacatalog", "by_template")
        names = [column["name"] for column in described[name]]
        assert [column["name"] for column in definition["columns"]] == names
        assert [column["Name"] for column in view["StorageDescriptor"]["Columns"]] == names
        # Athena refuses a view without one.
        assert view["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"]


def test_the_tables_of_the_stack_are_those_of_the_night(athena, elsewhere):
    for table in tables():
        _, rows = athena.execute(f"SELECT run_id FROM {table}")
        assert len(rows) == len(elsewhere.rows(f"SELECT 1 FROM {table}")), table
    assert len(athena.execute("SELECT 1 FROM findings")[1]) == 2 * JOBS


def test_the_workgroup_limits_and_encrypts(athena, outputs):
    group = athena.of("athena").get_work_group(WorkGroup=outputs["WorkGroup"])["WorkGroup"]
    settings = group["Configuration"]
    assert group["Name"] == "auditors"
    assert settings["EnforceWorkGroupConfiguration"] and settings["PublishCloudWatchMetricsEnabled"]
    assert int(settings["BytesScannedCutoffPerQuery"]) == CUTOFF
    assert settings["EngineVersion"]["SelectedEngineVersion"] == "Athena engine version 3"
    results = settings["ResultConfiguration"]
    assert results["OutputLocation"] == f"s3://{outputs['ResultsBucketName']}/"
    assert results["EncryptionConfiguration"] == {"EncryptionOption": "SSE_KMS", "KmsKey": KEY}


def test_results_are_private_and_by_tls(athena, outputs):
    s3, bucket = athena.of("s3"), outputs["ResultsBucketName"]
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_results_are_encrypted_and_deleted():
    """What the emulator does not make of a bucket."""
    bucket = Resolved("lake.yaml", **PARAMETERS, ResultDays=3).resources()["ResultsBucket"]
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 3)


@pytest.fixture(scope="module")
def reader(athena, outputs):
    """The statements of the deployed reader role, and who may assume it."""
    iam = athena.of("iam")
    name = outputs["ReaderRoleArn"].rpartition("/")[2]
    found = []
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        found += iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]["Statement"]
    return found, iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"]


def test_the_reader_reads_the_tables_of_the_views_and_nothing_else(reader, outputs):
    granted, _ = reader
    read = {table.name for view in views().values() for table in view.find_all(exp.Table)} & set(tables())
    assert read == set(tables())
    lake = f"arn:aws:s3:::{BUCKET}"
    for table in read:
        assert allows(granted, "s3:GetObject", f"{lake}/{PREFIX}/v1/{table}/run_date=2026-11-24/x.parquet")
        assert allows(granted, "s3:ListBucket", lake, s3_prefix=f"{PREFIX}/v1/{table}/run_date=2026-11-24/")
        for action in ("s3:PutObject", "s3:DeleteObject", "s3:GetObjectVersion"):
            assert not allows(granted, action, f"{lake}/{PREFIX}/v1/{table}/x")
    for hidden in ("v1/_standing/x", "v1/_manifests/x", "_staging/x", "v1/findings", "../other"):
        assert not allows(granted, "s3:GetObject", f"{lake}/{PREFIX}/{hidden}"), hidden
        assert not allows(granted, "s3:ListBucket", lake, s3_prefix=f"{PREFIX}/{hidden}"), hidden
    assert not allows(granted, "s3:ListBucket", lake)
    assert not allows(granted, "s3:GetObject", f"{lake}2/{PREFIX}/v1/findings/x")
    results = f"arn:aws:s3:::{outputs['ResultsBucketName']}"
    assert allows(granted, "s3:PutObject", f"{results}/x.csv") and allows(granted, "s3:GetObject", f"{results}/x.csv")


def test_the_reader_asks_in_its_workgroup_and_changes_nothing(reader):
    granted, _ = reader
    # The account of the emulator.
    ours = f"{REGION}:000000000000"
    assert allows(granted, "athena:StartQueryExecution", f"arn:aws:athena:{ours}:workgroup/auditors")
    assert not allows(granted, "athena:StartQueryExecution", f"arn:aws:athena:{ours}:workgroup/primary")
    assert allows(granted, "glue:GetTable", f"arn:aws:glue:{ours}:table/by_template/findings_latest")
    assert not allows(granted, "glue:GetTable", f"arn:aws:glue:{ours}:table/by_ddl/findings")
    for action in ("glue:UpdateTable", "glue:CreateTable", "glue:DeleteTable", "athena:UpdateWorkGroup", "iam:PassRole"):
        assert not allows(granted, action, f"arn:aws:glue:{ours}:table/by_template/findings")
    by_s3 = {"kms_viaservice": f"s3.{REGION}.amazonaws.com"}
    assert allows(granted, "kms:Decrypt", KEY, **by_s3) and not allows(granted, "kms:Decrypt", KEY)
    assert not allows(granted, "kms:Decrypt", KEY.replace("1111", "2222", 1), **by_s3)


def test_quicksight_and_the_named_principals_may_be_the_reader(reader):
    _, (quicksight,) = reader
    assert quicksight["Principal"] == {"Service": "quicksight.amazonaws.com"}
    grafana = f"arn:aws:iam::{ACCOUNT}:role/grafana"
    role = Resolved("lake.yaml", **PARAMETERS, ReaderPrincipalArns=grafana).resources()["ReaderRole"]
    principals = [statement["Principal"] for statement in role["AssumeRolePolicyDocument"]["Statement"]]
    assert principals == [{"Service": "quicksight.amazonaws.com"}, {"AWS": [grafana]}]


def test_with_lake_formation_the_reader_reads_by_its_grants():
    resolved = Resolved("lake.yaml", **PARAMETERS, LakeFormation="true")
    granted = list(statements(resolved.resources()["ReaderRole"]["Policies"]))
    assert not allows(granted, "s3:GetObject", f"arn:aws:s3:::{BUCKET}/{PREFIX}/v1/findings/x")
    assert allows(granted, "lakeformation:GetDataAccess", "*")
    (place,) = resolved.resources("AWS::LakeFormation::Resource").values()
    assert place["ResourceArn"] == f"arn:aws:s3:::{BUCKET}/{PREFIX}/v1"
    grants = {name: grant["Permissions"] for name, grant in resolved.resources("AWS::LakeFormation::PrincipalPermissions").items()}
    assert grants == {"ReaderSeesDatabase": ["DESCRIBE"], "ReaderSelects": ["SELECT", "DESCRIBE"]}
    assert not Resolved("lake.yaml", **PARAMETERS).resources("AWS::LakeFormation::PrincipalPermissions")


NAMED = Resolved("lake.yaml", **PARAMETERS).resources(NOT_MADE)


def test_named_queries_have_names_of_their_own():
    names = [query["Name"] for query in NAMED.values()]
    assert len(names) == len(set(names)) >= 10
    assert all(query["Description"].endswith(".") and len(query["QueryString"]) < 262_144 for query in NAMED.values())


@pytest.mark.parametrize("query", NAMED)
def test_a_named_query_is_trinos_sql_on_views(query):
    text = NAMED[query]["QueryString"]
    answer = trino_sql_validator.validate(text)
    assert answer.valid and not answer.warnings, answer
    tree = sqlglot.parse_one(text, dialect="athena")
    assert {table.name for table in tree.find_all(exp.Table)} <= set(views())
    assert functions(tree) <= FUNCTIONS


@pytest.mark.parametrize("query", NAMED)
def test_a_named_query_has_something_to_say(query, duck, today):
    """Of thirty nights in which all happens that can."""
    tree = on(today, sqlglot.parse_one(NAMED[query]["QueryString"], dialect="athena"))
    assert duck.rows(in_dialect(tree, "duckdb"))


def test_named_queries_are_answered_in_the_workgroup(athena, outputs, elsewhere):
    """By the emulator's engine, which is DuckDB and keeps no views: they stand before the query."""
    client = athena.of("athena")
    group = outputs["WorkGroup"]
    for properties in NAMED.values():
        client.create_named_query(**properties | {"Database": outputs["Database"], "WorkGroup": group})
    ids = client.list_named_queries(WorkGroup=group)["NamedQueryIds"]
    assert len(ids) == len(NAMED)
    before = ", ".join(f"{name} AS ({in_dialect(view, 'duckdb')})" for name, view in views().items())
    answered = 0
    for query in client.batch_get_named_query(NamedQueryIds=ids)["NamedQueries"]:
        text = in_dialect(sqlglot.parse_one(query["QueryString"], dialect="athena"), "duckdb")
        names, rows = athena.execute(f"WITH {before} {text}", group)
        wanted = elsewhere.rows(text)
        assert len(rows) == len(wanted), query["Name"]
        for row, expected in zip(rows, wanted, strict=True):
            assert names == list(expected)
            told = dict(zip(names, row, strict=True))
            assert {name: _valued(told[name], value) for name, value in expected.items()} == expected, query["Name"]
        answered += bool(rows)
    assert answered >= 3, "a night of one account gives some of them rows"


def _valued(text, like):
    """The value that a text of Athena's answer stands for, of the type of another value."""
    if text is None or isinstance(like, str) or like is None:
        return text
    if isinstance(like, bool):
        return text == "true"
    return plain(type(like).fromisoformat(text) if isinstance(like, date) else type(like)(text))
