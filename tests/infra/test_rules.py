"""The rules of the stack, which no linter evaluates: what would be made and fail at night is refused, and what is right is not.
They are evaluated by an emulator that others wrote, which does not know all resources of the stack: so before a small one."""

import itertools
import json

import pytest
from botocore.exceptions import ClientError
from stacks import AUDITOR
from template import load

VPC, SUBNETS = {"VpcId": "vpc-0a1b2c3d"}, {"SubnetIds": "subnet-0a1b2c3d,subnet-4e5f6a7b"}
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size, up to 8 GiB.
OFFERED = {512: {1024, 2048, 3072, 4096}, 1024: set(range(2048, 8193, 1024)), 2048: set(range(4096, 16385, 1024)), 4096: set(range(8192, 30721, 1024))}
SIZES = [[int(value) for value in load(AUDITOR)["Parameters"][name]["AllowedValues"]] for name in ("Cpu", "Memory")]


@pytest.fixture(scope="module")
def refusal(cloud):
    """Why a stack with parameters would not be made; nothing where it would."""
    cloudformation, template = cloud.client("cloudformation"), load(AUDITOR)
    body = json.dumps({key: template[key] for key in ("Parameters", "Rules")} | {"Resources": {"Small": {"Type": "AWS::SNS::Topic"}}})

    def ask(**given):
        given = {"ImageDigest": "sha256:" + "ab" * 32, **given}
        parameters = [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in given.items()]
        stack = {"StackName": "asked", "ChangeSetName": "asked"}
        try:
            cloudformation.create_change_set(**stack, ChangeSetType="CREATE", TemplateBody=body, Parameters=parameters)
        except ClientError as refused:
            return str(refused)
        made = cloudformation.describe_change_set(**stack)
        cloudformation.delete_change_set(**stack)
        cloudformation.delete_stack(StackName="asked")
        return None if made["Status"] == "CREATE_COMPLETE" else made.get("StatusReason", made["Status"])

    return ask


@pytest.mark.parametrize("given", [{}, VPC | SUBNETS], ids=["a new network", "an existing network"])
def test_a_whole_network_is_taken(refusal, given):
    assert refusal(**given) is None


@pytest.mark.parametrize(("given", "why"), [(VPC, "VpcId comes with SubnetIds"), (SUBNETS, "SubnetIds come with VpcId")])
def test_half_a_network_is_refused(refusal, given, why):
    assert why in (refusal(**given) or "it was taken")


@pytest.mark.parametrize(("cpu", "memory"), itertools.product(*SIZES))
def test_a_task_has_a_size_that_fargate_offers(refusal, cpu, memory):
    told = refusal(Cpu=cpu, Memory=memory)
    if memory in OFFERED[cpu]:
        assert told is None
    else:
        assert f"with {cpu} CPU units" in (told or "it was taken")


def test_what_runs_at_once_is_a_number_of_tasks(refusal):
    assert refusal(ShardsAtOnce=40, Shards=40) is None
    assert refusal(ShardsAtOnce=0) and refusal(ShardsAtOnce="many")


@pytest.mark.parametrize("wrong", ["o-", "o-SHOUTED1234", "111111111111", "*"])
def test_an_organization_is_named_by_its_id(refusal, wrong):
    assert refusal(OrganizationId="o-a1b2c3d4e5") is None
    assert refusal(OrganizationId=wrong)
