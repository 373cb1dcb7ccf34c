"""The templates, and how one is deployed."""

import time
from pathlib import Path

import yaml

INFRA = Path(__file__).parents[2] / "infra"
AUDITOR = INFRA / "auditor.yaml"
MEMBER_ROLE = INFRA / "member-role.yaml"
MEMBER_STACKSET = INFRA / "member-stackset.yaml"
STACK_SECONDS = 60
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


def deploy(cloudformation, name, template, given):
    """The outputs of the stack, once it is there."""
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    body = template.read_text()
    cloudformation.create_stack(StackName=name, TemplateBody=body, Parameters=parameters, Capabilities=CAPABILITIES)
    return settled(cloudformation, name, "CREATE_COMPLETE")


def change(cloudformation, name, template, given):
    """The outputs of a stack in which these parameters were changed, and all others kept."""
    known = [parameter["ParameterKey"] for parameter in cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Parameters"]]
    kept = [{"ParameterKey": key, "UsePreviousValue": True} for key in known if key not in given]
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    body = template.read_text()
    cloudformation.update_stack(StackName=name, TemplateBody=body, Parameters=kept + parameters, Capabilities=CAPABILITIES)
    return settled(cloudformation, name, "UPDATE_COMPLETE")


def settled(cloudformation, name, status):
    """The outputs of a stack, once it has this status."""
    deadline = time.monotonic() + STACK_SECONDS
    while True:
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        assert time.monotonic() < deadline, stack
        time.sleep(0.1)
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    assert stack["StackStatus"] == status and not failed, failed or stack
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, which are read as the long ones."""


def _intrinsic(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    value = loader.construct_scalar(node)
    return {name: value.split(".", 1) if name == "Fn::GetAtt" else value}


Loader.add_multi_constructor("!", _intrinsic)


def read(template):
    """What a template says, with the long forms of its functions."""
    return yaml.load(template.read_text(), Loader)
