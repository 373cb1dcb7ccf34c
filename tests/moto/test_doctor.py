"""What doctor says of buckets, and what it does to them."""

import json
from urllib.parse import unquote

import boto3
import pytest
from moto_server import recorded

COMPLETE, INCOMPLETE, FAILED = 0, 3, 4


@pytest.fixture
def s3(endpoint):
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    return session.client("s3", endpoint_url=endpoint)


def examine(audit, destination, sections="", **environment):
    """Exit status, and the observations about the lake by what they are about."""
    arguments = ["doctor", "--accounts", "3", "--format", "json"]
    audit.configure(sections, destination)
    done = audit.call(*arguments, **environment)
    report = json.loads(done.stdout)
    assert report["examined"] == 3 and report["caller"]["account"] == "123456789012", report["caller"]
    return done.returncode, {seen["subject"]: seen for seen in report["observations"] if seen["group"] == "LAKE"}


def levels(lake):
    return {subject: seen["level"] for subject, seen in lake.items() if subject != "temporary space"}


def test_a_bucket_that_is_well_and_is_left_as_it_was(audit, s3, endpoint):
    s3.create_bucket(Bucket="doctor-well")
    every_way = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket="doctor-well", PublicAccessBlockConfiguration=every_way)
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::doctor-well/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    with recorded(endpoint) as requests:
        status, lake = examine(audit, "s3://doctor-well/nightly")
    assert status == COMPLETE, lake
    expected = dict.fromkeys(("bucket", "writes", "encryption", "public access"), "OK")
    # The emulator's answer about versions has another root than the one of S3, so that it cannot be understood.
    notes = dict.fromkeys(("TLS", "object lock", "other settings"), "NOTE")
    assert levels(lake) == expected | notes, lake
    assert "s3:GetBucketVersioning" in lake["other settings"]["text"]
    assert "Contents" not in s3.list_objects_v2(Bucket="doctor-well"), "something was left"

    changes = [call for call in requests if "/doctor-well" in call["url"] and call["method"] not in ("GET", "HEAD")]
    assert changes and all("/doctor-well/nightly/_doctor/" in unquote(call["url"]) for call in changes), changes
    s3.put_bucket_policy(Bucket="doctor-well", Policy=json.dumps(policy))
    _, lake = examine(audit, "s3://doctor-well/nightly")
    assert lake["TLS"]["level"] == "OK", lake


def test_a_bucket_that_is_not_there(audit):
    status, lake = examine(audit, "s3://doctor-nowhere")
    assert status == FAILED and lake["bucket"]["level"] == "FAIL"
    commands = [advice["value"] for advice in lake["bucket"]["advice"] if advice["kind"] == "COMMAND"]
    assert commands == ["aws s3api create-bucket --bucket doctor-nowhere --region us-east-1"]
    assert "writes" not in lake


def test_a_bucket_of_another_region_is_named_with_it(audit, s3):
    s3.create_bucket(Bucket="doctor-far", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    _, lake = examine(audit, "s3://doctor-far")
    assert lake["bucket"]["level"] in ("WARN", "FAIL") and "eu-central-1" in lake["bucket"]["text"], lake
    assert {"kind": "SETTING", "value": 'lake.bucket_region = "eu-central-1"'} in lake["bucket"]["advice"]
    status, lake = examine(audit, "s3://doctor-far", SAGESWEEP_LAKE_BUCKET_REGION="eu-central-1")
    assert status == COMPLETE and lake["bucket"]["level"] == "OK", lake


def test_open_buckets_are_warned_of_and_a_key_is_used(audit, s3):
    s3.create_bucket(Bucket="doctor-open")
    status, lake = examine(audit, "s3://doctor-open", SAGESWEEP_LAKE_KMS_KEY="alias/audit-lake")
    assert status == COMPLETE and lake["public access"]["level"] == "WARN", lake
    assert "alias/audit-lake" in lake["encryption"]["text"]


def test_a_bucket_that_forbids_writes_fails_and_says_which_action(audit, s3):
    s3.create_bucket(Bucket="doctor-shut")
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::doctor-shut/*"}
    s3.put_bucket_policy(Bucket="doctor-shut", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    status, lake = examine(audit, "s3://doctor-shut")
    assert status == FAILED and lake["s3:PutObject"]["consequence"] == "RUN_FAILS", lake
    assert "conditional writes" not in lake and lake["bucket"]["level"] == "OK", lake
    assert any(advice["kind"] == "POLICY" for advice in lake["s3:PutObject"]["advice"])
