"""The README: it deploys each template with what that one wants."""

import json
import re
import shlex

import boto3
import pytest
from botocore.validate import ParamValidator
from template import INFRA, load

README = (INFRA.parent / "README.md").read_text()
COMMAND = re.compile(r"aws cloudformation deploy --template-file infra/(\S+) ((?:[^\n]*\\\n)*[^\n]*)")
# The most that CloudFormation takes with the request, without a bucket in between.
LARGEST_IN_REQUEST = 51_200


@pytest.mark.parametrize("file", ["auditor.yaml", "member-stackset.yaml", "lake.yaml", "alarms.yaml", "dashboards/quicksight.json"])
def test_the_readme_deploys_a_template_as_it_wants(file):
    commands = [command for name, command in COMMAND.findall(README) if name == file]
    assert commands, "the README does not say how"
    template = load(file)
    parameters, resources = template["Parameters"], template["Resources"].values()
    needed = {name for name, entry in parameters.items() if "Default" not in entry}
    roles = [entry["Properties"] for entry in resources if entry["Type"] == "AWS::IAM::Role"]
    wanted = {"CAPABILITY_NAMED_IAM" if "RoleName" in role else "CAPABILITY_IAM" for role in roles}
    for command in commands:
        given = set(re.findall(r"\b([A-Z]\w+)=", command.partition("--parameter-overrides")[2]))
        assert needed <= given <= parameters.keys()
        assert ("--s3-bucket" in command) == ((INFRA / file).stat().st_size > LARGEST_IN_REQUEST)
        # The one with names is for roles without, too.
        assert set(re.findall(r"--capabilities (\w+)", command)) == ({max(wanted)} if wanted else set())


def test_every_deploy_command_is_one_that_is_looked_at():
    assert len(COMMAND.findall(README)) == README.count("cloudformation deploy ")


def test_what_lake_formation_grants_to_everybody_is_taken_away_by_calls_that_it_knows():
    """No emulator at hand knows the grants that come by default; so each call is held against the model of the service."""
    (body,) = re.findall(r"^revoke\(\) \{\n(.*?)^\}$", README, re.M | re.S)
    words = shlex.split(body.replace("\\\n", ""))
    assert words[:3] == ["aws", "lakeformation", "revoke-permissions"] and words[3::2] == ["--principal", "--permissions", "--resource"]
    principal, permission, resource = words[4::2]
    assert resource == "$1"
    given = dict([principal.split("=")])
    assert given == {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}
    model = boto3.client("lakeformation", region_name="us-east-1").meta.service_model.operation_model("RevokePermissions").input_shape
    assert permission in model.members["Permissions"].member.enum
    told = [shlex.split(call)[1].replace("$table", "findings") for call in re.findall(r"^ *(revoke [\"'].*)$", README, re.M)]
    database = load("lake.yaml")["Parameters"]["Database"]["Default"]
    assert [json.loads(one) for one in told] == [{"Table": {"DatabaseName": database, "Name": "findings"}}, {"Database": {"Name": database}}]
    for one in told:
        report = ParamValidator().validate({"Principal": given, "Permissions": [permission], "Resource": json.loads(one)}, model)
        assert not report.has_errors(), report.generate_report()
