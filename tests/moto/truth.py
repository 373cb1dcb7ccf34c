"""What is seeded and what an audit must say of it: tables of expectations, made without looking at the audit.

Every outcome stands here as a literal, or is put together from the literal outcomes of a job's two keys by the rule
in `headline`. Nothing here speaks to a server.
"""

from dataclasses import dataclass, field

CUSTOMER_MANAGED_KEYS = "training-job-customer-managed-keys"
INTER_CONTAINER = "training-job-inter-container-encryption"
NETWORK_ISOLATION = "training-job-network-isolation"
VPC = "training-job-vpc"
CHECKS = (CUSTOMER_MANAGED_KEYS, INTER_CONTAINER, NETWORK_ISOLATION, VPC)
RESOURCE_TYPE = "AWS::SageMaker::TrainingJob"

# Each way in which a job can name a key, and what is expected of a key so named: PASS (with the note that goes with
# it, if any), FAIL or UNKNOWN (with the end of the reason code, which begins with `volume_` or `output_`).
KEYS = {
    "absent": ("FAIL", "key_absent"),
    "empty": ("FAIL", "key_absent"),
    "key_id": ("PASS", None),
    "key_arn": ("PASS", None),
    "alias_name": ("PASS", None),
    "alias_arn": ("PASS", None),
    "aws_alias_name": ("FAIL", "key_aws_managed"),
    "aws_alias_arn": ("FAIL", "key_aws_managed"),
    "disabled": ("FAIL", "key_unusable"),
    "pending_deletion": ("FAIL", "key_unusable"),
    "signing": ("FAIL", "key_unusable"),
    "missing_id": ("FAIL", "key_not_found"),
    "missing_alias": ("FAIL", "key_not_found"),
    "denied": ("UNKNOWN", "key_unreadable"),
    "other_region": ("FAIL", "key_other_region"),
    # Of another account of the organization: described with that account's own role.
    "foreign_arn": ("PASS", None),
    "foreign_alias": ("PASS", None),
    "foreign_disabled": ("FAIL", "key_unusable"),
    "foreign_missing": ("FAIL", "key_not_found"),
    # Keys of another account are customer managed by construction: only their state stays unknown.
    "foreign_denied": ("PASS", "key_state_unverified"),
    "closed_account": ("PASS", "key_state_unverified"),
    "outside": ("PASS", "key_outside_organization"),
}

# The resources of a job, and whether its storage takes a volume key: yes (some instances have an EBS volume), no
# (all have local NVMe), unknown (an instance type that nobody knows).
INSTANCES = {
    "ebs": ({"InstanceType": "ml.m5.xlarge", "InstanceCount": 1}, "yes"),
    "nvme": ({"InstanceType": "ml.g5.2xlarge", "InstanceCount": 1}, "no"),
    "mixed_groups": ({"InstanceGroups": [("ml.c5.xlarge", 1), ("ml.g4dn.xlarge", 1)]}, "yes"),
    "nvme_groups": ({"InstanceGroups": [("ml.g5.xlarge", 1), ("ml.p4d.24xlarge", 2)]}, "no"),
    "one_group": ({"InstanceGroups": [("ml.m5.large", 1)]}, "yes"),
    "unknown": ({"InstanceType": "ml.zz9.xlarge", "InstanceCount": 1}, "unknown"),
    "unknown_and_nvme": ({"InstanceGroups": [("ml.zz9.xlarge", 1), ("ml.g5.xlarge", 1)]}, "unknown"),
    "selected": (
        {
            "InstancePreferences": [{"InstanceType": "ml.m5.large"}, {"InstanceType": "ml.g5.xlarge"}],
            "SelectedInstanceType": "ml.g5.xlarge",
            "SelectedInstanceCount": 2,
        },
        "no",
    ),
    "unknown_and_ebs": ({"InstanceGroups": [("ml.zz9.xlarge", 1), ("ml.m5.large", 1)]}, "yes"),
}
# The four whose every pairing of keys is seeded.
CROSSED = ("ebs", "nvme", "mixed_groups", "nvme_groups")


@dataclass(frozen=True)
class Job:
    """One training job: where it stands and all of its posture."""

    account: str  # the account's name
    region: str
    name: str
    instances: str  # of INSTANCES
    volume: str  # of KEYS
    output: str  # of KEYS
    count: int = 1  # instances, where there are no groups
    isolation: bool = False
    subnets: bool = False
    inter_container: bool = False
    tags: tuple = ()
    expected: tuple | None = None  # (status, reason code) of the headline check, where written out by hand

    def instance_count(self):
        resources, _ = INSTANCES[self.instances]
        groups = resources.get("InstanceGroups")
        return sum(count for _, count in groups) if groups else self.count


@dataclass(frozen=True)
class View:
    """What a run can see besides the jobs: it decides what becomes of keys of other accounts."""

    accounts: frozenset  # names of the accounts in scope
    asked: bool = True  # whether Organizations was asked

    def key(self, kind, vault):
        if kind.startswith("foreign_") and vault not in self.accounts:
            return "PASS", "key_state_unverified"
        if kind == "outside" and not self.asked:
            return "PASS", "key_state_unverified"
        return KEYS[kind]


def headline(job, view, vault):
    """The headline check: failing reasons alone make a FAIL, else unknown ones an UNKNOWN; volume before output."""
    halves = []
    takes_volume_key = INSTANCES[job.instances][1]
    if job.volume in ("absent", "empty") and takes_volume_key == "no":
        halves.append(("LOCAL", None))
    elif job.volume in ("absent", "empty") and takes_volume_key == "unknown":
        halves.append(("UNKNOWN", "instance_storage_unknown"))
    else:
        halves.append(_half("volume", *view.key(job.volume, vault)))
    halves.append(_half("output", *view.key(job.output, vault)))
    for status in ("FAIL", "UNKNOWN"):
        if codes := [code for half, code in halves if half == status]:
            return status, ",".join(codes)
    first = "volume_on_local_storage" if halves[0][0] == "LOCAL" else "customer_managed_keys"
    notes = dict.fromkeys(code for _, code in halves if code)
    return "PASS", ",".join([first, *notes])


def _half(which, status, code):
    return (status, code) if status == "PASS" else (status, f"{which}_{code}")


def siblings(job):
    """The other checks of training jobs: check, status, reason code."""
    if job.instance_count() <= 1:
        yield INTER_CONTAINER, "NOT_APPLICABLE", "single_instance"
    elif job.inter_container:
        yield INTER_CONTAINER, "PASS", "inter_container_traffic_encrypted"
    else:
        yield INTER_CONTAINER, "FAIL", "inter_container_traffic_not_encrypted"
    if job.isolation:
        yield NETWORK_ISOLATION, "PASS", "network_isolation_enabled"
    else:
        yield NETWORK_ISOLATION, "FAIL", "network_isolation_disabled"
    if job.subnets:
        yield VPC, "PASS", "vpc_configured"
    else:
        yield VPC, "FAIL", "vpc_absent"


def verdicts(job, view, vault):
    """Every check on one job: check, status, reason code."""
    yield CUSTOMER_MANAGED_KEYS, *headline(job, view, vault)
    yield from siblings(job)


def crossed_jobs(cells):
    """Every pairing of keys for each kind of instances, one kind a cell, with the flags in all combinations."""
    for (account, region), instances in zip(cells, CROSSED, strict=True):
        pairs = [(volume, output) for volume in KEYS for output in KEYS]
        for number, (volume, output) in enumerate(pairs):
            yield Job(
                account,
                region,
                f"{instances}-{volume}-{output}".replace("_", "-"),
                instances,
                volume,
                output,
                count=3 if number & 1 else 1,
                isolation=bool(number & 2),
                subnets=bool(number & 4),
                inter_container=bool(number & 8),
                tags=(("owner", f"team-{number % 5}"),) if number % 3 == 0 else (),
            )


def written_jobs(account, region):
    """Jobs whose headline outcome is written out, which also guards the rule above."""
    rows = [
        ("both-good", "ebs", "key_arn", "alias_name", "PASS", "customer_managed_keys"),
        ("both-absent", "ebs", "absent", "empty", "FAIL", "volume_key_absent,output_key_absent"),
        ("volume-absent", "ebs", "absent", "key_id", "FAIL", "volume_key_absent"),
        ("output-absent", "ebs", "key_id", "absent", "FAIL", "output_key_absent"),
        ("output-of-aws", "ebs", "key_id", "aws_alias_name", "FAIL", "output_key_aws_managed"),
        ("both-denied", "ebs", "denied", "denied", "UNKNOWN", "volume_key_unreadable,output_key_unreadable"),
        ("denied-and-failing", "ebs", "denied", "disabled", "FAIL", "output_key_unusable"),
        ("outside", "ebs", "outside", "key_id", "PASS", "customer_managed_keys,key_outside_organization"),
        ("local-good", "nvme", "absent", "key_arn", "PASS", "volume_on_local_storage"),
        ("local-absent", "nvme", "absent", "absent", "FAIL", "output_key_absent"),
        ("local-groups", "nvme_groups", "empty", "foreign_arn", "PASS", "volume_on_local_storage"),
        ("mixed-absent", "mixed_groups", "absent", "key_id", "FAIL", "volume_key_absent"),
        ("one-group", "one_group", "key_id", "key_id", "PASS", "customer_managed_keys"),
        ("chosen-local", "selected", "absent", "key_id", "PASS", "volume_on_local_storage"),
        ("unknown-good", "unknown", "absent", "key_id", "UNKNOWN", "instance_storage_unknown"),
        ("unknown-absent", "unknown", "absent", "absent", "FAIL", "output_key_absent"),
        ("unknown-with-key", "unknown", "key_id", "key_id", "PASS", "customer_managed_keys"),
        ("unknown-denied", "unknown", "absent", "denied", "UNKNOWN", "instance_storage_unknown,output_key_unreadable"),
        ("unknown-and-nvme", "unknown_and_nvme", "absent", "key_id", "UNKNOWN", "instance_storage_unknown"),
        ("unknown-and-ebs", "unknown_and_ebs", "absent", "key_id", "FAIL", "volume_key_absent"),
    ]
    for name, instances, volume, output, status, code in rows:
        yield Job(account, region, name, instances, volume, output, count=2, expected=(status, code))


@dataclass
class Account:
    """One account of the organization."""

    name: str
    path: str  # of its organizational unit, "/" for the root
    tags: dict = field(default_factory=dict)
    closed: bool = False
    id: str = ""
