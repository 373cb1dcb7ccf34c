"""The whole audit against an emulator that others wrote: what it publishes equals what was seeded."""

import base64
import hashlib
import json
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from lake import difference
from moto_server import recorded
from truth import RESOURCE_TYPE

METHODS = {"SEARCH", "SEARCH_UNVERIFIED", "LIST_DESCRIBE"}
# A port that refuses connections: a call that goes there fails.
NOWHERE = "http://127.0.0.1:9"
# How the names of calls begin that change nothing.
READS = ("Get", "List", "Describe", "Search", "AssumeRole")


def check(lake, seeded, names, asked=True):
    """Everything that must hold of a run over the accounts of these names."""
    truth = seeded.truth(names, asked)
    told = difference(truth, lake.findings())
    assert not told, f"findings differ from the truth\n{told}"
    kinds = lake.rows("findings", "select distinct resource_type from t")
    assert [row["resource_type"] for row in kinds] == [RESOURCE_TYPE]
    check_coverage(lake, seeded, names, truth)
    check_runs(lake)


def check_coverage(lake, seeded, names, truth):
    rows = lake.rows("coverage")
    cells = Counter((row["account_id"], row["region"], row["resource_type"]) for row in rows)
    expected = seeded.cells(names)
    assert cells == Counter((account, region, RESOURCE_TYPE) for account, region in expected)
    found = {(row["account_id"], row["region"]): row["outcome"] for row in rows}
    assert found == expected, [row for row in rows if expected[row["account_id"], row["region"]] != row["outcome"]]
    jobs = Counter((seeded.named(job.account).id, job.region) for job in seeded.in_scope(names))
    unknown = Counter((row["account_id"], row["region"]) for row in truth if row["status"] == "UNKNOWN")
    for row in rows:
        cell = row["account_id"], row["region"]
        assert row["regions_from"] == "CONFIGURED", row
        if row["outcome"] == "COMPLETE":
            assert row["method"] in METHODS, row
            counts = row["resources_listed"], row["resources_evaluated"], row["checks_unknown"]
            assert counts == (jobs[cell], jobs[cell], unknown[cell]), row
        else:
            assert row["method"] is None and not row["resources_evaluated"], row


def check_runs(lake):
    """The commit says what was published, and it is what is there."""
    runs = lake.rows("runs")
    assert len(runs) == 1
    run = runs[0]
    assert run["run_id"] == lake.files("runs")[0].stem
    counted = {table: len(lake.rows(table)) for table in ("findings", "coverage", "resources")}
    assert {table: run["table_rows"][table] for table in counted} == counted
    others = ("_standing", "finding_events", "posture_daily", "checks", "check_requirements", "exceptions")
    published = {path for table in (*counted, *others) for path in lake.files(table)}
    objects = {lake.root / item["key"]: item for item in run["objects"]}
    assert objects.keys() == published
    for path, item in objects.items():
        content = path.read_bytes()
        assert (item["bytes"], item["sha256"]) == (len(content), hashlib.sha256(content).hexdigest()), path
        assert path.name.startswith(run["run_id"]), path
    by_table = Counter()
    for path, item in objects.items():
        by_table[path.parent.parent.name] += item["rows"]
    assert {table: by_table[table] for table in counted} == counted
    assert all(by_table[table] for table in ("checks", "check_requirements"))
    cells = lake.rows("coverage", "select count(distinct account_id) as accounts, count(distinct region) as regions from t")
    assert (run["scope_accounts"], run["scope_regions"]) == (cells[0]["accounts"], cells[0]["regions"])
    assert run["published_at"] >= run["started_at"] and run["api_calls"] > 0
    assert sum(run["calls_by_api"].values()) == run["api_calls"]
    assert sum(run["bytes_by_api"].values()) == run["bytes_received"] > run["calls_by_api"]["sagemaker:Search"]


def names_below(seeded, *paths):
    return {a.name for a in seeded.accounts if any(f"{a.path}/".startswith(f"{path}/") for path in paths)}


def test_the_whole_organization(audit, seeded):
    lake = audit.run()
    check(lake, seeded, seeded.everyone())
    # Where an account stands and whose it is goes into the tables.
    sql = "select distinct account_id, account_name, ou_path from t"
    placed = {row["account_id"]: (row["account_name"], row["ou_path"]) for row in lake.rows("findings", sql)}
    accounts = {account.id: account for account in seeded.accounts}
    for account, (name, path) in placed.items():
        assert path == accounts[account].path
        # The emulator names the management account by itself.
        assert accounts[account].path == "/" or name == accounts[account].name
    owners = {row["resource_arn"]: row["owner"] for row in lake.rows("findings", "select distinct resource_arn, owner from t")}
    for job in seeded.in_scope(seeded.everyone()):
        by_account = seeded.named(job.account).tags.get("owner")
        assert owners[seeded.arn(job)] == dict(job.tags).get("owner", by_account), job
    assert not list((lake.root / "_staging").rglob("*.*")), "staged parts were left"


def test_into_s3_reading_only_and_the_commit_last(audit, seeded, endpoint):
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    s3 = session.client("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket="audit-lake")
    with recorded(endpoint) as requests:
        lake = audit.run(destination="s3://audit-lake/nightly/raw")
    download(s3, "audit-lake", "nightly/raw/", lake.root)
    check(lake, seeded, seeded.everyone())

    staged = [call for call in requests if "/nightly/raw/_staging/" in call["url"] and call["method"] == "PUT"]
    counted = lake.rows("runs")[0]["calls_by_api"]["s3:PutObject"]
    # What the scan says of itself is the last object that it puts, and cannot count itself; the lease of publish is later.
    of_scan = [call for call in staged if "/publish-lease" not in call["url"]]
    assert counted == len(of_scan) - 1, counted
    writes = [call for call in requests if "/audit-lake/" in call["url"] and call["method"] == "PUT"]
    commit = f"/v1/runs/{lake.files('runs')[0].parent.name}/"
    into_tables = [call for call in writes if "/nightly/raw/v1/" in call["url"]]
    places = [n for n, call in enumerate(into_tables) if commit in unquote(call["url"])]
    assert places == [len(into_tables) - 1], [call["url"] for call in into_tables]
    assert header(into_tables[-1], "If-None-Match") == "*"

    elsewhere = [call for call in requests if "/audit-lake" not in call["url"]]
    operations = [operation(call) for call in elsewhere]
    assert all(name.startswith(READS) for name in operations), Counter(operations)
    described = [call for call, name in zip(elsewhere, operations, strict=True) if name == "DescribeKey"]
    asked = Counter((credential(call), json.loads(body(call))["KeyId"]) for call in described)
    assert asked, "no key was described"
    assert not [key for _, key in asked if "alias/aws/" in key], "describing an AWS-managed alias makes the key"
    # A session's credentials and its region stand for the account and region of the key.
    assert not {key: count for key, count in asked.items() if count > 1}, "a key was described more than once"


@pytest.mark.parametrize("names", [("vault", "prod"), ("prod-eu", "quiet")])
def test_an_explicit_list_needs_no_organizations(audit, seeded, names):
    ids = ", ".join(f'"{seeded.named(name).id}"' for name in names)
    lake = audit.run(f"[organization]\naccounts = [{ids}]\n", AWS_ENDPOINT_URL_ORGANIZATIONS=NOWHERE)
    check(lake, seeded, set(names), asked=False)


def test_units_by_path_with_nested_ones_and_exclusion(audit, seeded):
    lake = audit.run('[organization]\ninclude_ous = ["/Workloads"]\nexclude_ous = ["/Workloads/Prod/EU"]\n')
    names = names_below(seeded, "/Workloads") - {"prod-eu"}
    assert names == {"prod", "dev", "quiet"}
    check(lake, seeded, names)


def test_units_by_id_with_a_closed_account(audit, seeded):
    ids = ", ".join(f'"{seeded.units[path]}"' for path in ("/Suspended", "/Security", "/Workloads/Prod/EU"))
    lake = audit.run(f"[organization]\ninclude_ous = [{ids}]\n")
    check(lake, seeded, {"closed", "vault", "prod-eu"})


def test_tags_and_a_management_account_left_out(audit, seeded):
    lake = audit.run(
        "[organization]\nmanagement_account = false\n"
        '[organization.include_tags]\nenv = ["sandbox", "management"]\naudit = ["*"]\n'
        '[organization.exclude_tags]\naudit = ["no"]\n'
    )
    check(lake, seeded, {account.name for account in seeded.accounts if account.tags.get("audit") == "yes"})


def download(s3, bucket, prefix, folder):
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            path = Path(folder) / item["Key"].removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())


def header(call, name):
    return next((value for key, value in call["headers"].items() if key.lower() == name.lower()), None)


def body(call):
    text = base64.b64decode(call["body"]) if call["body_encoded"] else (call["body"] or "").encode()
    return text.decode(errors="replace")


def operation(call):
    """The name of a call, in each of the protocols that the run speaks."""
    if target := header(call, "X-Amz-Target"):
        return target.rpartition(".")[2]
    if action := parse_qs(body(call)).get("Action"):
        return action[0]
    path = urlsplit(call["url"]).path
    # REST services put the name into the path: /listRegions.
    return path.strip("/")[:1].upper() + path.strip("/")[1:]


def credential(call):
    """Access key, date, region and service of the signature."""
    return header(call, "Authorization").partition("Credential=")[2].partition(",")[0]
