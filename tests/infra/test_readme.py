"""The README: it deploys each template with what that one wants."""

import re

import pytest
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
