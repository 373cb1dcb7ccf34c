"""What is deployed is used by a real run: the roles by the stack set in every account, the task role and its policy, the bucket
and the keys, and nothing besides, since the emulator holds every call against the policies."""

import json
import os
import subprocess
import urllib.request

import pytest
import stackset
from lake import Lake, difference
from organization import REGIONS
from seed import MANAGEMENT, ROLE, Server
from stacks import AUDITOR, MEMBER_STACKSET, deploy, read
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
        properties = read(MEMBER_STACKSET)["Resources"]["Roles"]["Properties"]
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.given.items()]
        cloudformation.create_stack_set(
            StackSetName="members",
            TemplateBody=properties["TemplateBody"],
            Parameters=parameters,
            PermissionModel=properties["PermissionModel"],
            AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": False},
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
    printed = call(program, tmp_path, {}, "iam-policy", "member").stdout
    trust = ["iam-policy", "trust", "--principal", deployed.given["TaskRoleArn"], "--organization", deployed.given["OrganizationId"]]
    trusted = call(program, tmp_path, {"SAGESWEEP_ROLE_EXTERNAL_ID": EXTERNAL}, *trust).stdout
    for account in deployed.seeded.accounts:
        if account.closed:
            continue
        iam = deployed.server.client("iam", account.id)
        role = iam.get_role(RoleName=ROLE)["Role"]
        assert document(role["AssumeRolePolicyDocument"]) == json.loads(trusted), account
        policy = iam.get_role_policy(RoleName=ROLE, PolicyName="sagesweep-reads")["PolicyDocument"]
        assert document(policy) == json.loads(printed), account


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


def document(policy):
    # The emulator keeps a template's policy as Python writes it, which is YAML as JSON is.
    import urllib.parse

    import yaml

    return yaml.safe_load(urllib.parse.unquote(policy)) if isinstance(policy, str) else policy


def test_the_stack_set_is_made_from_the_role():
    assert MEMBER_STACKSET.read_text() == stackset.made()
    assert MANAGEMENT
