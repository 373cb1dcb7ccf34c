"""The organization that is seeded: its units, its accounts, its regions and which jobs stand where."""

from truth import Account, Job, crossed_jobs, written_jobs

REGIONS = ("eu-west-1", "us-east-1")
# Jobs stand here too, and no finding may speak of them.
REGION_OUT_OF_SCOPE = "ap-south-1"
# Not an account of the organization.
STRANGER = "999988887777"
# The account whose keys the others use.
VAULT = "vault"

UNITS = (
    "/Security",
    "/Workloads",
    "/Workloads/Prod",
    "/Workloads/Prod/EU",
    "/Workloads/Dev",
    "/Sandbox",
    "/Suspended",
)


def accounts():
    """Every account, the management account first. More than 20, so that ListAccounts takes two pages."""
    members = [
        Account("management", "/", {"env": "management", "owner": "platform"}),
        Account(VAULT, "/Security", {"env": "prod", "owner": "security"}),
        Account("prod", "/Workloads/Prod", {"env": "prod", "owner": "ml-prod"}),
        Account("prod-eu", "/Workloads/Prod/EU", {"env": "prod", "owner": "ml-eu"}),
        Account("dev", "/Workloads/Dev", {"env": "dev"}),
        Account("quiet", "/Workloads/Dev", {"env": "dev", "audit": "no"}),
        Account("closed", "/Suspended", {"env": "prod"}, closed=True),
    ]
    members += [Account(f"sandbox-{n:02}", "/Sandbox", {"env": "sandbox", "audit": "yes" if n % 2 else "no"}) for n in range(16)]
    return members


def jobs():
    """Every training job."""
    first, second = REGIONS
    yield from crossed_jobs([("prod", first), ("dev", first), ("prod", second), ("dev", second)])
    yield from written_jobs("prod-eu", first)
    yield from written_jobs("management", second)
    yield Job(VAULT, first, "signed-models", "ebs", "key_id", "key_arn", isolation=True, subnets=True)
    yield Job("quiet", first, "quiet", "nvme", "absent", "absent", count=2, inter_container=True)
    for n in range(0, 16, 3):
        yield Job(f"sandbox-{n:02}", REGIONS[n % 2], f"try-{n}", "ebs", "absent", "foreign_alias", tags=(("owner", "intern"),))
    yield Job("prod", REGION_OUT_OF_SCOPE, "elsewhere", "ebs", "absent", "absent")
    yield Job("closed", first, "in-a-closed-account", "ebs", "absent", "absent")
