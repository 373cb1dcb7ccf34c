"""The template of the member role: clean, what the program prints, and the same once it is deployed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from policies import document
from template import INFRA, load

TEMPLATE = INFRA / "member-role.yaml"
PRINCIPAL = "arn:aws:iam::111111111111:role/audit/sagesweep-task"
ORGANIZATION = "o-abc1234567"
EXTERNAL = "night:audit/1"


def printed(program, tmp_path, *arguments, config=""):
    """What `sagesweep iam-policy` prints."""
    file = tmp_path / "sagesweep.toml"
    file.write_text(config)
    command = [str(program), "iam-policy", *arguments, "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=True)
    return json.loads(done.stdout)


def test_the_template_is_clean():
    lint = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([str(lint), str(TEMPLATE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_policy_and_the_defaults_are_those_of_the_program(program, tmp_path):
    read = load(TEMPLATE.name)
    properties = read["Resources"]["Role"]["Properties"]
    policies = [policy["PolicyDocument"] for policy in properties["Policies"]]
    assert policies == [printed(program, tmp_path, "member")]
    assert "ManagedPolicyArns" not in properties
    environment = {"PATH": os.environ["PATH"]}
    config = subprocess.run([str(program), "config"], capture_output=True, text=True, env=environment, cwd=tmp_path, check=True)
    parameters = read["Parameters"]
    assert f'name = "{parameters["RoleName"]["Default"]}"' in config.stdout
    assert f"duration_seconds = {parameters['MaxSessionDuration']['Default']}" in config.stdout


@pytest.mark.parametrize("external", ["", EXTERNAL])
@pytest.mark.parametrize("organization", ["", ORGANIZATION])
def test_deployed_it_is_what_the_program_prints(program, endpoint, tmp_path, external, organization):
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    name = f"sagesweep-{len(external)}-{len(organization)}"
    given = {"TaskRoleArn": PRINCIPAL, "ExternalId": external, "OrganizationId": organization, "RoleName": name}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    stacks = session.client("cloudformation", endpoint_url=endpoint)
    body = TEMPLATE.read_text()
    stacks.create_stack(StackName=name, TemplateBody=body, Parameters=parameters, Capabilities=["CAPABILITY_NAMED_IAM"])
    outputs = stacks.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in outputs}

    iam = session.client("iam", endpoint_url=endpoint)
    role = iam.get_role(RoleName=name)["Role"]
    assert (outputs["RoleName"], outputs["RoleArn"]) == (name, role["Arn"])
    assert role["MaxSessionDuration"] == 3600
    assert {tag["Key"]: tag["Value"] for tag in role["Tags"]}["application"] == "sagesweep"

    trust = ["trust", "--principal", PRINCIPAL] + (["--organization", organization] if organization else [])
    config = f'[role]\nexternal_id = "{external}"\n'
    assert document(role["AssumeRolePolicyDocument"]) == printed(program, tmp_path, *trust, config=config)
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    assert policies == ["sagesweep-reads"]
    policy = iam.get_role_policy(RoleName=name, PolicyName=policies[0])["PolicyDocument"]
    assert document(policy) == printed(program, tmp_path, "member")
    assert not iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    stacks.delete_stack(StackName=name)
