"""What the stack has made, read back from the services of the emulator that makes all of it."""

import json
import time

import pytest
from allowed import denial_holds
from one_account import ACCOUNT, REGION
from policies import document, statements
from resolved import Resolved
from stacks import AUDITOR, SHARDS, SHARDS_AT_ONCE, change, deploy
from template import load
from test_deployed import call

EMAIL = "night@example.com"
ORGANIZATION = "o-a1b2c3d4e5"
SETTINGS = "arn:aws:s3:::settings/sagesweep.env"


@pytest.fixture(scope="module")
def large(cloud, network):
    """The outputs of a second stack, in which what is optional is there: a distributed map, Object Lock, signatures."""
    given = {
        "ImageDigest": "sha256:" + "cd" * 32,
        "TaskRoleName": "large-task",
        "BucketName": "large-lake",
        "MapMode": "DISTRIBUTED",
        "Shards": "60",
        "ObjectLockDays": "400",
        "ObjectLockMode": "COMPLIANCE",
        "AlarmEmail": EMAIL,
        "SettingsObjectArn": SETTINGS,
        "ScanCapacity": "ON_DEMAND",
        "OrganizationId": ORGANIZATION,
        "ShardsAtOnce": "24",
    }
    return deploy(cloud.client("cloudformation"), "large", AUDITOR, given | network)


def policy(cloud, role):
    """The one policy of a role."""
    iam = cloud.client("iam")
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return document(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])


def machine(cloud, outputs):
    return json.loads(cloud.client("stepfunctions").describe_state_machine(stateMachineArn=outputs["StateMachineArn"])["definition"])


def definition(cloud, outputs):
    arn = machine(cloud, outputs)["States"]["Publish"]["Arguments"]["TaskDefinition"]
    return cloud.client("ecs").describe_task_definition(taskDefinition=arn)["taskDefinition"]


def test_the_bucket_keeps_its_versions_and_takes_nothing_without_tls_or_with_another_key(cloud, stack):
    s3, bucket = cloud.client("s3"), stack["BucketName"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    statements = {statement["Sid"]: statement for statement in json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]}
    assert statements.keys() == {"TlsAlone", "NoOldTls", "NoOtherEncryption", "NoOtherKey"}
    assert {statement["Effect"] for statement in statements.values()} == {"Deny"}
    assert cloud.client("kms").get_key_rotation_status(KeyId=stack["BucketKeyArn"])["KeyRotationEnabled"]

    def denied(encryption=None, key=None):
        given = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
        given |= {f"s3:x-amz-server-side-encryption{name}": value for name, value in {"": encryption, "-aws-kms-key-id": key}.items() if value}
        return {sid for sid, statement in statements.items() if all(denial_holds(*entry, given) for entry in statement["Condition"].items())}

    # Who says nothing gets the key of the bucket; who does has to name it, as KMS without a key would be that of AWS.
    assert denied() == denied("aws:kms", stack["BucketKeyArn"]) == set()
    assert denied("AES256") == {"NoOtherEncryption"} and denied("aws:kms:dsse", stack["BucketKeyArn"]) == {"NoOtherEncryption"}
    assert denied("aws:kms") == denied("aws:kms", "arn:aws:kms:us-east-1:999999999999:key/other") == {"NoOtherKey"}


def test_cloudwatch_logs_may_use_the_key_as_it_is_documented_and_for_the_one_log_group():
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html: with less, nothing is logged."""
    resolved = Resolved(AUDITOR, ImageDigest="sha256:" + "ab" * 32)
    key = resolved.resources("AWS::KMS::Key")["LakeKey"]
    (logs,) = [one for one in key["KeyPolicy"]["Statement"] if "logs." in str(one["Principal"])]
    assert logs["Effect"] == "Allow" and logs["Principal"] == {"Service": f"logs.{REGION}.amazonaws.com"}
    assert set(logs["Action"]) == {"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"}
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/sagesweep/sagesweep"
    assert logs["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}}
    (logged,) = resolved.resources("AWS::Logs::LogGroup").values()
    assert logged["LogGroupName"] == group.partition("log-group:")[2]


def test_what_the_emulators_do_not_make_stands_in_the_template():
    resources = load(AUDITOR)["Resources"]
    (container,) = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert container["LinuxParameters"]["Capabilities"]["Drop"] == ["ALL"]
    assert resources["Alarms"]["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": ["LakeKey", "Arn"]}
    bucket = resources["Bucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True} and len(properties["PublicAccessBlockConfiguration"]) == 4
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] and rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    # What was published is removed by no rule.
    removing = [rule["Prefix"]["Fn::Sub"] for rule in properties["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]
    assert removing == ["${LakePrefix}/_staging/", "${LakePrefix}/_doctor/"]
    lock = {"DefaultRetention": {"Mode": {"Ref": "ObjectLockMode"}, "Days": {"Ref": "ObjectLockDays"}}}
    assert properties["ObjectLockConfiguration"]["Fn::If"][:2] == ["Locked", {"ObjectLockEnabled": "Enabled", "Rule": lock}]


def test_the_task_runs_what_was_named_by_its_digest_without_rights(cloud, stack):
    task = definition(cloud, stack)
    (container,) = task["containerDefinitions"]
    assert container["image"] == "000000000000.dkr.ecr.us-east-1.amazonaws.com/sagesweep@sha256:" + "ab" * 32
    assert (container["readonlyRootFilesystem"], container["user"], container["stopTimeout"]) == (True, "65532:65532", 120)
    assert not container.get("portMappings") and not container.get("secrets") and not container.get("environmentFiles")
    assert [mount["containerPath"] for mount in container["mountPoints"]] == ["/scratch"]
    assert (task["networkMode"], task["requiresCompatibilities"]) == ("awsvpc", ["FARGATE"])


@pytest.mark.parametrize("which", ["stack", "large"])
def test_the_task_role_may_do_what_the_program_prints_without_the_reads_of_a_management_account(
    cloud, program, tmp_path, which, request
):
    outputs = request.getfixturevalue(which)
    environment = {pair["name"]: pair["value"] for pair in definition(cloud, outputs)["containerDefinitions"][0]["environment"]}
    environment["SAGESWEEP_ORGANIZATION_MANAGEMENT_ACCOUNT"] = "false"
    organization = ["--organization", ORGANIZATION] if which == "large" else []
    printed = json.loads(call(program, tmp_path, environment, "iam-policy", "task", *organization).stdout)
    deployed = statements(policy(cloud, outputs["TaskRoleArn"].rpartition("/")[2]))
    assert deployed == statements(printed)
    assert ("SigningKey" in deployed) == (which == "large")
    assert deployed["Roles"].get("Condition") == ({"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}} if which == "large" else None)


def test_it_begins_every_night_and_tells_when_one_fails(cloud, stack, large):
    schedule = cloud.client("scheduler").get_schedule(Name="sagesweep-night")
    assert (schedule["ScheduleExpression"], schedule["State"]) == ("cron(15 3 * * ? *)", "ENABLED")
    assert schedule["Target"]["Arn"] == stack["StateMachineArn"]
    # The same in every start for the same time.
    assert json.loads(schedule["Target"]["Input"]) == {"scheduled_at": "<aws.scheduler.scheduled-time>"}
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    role = schedule["Target"]["RoleArn"].rpartition("/")[2]
    assert statements(policy(cloud, role))["Start"]["Resource"] == [stack["StateMachineArn"]]

    events = cloud.client("events")
    rules = [rule for rule in events.list_rules()["Rules"] if stack["StateMachineArn"] in rule.get("EventPattern", "")]
    assert [json.loads(rule["EventPattern"])["detail"]["status"] for rule in rules] == [["FAILED", "TIMED_OUT", "ABORTED"]]
    targets = events.list_targets_by_rule(Rule=rules[0]["Name"])["Targets"]
    assert [target["Arn"] for target in targets] == [stack["AlarmTopicArn"]]

    told = cloud.client("sns").list_subscriptions_by_topic(TopicArn=large["AlarmTopicArn"])["Subscriptions"]
    assert [(one["Protocol"], one["Endpoint"]) for one in told] == [("email", EMAIL)]


def test_a_large_organization_gets_a_distributed_map_and_the_rights_for_it(cloud, stack, large):
    small, wide = machine(cloud, stack)["States"], machine(cloud, large)["States"]
    scan = [states["Scan"]["ItemProcessor"].pop("ProcessorConfig") for states in (small, wide)]
    assert scan == [{"Mode": "INLINE"}, {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}]
    assert f"[1..{SHARDS}]" in small["Plan"]["Assign"]["shards"] and "[1..60]" in wide["Plan"]["Assign"]["shards"]
    roles = {
        name: cloud.client("stepfunctions").describe_state_machine(stateMachineArn=outputs["StateMachineArn"])["roleArn"].rpartition("/")[2]
        for name, outputs in (("small", stack), ("wide", large))
    }
    of = {name: set(statements(policy(cloud, role))) for name, role in roles.items()}
    assert of["wide"] - of["small"] == {"Children"} and "Begin" in of["small"]
    assert [states["Scan"]["MaxConcurrency"] for states in (small, wide)] == [f"{{% {SHARDS_AT_ONCE} %}}", "{% 24 %}"]
    capacity = wide["Scan"]["ItemProcessor"]["States"]["ScanShard"]["Arguments"]["CapacityProviderStrategy"]
    assert capacity == [{"CapacityProvider": "FARGATE", "Weight": 1}]


def test_evidence_can_be_signed_and_more_settings_come_from_an_object(cloud, large):
    key = cloud.client("kms").describe_key(KeyId=large["SigningKeyArn"])["KeyMetadata"]
    assert (key["KeyUsage"], key["KeySpec"]) == ("SIGN_VERIFY", "ECC_NIST_P256")
    (container,) = definition(cloud, large)["containerDefinitions"]
    assert len(container["environmentFiles"]) == 1
    environment = {pair["name"]: pair["value"] for pair in container["environment"]}
    assert environment["SAGESWEEP_LAKE_SIGNING_KEY"] == large["SigningKeyArn"]
    execution = statements(policy(cloud, definition(cloud, large)["executionRoleArn"].rpartition("/")[2]))
    assert execution["Settings"]["Resource"] == [SETTINGS] and execution["SettingsPlace"]["Resource"] == ["arn:aws:s3:::settings"]


def test_an_upgrade_changes_what_runs_and_a_removal_leaves_the_evidence(cloud, network):
    cloudformation = cloud.client("cloudformation")
    given = {"ImageDigest": "sha256:" + "12" * 32, "TaskRoleName": "old-task", "BucketName": "old-lake", "ExternalId": "kept"}
    before = deploy(cloudformation, "old", AUDITOR, given | network)
    (old,) = definition(cloud, before)["containerDefinitions"]
    after = change(cloudformation, "old", AUDITOR, {"ImageDigest": "sha256:" + "34" * 32})
    (new,) = definition(cloud, after)["containerDefinitions"]
    assert new["image"].endswith("@sha256:" + "34" * 32)
    assert {**new, "image": old["image"]} == old
    assert {name for name in before if before[name] != after[name]} == {"DoctorCommand"}

    cloud.client("s3").put_object(Bucket="old-lake", Key="sagesweep/v1/runs/evidence", Body=b"x")
    cloudformation.delete_stack(StackName="old")
    deadline = time.monotonic() + 30
    while "old" in {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert cloud.client("s3").get_object(Bucket="old-lake", Key="sagesweep/v1/runs/evidence")["Body"].read() == b"x"
    assert json.loads(cloud.client("s3").get_bucket_policy(Bucket="old-lake")["Policy"])["Statement"]
    for key in (before["BucketKeyArn"], before["SigningKeyArn"]):
        assert cloud.client("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    roles = {role["RoleName"] for page in cloud.client("iam").get_paginator("list_roles").paginate() for role in page["Roles"]}
    assert "old-task" not in roles
    assert "old-night" not in {machine["name"] for machine in cloud.client("stepfunctions").list_state_machines()["stateMachines"]}
