"""The program, a seeded organization to audit, and a cloud in which the stack is deployed."""

import os
import sys
from pathlib import Path

import pytest

# The organization, its truth and what reads the tables are those of the tests against moto.
MOTO_TESTS = Path(__file__).parents[1] / "moto"
sys.path.append(str(MOTO_TESTS))

from emulators import cloud as start_cloud
from seed import ROLE, seed
from server import moto
from stacks import AUDITOR, deploy

SHARDS = 4


@pytest.fixture(scope="session")
def program():
    """Its path is in SAGESWEEP_BIN."""
    program = os.environ.get("SAGESWEEP_BIN")
    if not program:
        pytest.fail("SAGESWEEP_BIN is not set: run `make infra`, or set it to the path of the program")
    program = Path(program).resolve()
    assert program.is_file(), f"SAGESWEEP_BIN names no file: {program}"
    return program


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    """The address of an emulator that holds the organization."""
    with moto(tmp_path_factory.mktemp("moto"), Path(__file__).with_name("moto_launcher.py")) as address:
        yield address


@pytest.fixture(scope="session")
def seeded(endpoint):
    """What stands in it."""
    return seed(endpoint)


@pytest.fixture(scope="session")
def cloud(program, tmp_path_factory):
    """An emulator that runs what is deployed in it."""
    with start_cloud(tmp_path_factory.mktemp("cloud"), program) as started:
        yield started


@pytest.fixture(scope="session")
def network(cloud):
    """An existing VPC in that cloud, as the parameters of the stack name it."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"] for n in (1, 2)]
    return {"VpcId": vpc, "SubnetIds": ",".join(subnets)}


@pytest.fixture(scope="session")
def stack(cloud, network):
    """The outputs of the stack that is deployed in it: four shards in one execution, nothing signed."""
    given = {"ImageDigest": "sha256:" + "ab" * 32, "AuditRoleName": ROLE, "Shards": str(SHARDS), "SignManifests": "false"}
    return deploy(cloud.client("cloudformation"), "sagesweep", AUDITOR, given | network)
