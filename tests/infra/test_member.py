"""The stack set that brings the role to every account, as the template says it: no emulator makes one from a template, and none
has accounts join and leave. Each of these facts decides who may assume what, so each is asked for by itself."""

import pytest
from resolved import Resolved
from stacks import MEMBER_ROLE, MEMBER_STACKSET
from template import load, loads

UNITS = ["r-a1b2"]
GIVEN = {
    "OrganizationalUnitIds": UNITS,
    "TaskRoleArn": "arn:aws:iam::111111111111:role/sagesweep-task",
    "ExternalId": "an-id",
    "OrganizationId": "o-a1b2c3d4e5",
    "RoleName": "audit",
    "RolePath": "/security/",
    "MaxSessionDuration": "7200",
}


@pytest.fixture(scope="module")
def stack_set():
    (properties,) = Resolved(MEMBER_STACKSET, **GIVEN).resources("AWS::CloudFormation::StackSet").values()
    return properties


def test_no_account_needs_a_role_for_the_deployment_itself(stack_set):
    """Service-managed: Organizations lets CloudFormation in. Self-managed ones want two roles with rights over every account."""
    assert stack_set["PermissionModel"] == "SERVICE_MANAGED"
    assert not {"AdministrationRoleARN", "ExecutionRoleName"} & stack_set.keys()
    # From the management account, the default; a delegated administrator would not be let in.
    assert stack_set.get("CallAs", "SELF") == "SELF"


def test_an_account_that_joins_gets_the_role(stack_set):
    """Else it is ASSUME_ROLE_FAILED until somebody remembers."""
    assert stack_set["AutoDeployment"]["Enabled"] is True


def test_an_account_that_leaves_does_not_keep_the_role(stack_set):
    """It would go on trusting a role of an organization that it belongs to no longer."""
    assert stack_set["AutoDeployment"]["RetainStacksOnAccountRemoval"] is False
    template = load(MEMBER_STACKSET)
    for name in ("Roles", "Role"):
        assert not {"DeletionPolicy", "UpdateReplacePolicy"} & template["Resources"][name].keys(), name
    # Nor does one whose role is removed by the removal of the whole.
    assert "DeletionPolicy" not in load(MEMBER_ROLE)["Resources"]["Role"]


def test_it_reaches_the_units_that_are_named_and_no_account_is_picked_out(stack_set):
    (group,) = stack_set["StackInstancesGroup"]
    assert group["DeploymentTargets"] == {"OrganizationalUnitIds": UNITS}
    # A role is of all regions: in a second one it would be there already, and the deployment would fail.
    assert len(group["Regions"]) == 1


def test_one_account_in_which_it_fails_stops_no_other(stack_set):
    preferences = stack_set["OperationPreferences"]
    assert preferences["FailureTolerancePercentage"] == preferences["MaxConcurrentPercentage"] == 100
    assert stack_set["ManagedExecution"] == {"Active": True}
    assert stack_set["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


def test_members_and_the_management_account_get_the_same_role(stack_set):
    given = {entry["ParameterKey"]: entry["ParameterValue"] for entry in stack_set["Parameters"]}
    inner = loads(stack_set["TemplateBody"])
    assert inner == load(MEMBER_ROLE)
    assert given == {name: GIVEN[name] for name in inner["Parameters"]}
    here = Resolved(MEMBER_STACKSET, **GIVEN).resources()["Role"]
    there = Resolved(MEMBER_ROLE, **given).resources()["Role"]
    assert here == there and there["RoleName"] == "audit"


def test_nobody_but_the_task_of_the_own_organization_may_assume_it(stack_set):
    (statement,) = Resolved(MEMBER_ROLE, **{name: GIVEN[name] for name in load(MEMBER_ROLE)["Parameters"]}).resources()["Role"][
        "AssumeRolePolicyDocument"
    ]["Statement"]
    assert statement["Principal"] == {"AWS": GIVEN["TaskRoleArn"]}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "an-id", "aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
