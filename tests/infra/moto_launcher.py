"""moto with what it lacks of our templates: Fn::Cidr, AWS::NoValue in lists, the definition of a state machine as an object, keys
that sign, and, where it holds calls against policies, those that came by CloudFormation and those on one key."""

import ipaddress
import itertools
import json
import runpy
from pathlib import Path

import yaml
from moto.cloudformation import parsing
from moto.iam.access_control import IAMPolicy
from moto.kms.models import Key, kms_backends
from moto.kms.responses import KmsResponse
from moto.stepfunctions.models import StateMachine


def clean(value, resources):
    if isinstance(value, dict) and "Fn::Cidr" in value:
        block, count, bits = (clean(member, resources) for member in value["Fn::Cidr"])
        subnets = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
        return [str(subnet) for subnet in itertools.islice(subnets, int(count))]
    # It would look for the member to be selected in what is not resolved.
    if isinstance(value, dict) and "Fn::Select" in value and "Fn::Cidr" in value["Fn::Select"][1]:
        number, choices = value["Fn::Select"]
        return clean(choices, resources)[int(number)]
    # What has no value is not there.
    if isinstance(value, list):
        cleaned = [clean(member, resources) for member in value]
        return [member for member in cleaned if member is not None]
    return given(value, resources)


def create(cls, resource_name, cloudformation_json, account_id, region_name, **more):
    properties = cloudformation_json["Properties"]
    if "Definition" in properties:
        properties = {**properties, "DefinitionString": json.dumps(properties["Definition"])}
    return made(resource_name, {**cloudformation_json, "Properties": properties}, account_id, region_name, **more)


def make_key(cls, resource_name, cloudformation_json, account_id, region_name, **more):
    properties = cloudformation_json["Properties"]
    key = kms_backends[account_id][region_name].create_key(
        policy=json.dumps(properties["KeyPolicy"]),
        key_usage=properties.get("KeyUsage", "ENCRYPT_DECRYPT"),
        key_spec=properties.get("KeySpec", "SYMMETRIC_DEFAULT"),
        description=properties["Description"],
        tags=[],
    )
    key.key_rotation_status = properties.get("EnableKeyRotation", False)
    return key


def understand(self, policy):
    # As the template has it, or as Python writes that, which is YAML as JSON is.
    if isinstance(policy, str):
        policy = json.dumps(yaml.safe_load(policy))
    elif isinstance(policy, dict) and "policy_document" not in policy:
        policy = json.dumps(policy)
    understood(self, policy)


def key_arn(self):
    key = self._get_param("KeyId") or "*"
    return key if key.startswith("arn:") else f"arn:aws:kms:{self.region}:{self.current_account}:key/{key}"


given = parsing.clean_json
parsing.clean_json = clean
made = StateMachine.create_from_cloudformation_json
StateMachine.create_from_cloudformation_json = classmethod(create)
Key.create_from_cloudformation_json = classmethod(make_key)
understood = IAMPolicy.__init__
IAMPolicy.__init__ = understand
KmsResponse._determine_resource = key_arn
# With a KMS that signs as that of AWS does.
runpy.run_path(str(Path(__file__).parents[1] / "moto" / "signing_server.py"))
