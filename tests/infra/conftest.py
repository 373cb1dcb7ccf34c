"""A seeded organization to audit, a cloud in which the stack is deployed, and thirty nights of a lake."""

import os
from pathlib import Path

import pytest
from engines import DuckDb, day_after
from moto_server import moto
from nights import Nights
from seed import ROLE, seed
from stacks import AUDITOR, SHARDS, SHARDS_AT_ONCE, deploy
from started import cloud as start_cloud
from statements import tables
from varied import vary


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
    """The outputs of the stack that is deployed in it: four shards in one execution, two at once, nothing signed."""
    given = {"ImageDigest": "sha256:" + "ab" * 32, "AuditRoleName": ROLE, "SignManifests": "false"}
    shards = {"Shards": str(SHARDS), "ShardsAtOnce": str(SHARDS_AT_ONCE)}
    return deploy(cloud.client("cloudformation"), "sagesweep", AUDITOR, given | shards | network)


@pytest.fixture(scope="session")
def nights(tmp_path_factory):
    """Thirty nights with all that a lake may hold; those of SAGESWEEP_NIGHTS with exceptions, keys and more in them."""
    folder = os.environ.get("SAGESWEEP_NIGHTS")
    if not folder:
        pytest.fail("SAGESWEEP_NIGHTS is not set: run `make infra`, or set it to a directory of tables")
    return vary(Nights(folder), tmp_path_factory.mktemp("varied"))


@pytest.fixture(scope="session")
def today(nights):
    """The day after the last night."""
    return day_after(nights.last_night())


@pytest.fixture(scope="session")
def duck(nights, today):
    """DuckDB on the nights, of which it reads each file once."""
    duck = DuckDb(nights, today)
    for table in tables():
        duck.connection.execute(f"CREATE TABLE held AS SELECT * FROM {table}")
        duck.connection.execute(f"DROP VIEW {table}")
        duck.connection.execute(f"ALTER TABLE held RENAME TO {table}")
    return duck
