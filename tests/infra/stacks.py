"""The templates of the audit, and how one is deployed."""

import time

from template import INFRA

AUDITOR, MEMBER_ROLE, MEMBER_STACKSET = "auditor.yaml", "member-role.yaml", "member-stackset.yaml"
SHARDS, SHARDS_AT_ONCE = 4, 2
STACK_SECONDS = 60
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


def deploy(cloudformation, name, template, given):
    """The outputs of the stack of a template, once it is there."""
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    body = (INFRA / template).read_text()
    cloudformation.create_stack(StackName=name, TemplateBody=body, Parameters=parameters, Capabilities=CAPABILITIES)
    return settled(cloudformation, name, "CREATE_COMPLETE")


def change(cloudformation, name, template, given):
    """The outputs of a stack in which these parameters were changed, and all others kept."""
    known = [parameter["ParameterKey"] for parameter in cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Parameters"]]
    kept = [{"ParameterKey": key, "UsePreviousValue": True} for key in known if key not in given]
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    body = (INFRA / template).read_text()
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
