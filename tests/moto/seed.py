"""Fills a running moto server with the organization and writes the truth file.

    python seed.py http://127.0.0.1:5000 truth.jsonl

The truth file holds one JSON object a line, sorted: the expected row of each (account, region, resource, check).
"""

import json
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

import organization
from truth import INSTANCES, View, verdicts

ROLE = "sagesweep-audit"
# The account of every access key that moto did not hand out itself.
MANAGEMENT = "123456789012"
DENIED = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": ["kms:DescribeKey"], "Resource": "*"}]}


@dataclass
class Seeded:
    """What stands in the server, and what a run must find."""

    accounts: list
    jobs: list
    units: dict  # path -> id

    def named(self, name):
        return next(account for account in self.accounts if account.name == name)

    def everyone(self):
        return frozenset(account.name for account in self.accounts)

    def cells(self, names):
        """Expected outcome of each (account id, region) in scope."""
        taken = [account for account in self.accounts if account.name in names]
        outcome = {True: "ACCOUNT_SUSPENDED", False: "COMPLETE"}
        return {(account.id, region): outcome[account.closed] for account in taken for region in organization.REGIONS}

    def in_scope(self, names):
        """Jobs that a run over these accounts must find."""
        open_names = {account.name for account in self.accounts if account.name in names and not account.closed}
        return [job for job in self.jobs if job.account in open_names and job.region in organization.REGIONS]

    def arn(self, job):
        return f"arn:aws:sagemaker:{job.region}:{self.named(job.account).id}:training-job/{job.name}"

    def truth(self, names, asked=True):
        """The expected findings of a run over these accounts, sorted."""
        view = View(frozenset(names), asked)
        rows = []
        for job in self.in_scope(names):
            for check, status, code in verdicts(job, view, organization.VAULT):
                rows.append({
                    "account_id": self.named(job.account).id,
                    "region": job.region,
                    "resource_arn": self.arn(job),
                    "check_id": check,
                    "status": status,
                    "reason_code": code,
                })
        return sorted(rows, key=lambda row: (row["account_id"], row["region"], row["resource_arn"], row["check_id"]))


class Server:
    """Clients of the server as any of its accounts."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.own = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
        self.sessions = {MANAGEMENT: self.own}

    def client(self, service, account=MANAGEMENT, region="us-east-1"):
        config = Config(retries={"max_attempts": 0}, parameter_validation=False)
        return self.session(account).client(service, region_name=region, endpoint_url=self.endpoint, config=config)

    def session(self, account):
        if account not in self.sessions:
            sts = self.own.client("sts", region_name="us-east-1", endpoint_url=self.endpoint)
            role = f"arn:aws:iam::{account}:role/{ROLE}"
            answer = sts.assume_role(RoleArn=role, RoleSessionName="seed")["Credentials"]
            self.sessions[account] = boto3.Session(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
        return self.sessions[account]


def seed(endpoint):
    """Makes everything, and says what was made."""
    server = Server(endpoint)
    accounts = organization.accounts()
    units = _make_organization(server, accounts)
    ids = {account.name: account.id for account in accounts}
    jobs = list(organization.jobs())
    vaults = {region: _vault(server, ids[organization.VAULT], region) for region in organization.REGIONS}
    cells = {}
    for job in jobs:
        cells.setdefault((job.account, job.region), []).append(job)
    for (account, region), in_cell in cells.items():
        keys = _keys(server, ids[account], region, ids["closed"], vaults.get(region, {}))
        sagemaker = server.client("sagemaker", ids[account], region)
        with ThreadPoolExecutor(2) as pool:
            for _ in pool.map(lambda job, s=sagemaker, k=keys: s.create_training_job(**_request(job, k)), in_cell):
                pass
    # Closed last: nothing can be made in a closed account.
    for account in accounts:
        if account.closed:
            server.client("organizations").close_account(AccountId=account.id)
    return Seeded(accounts, jobs, units)


def _make_organization(server, accounts):
    client = server.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    units = {"/": root}
    for path in organization.UNITS:
        parent, name = path.rsplit("/", 1)
        unit = client.create_organizational_unit(ParentId=units[parent or "/"], Name=name)
        units[path] = unit["OrganizationalUnit"]["Id"]
    for account in accounts:
        tags = [{"Key": key, "Value": value} for key, value in account.tags.items()]
        if account.path == "/":
            account.id = MANAGEMENT
            client.tag_resource(ResourceId=MANAGEMENT, Tags=tags)
            continue
        made = client.create_account(AccountName=account.name, Email=f"{account.name}@example.com", Tags=tags)
        account.id = made["CreateAccountStatus"]["AccountId"]
        client.move_account(AccountId=account.id, SourceParentId=root, DestinationParentId=units[account.path])
    return units


def _vault(server, account, region):
    """The keys of one account that jobs of the others name, by the kind of naming."""
    kms = server.client("kms", account, region)
    good = _key(kms)["Arn"]
    kms.create_alias(AliasName="alias/shared", TargetKeyId=good)
    disabled = _key(kms)
    kms.disable_key(KeyId=disabled["KeyId"])
    denied = _key(kms, Policy=json.dumps(DENIED))["Arn"]
    arn = f"arn:aws:kms:{region}:{account}"
    return {
        "foreign_arn": good,
        "foreign_alias": f"{arn}:alias/shared",
        "foreign_disabled": disabled["Arn"],
        "foreign_missing": f"{arn}:key/{uuid.uuid4()}",
        "foreign_denied": denied,
    }


def _key(kms, **settings):
    # KMS fills in the usage; moto leaves it out of its answers when the request did.
    return kms.create_key(**{"KeyUsage": "ENCRYPT_DECRYPT"} | settings)["KeyMetadata"]


def _keys(server, account, region, closed, vault):
    """Makes the keys of one (account, region); the text that names each kind there."""
    kms = server.client("kms", account, region)
    good = _key(kms)
    kms.create_alias(AliasName="alias/training", TargetKeyId=good["KeyId"])
    disabled = _key(kms)["KeyId"]
    kms.disable_key(KeyId=disabled)
    pending = _key(kms)
    kms.schedule_key_deletion(KeyId=pending["KeyId"], PendingWindowInDays=7)
    signing = _key(kms, KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["Arn"]
    denied = _key(kms, Policy=json.dumps(DENIED))["Arn"]
    other = next(name for name in organization.REGIONS if name != region)
    elsewhere = _key(server.client("kms", account, other))["Arn"]
    return vault | {
        "absent": None,
        "empty": "",
        "key_id": good["KeyId"],
        "key_arn": good["Arn"],
        "alias_name": "alias/training",
        "alias_arn": f"arn:aws:kms:{region}:{account}:alias/training",
        "aws_alias_name": "alias/aws/s3",
        "aws_alias_arn": f"arn:aws:kms:{region}:{account}:alias/aws/sagemaker",
        "disabled": disabled,
        "pending_deletion": pending["Arn"],
        "signing": signing,
        "missing_id": str(uuid.uuid4()),
        "missing_alias": "alias/nobody-made-this",
        "denied": denied,
        "other_region": elsewhere,
        "closed_account": f"arn:aws:kms:{region}:{closed}:key/{uuid.uuid4()}",
        "outside": f"arn:aws:kms:{region}:{organization.STRANGER}:key/{uuid.uuid4()}",
    }


def _request(job, keys):
    resources = dict(INSTANCES[job.instances][0], VolumeSizeInGB=30)
    if "InstanceGroups" in resources:
        groups = enumerate(resources["InstanceGroups"])
        resources["InstanceGroups"] = [
            {"InstanceType": kind, "InstanceCount": count, "InstanceGroupName": f"group-{n}"} for n, (kind, count) in groups
        ]
    elif "InstanceType" in resources:
        resources["InstanceCount"] = job.count
    output = {"S3OutputPath": "s3://models/output"}
    if keys[job.volume] is not None:
        resources["VolumeKmsKeyId"] = keys[job.volume]
    if keys[job.output] is not None:
        output["KmsKeyId"] = keys[job.output]
    request = {
        "TrainingJobName": job.name,
        "AlgorithmSpecification": {"TrainingImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1", "TrainingInputMode": "File"},
        "RoleArn": "arn:aws:iam::123456789012:role/trainer",
        "OutputDataConfig": output,
        "ResourceConfig": resources,
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "EnableNetworkIsolation": job.isolation,
        "EnableInterContainerTrafficEncryption": job.inter_container,
        "Tags": [{"Key": key, "Value": value} for key, value in job.tags],
    }
    if job.subnets:
        request["VpcConfig"] = {"SecurityGroupIds": ["sg-0123456789abcdef0"], "Subnets": ["subnet-0123456789abcdef0"]}
    return request


def write_truth(rows, path):
    """One JSON object a line."""
    Path(path).write_text("".join(json.dumps(row, sort_keys=True) + "\n" for row in rows))


def main():
    endpoint, path = sys.argv[1:]
    seeded = seed(endpoint)
    write_truth(seeded.truth(seeded.everyone()), path)
    for account in seeded.accounts:
        print(account.id, account.name, account.path, "closed" if account.closed else "")


if __name__ == "__main__":
    main()
