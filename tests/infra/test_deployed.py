"""What is deployed is used by a real run: the roles by the stack set in every account, the task role and its policy, the bucket
and the keys, and nothing besides, since the emulator holds every call against the policies."""

import json
import os
import subprocess
import urllib.request

import pytest
from lake import Lake, difference
from organization import REGIONS
from policies import document, statements
from seed import ROLE, Server
from stacks import AUDITOR, MEMBER_STACKSET, deploy
from template import load
from test_run import download

EXTERNAL = "night:audit/1"
RUN_SECONDS = 300
# Not under test here: what truth.py knows the answers of.
KNOWN = "training-job-customer-managed-keys,training-job-inter-container-encryption,training-job-network-isolation,training-job-vpc"


class Deployed:
    """The two stacks in the emulator."""

    def __init__(self, endpoint, seeded):
        self.endpoint, self.seeded, self.server = endpoint, seeded, Server(endpoint)
        cloudformation = self.server.client("cloudformation")
        organization = self.server.client("organizations").describe_organization()["Organization"]["Id"]
        self.auditor = deploy(cloudformation, "sagesweep", AUDITOR, {
            "ImageDigest": "sha256:" + "ab" * 32,
            "ExternalId": EXTERNAL,
            "OrganizationId": organization,
            "InManagementAccount": "true",
            "InterfaceEndpoints": "true",
        })  # fmt: skip
        # The emulator passes over what is two units further down, and not over the management account in the root.
        units = [unit for path, unit in seeded.units.items() if path != "/"]
        self.given = {
            "TaskRoleArn": self.auditor["TaskRoleArn"],
            "ExternalId": EXTERNAL,
            "OrganizationId": organization,
        }
        deploy(cloudformation, "sagesweep-roles", MEMBER_STACKSET, {"OrganizationalUnitIds": ",".join(units), **self.given})
        self._make_the_stack_set(cloudformation, units)

    def _make_the_stack_set(self, cloudformation, units):
        """By its API, as the emulator makes none from a template: with the properties that the template has."""
        properties = load(MEMBER_STACKSET)["Resources"]["Roles"]["Properties"]
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.given.items()]
        cloudformation.create_stack_set(
            StackSetName="members",
            TemplateBody=properties["TemplateBody"],
            Parameters=parameters,
            PermissionModel=properties["PermissionModel"],
            AutoDeployment=properties["AutoDeployment"],
            Capabilities=properties["Capabilities"],
        )
        for unit in units:
            targets = {"OrganizationalUnitIds": [unit]}
            cloudformation.create_stack_instances(StackSetName="members", DeploymentTargets=targets, Regions=["us-east-1"])

    def environment(self):
        """What the deployed definition gives the task."""
        ecs = self.server.client("ecs")
        definition = ecs.describe_task_definition(taskDefinition="sagesweep-sagesweep")["taskDefinition"]
        return {pair["name"]: pair["value"] for pair in definition["containerDefinitions"][0]["environment"]}

    def machine(self):
        """The deployed state machine."""
        states = self.server.client("stepfunctions")
        return json.loads(states.describe_state_machine(stateMachineArn=self.auditor["StateMachineArn"])["definition"])

    def credentials(self):
        """Those of the task role."""
        sts = self.server.client("sts")
        answer = sts.assume_role(RoleArn=self.auditor["TaskRoleArn"], RoleSessionName="task")["Credentials"]
        names = {"AWS_ACCESS_KEY_ID": "AccessKeyId", "AWS_SECRET_ACCESS_KEY": "SecretAccessKey", "AWS_SESSION_TOKEN": "SessionToken"}
        return {name: answer[key] for name, key in names.items()}

    def enforce(self, yes):
        """Whether calls are held against the policies of who makes them."""
        body = b"0" if yes else b"1000000000"
        text = {"Content-Type": "text/plain"}
        request = urllib.request.Request(f"{self.endpoint}/moto-api/reset-auth", body, text, method="POST")
        urllib.request.urlopen(request).close()


@pytest.fixture(scope="module")
def deployed(endpoint, seeded):
    return Deployed(endpoint, seeded)


def call(program, folder, environment, *arguments):
    environment = {"PATH": os.environ["PATH"], **environment, "TMPDIR": str(folder)}
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, env=environment, cwd=folder, timeout=RUN_SECONDS)


def test_every_open_account_has_the_role_and_it_is_what_the_program_prints(deployed, program, tmp_path):
    printed = json.loads(call(program, tmp_path, {}, "iam-policy", "member").stdout)
    trust = ["iam-policy", "trust", "--principal", deployed.given["TaskRoleArn"], "--organization", deployed.given["OrganizationId"]]
    trusted = call(program, tmp_path, {"SAGESWEEP_ROLE_EXTERNAL_ID": EXTERNAL}, *trust).stdout
    for account in deployed.seeded.accounts:
        if account.closed:
            continue
        iam = deployed.server.client("iam", account.id)
        role = iam.get_role(RoleName=ROLE)["Role"]
        assert document(role["AssumeRolePolicyDocument"]) == json.loads(trusted), account
        assert iam.list_role_policies(RoleName=ROLE)["PolicyNames"] == ["sagesweep-reads"]
        policy = iam.get_role_policy(RoleName=ROLE, PolicyName="sagesweep-reads")["PolicyDocument"]
        assert statements(document(policy)) == statements(printed), account


def test_the_policy_of_the_task_role_is_what_the_program_prints(deployed, program, tmp_path):
    organization = deployed.given["OrganizationId"]
    printed = json.loads(call(program, tmp_path, deployed.environment(), "iam-policy", "task", "--organization", organization).stdout)
    assert statements(printed)["Roles"]["Condition"] == {"StringEquals": {"aws:ResourceOrgID": organization}}
    iam = deployed.server.client("iam")
    name = deployed.auditor["TaskRoleArn"].rpartition("/")[2]
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["sagesweep-task"]
    assert not iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    policy = iam.get_role_policy(RoleName=name, PolicyName="sagesweep-task")["PolicyDocument"]
    assert statements(document(policy)) == statements(printed)


def test_the_delegation_allows_what_the_task_asks_of_the_organization(deployed, program, tmp_path):
    printed = json.loads(call(program, tmp_path, deployed.environment(), "iam-policy", "task").stdout)
    (delegated,) = load(MEMBER_STACKSET)["Resources"]["Delegation"]["Properties"]["Content"]["Statement"]
    asked = [action for action in statements(printed)["Organization"]["Action"] if action.startswith("organizations:")]
    assert sorted(delegated["Action"]) == asked


def test_the_bucket_encrypts_with_the_key_of_the_stack(deployed):
    s3 = deployed.server.client("s3")
    (rule,) = s3.get_bucket_encryption(Bucket=deployed.auditor["BucketName"])["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": deployed.auditor["BucketKeyArn"]}


def test_the_tasks_have_a_way_out_and_none_in(deployed):
    ec2 = deployed.server.client("ec2")
    definition = deployed.machine()["States"]["Publish"]["Arguments"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert definition["AssignPublicIp"] == "DISABLED" and len(definition["Subnets"]) == 2
    group = ec2.describe_security_groups(GroupIds=definition["SecurityGroups"])["SecurityGroups"][0]
    assert not group["IpPermissions"]
    # The emulator makes no association of a table with a subnet.
    tables = [table["Routes"] for table in ec2.describe_route_tables()["RouteTables"]]
    (private,) = [routes for routes in tables if any("NatGatewayId" in route for route in routes)]
    out = [route for route in private if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    assert len(out) == 1 and "GatewayId" not in out[0], out
    resources = load(AUDITOR)["Resources"]
    for name in "AB":
        association = resources[f"PrivateRoutesOfSubnet{name}"]["Properties"]
        assert association == {"RouteTableId": {"Ref": "PrivateRoutes"}, "SubnetId": {"Ref": f"PrivateSubnet{name}"}}
    zones = ec2.describe_subnets(SubnetIds=definition["Subnets"])["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in zones}) == 2
    endpoints = {endpoint["ServiceName"] for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    assert {f"com.amazonaws.us-east-1.{name}" for name in ("s3", "ecr.api", "ecr.dkr", "logs", "sts", "kms", "sagemaker.api")} <= endpoints


def test_a_run_by_the_deployed_task_needs_nothing_that_its_roles_do_not_allow(deployed, program, tmp_path):
    ours = {**deployed.environment(), **deployed.credentials(), "AWS_ENDPOINT_URL": deployed.endpoint}
    ours |= {"SAGESWEEP_REGIONS_INCLUDE": ",".join(REGIONS), "SAGESWEEP_CHECKS_INCLUDE": KNOWN}
    deployed.enforce(True)
    try:
        examined = call(program, tmp_path, ours, "doctor", "--accounts", "4", "--format", "json")
        done = call(program, tmp_path, ours, "run")
        verified = call(program, tmp_path, ours, "verify", "--all")
        stranger = call(program, tmp_path, ours | {"SAGESWEEP_LAKE_DESTINATION": "s3://another/sagesweep"}, "run")
    finally:
        deployed.enforce(False)
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads(examined.stdout)
    assert not [seen for seen in report["observations"] if seen["level"] == "FAIL"], report
    assert verified.returncode == 0 and "1 valid" in verified.stdout, verified.stdout + verified.stderr
    assert stranger.returncode == 4 and "AccessDenied" in stranger.stderr, stranger.stderr[-2000:]
    s3 = deployed.server.client("s3")
    download(s3, deployed.auditor["BucketName"], "sagesweep/", tmp_path / "out")
    told = difference(deployed.seeded.truth(deployed.seeded.everyone()), Lake(tmp_path / "out").findings())
    assert not told, told
