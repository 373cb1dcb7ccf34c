"""Two nights against the emulator: what the second one takes over and what it reads give the answer of a whole night."""

import organization
from lake import Lake
from seed import INSTANCES, Server, _request
from moto_server import moto
from truth import Job

ACCOUNTS = ("111111111111", "222222222222")
IN_SCOPE = "[organization]\naccounts = [{}]\n".format(", ".join(f'"{account}"' for account in ACCOUNTS))
# What two runs never share; the streaks of FAIL began on the first night.
OWN = {
    "resources": "run_id, observed_at, run_date",
    "findings": "run_id, observed_at, run_date, first_failed_at, last_resolved_at",
}


def create(server, cell, names):
    account, region = cell
    sagemaker = server.client("sagemaker", account, region)
    kinds = [kind for kind in INSTANCES if kind != "selected"]
    for number, name in enumerate(names):
        job = Job(account, region, name, kinds[number % len(kinds)], "absent" if number % 3 else "key", "key")
        keys = {"absent": None, "key": f"arn:aws:kms:{region}:{account}:key/0e61bb9e-9e9c-4bd4-a7f7-fb62d8b65a{number % 90 + 10}"}
        sagemaker.create_training_job(**_request(job, keys))


def rows(lake, table, run_id):
    return sorted(map(str, lake.rows(table, f"select * exclude ({OWN[table]}) from t where run_id = '{run_id}'")))


def test_a_second_night_gives_the_rows_of_a_whole_one(audit_at, tmp_path):
    (tmp_path / "server").mkdir()
    with moto(tmp_path / "server") as endpoint:
        server = Server(endpoint)
        cells = [(account, region) for account in ACCOUNTS for region in organization.REGIONS]
        for cell, count in zip(cells, (130, 40, 3, 0), strict=True):
            create(server, cell, [f"first-{number}" for number in range(count)])
        audit = audit_at(endpoint)
        audit.run(IN_SCOPE + "[incremental]\nrefresh_days = 90\n")
        for cell, count in zip(cells, (20, 0, 2, 1), strict=True):
            create(server, cell, [f"second-{number}" for number in range(count)])
        night = audit.run(IN_SCOPE + "[incremental]\nrefresh_days = 90\n")
        audit.run(IN_SCOPE + "[incremental]\nrefresh_days = 1\n", destination=str(tmp_path / "whole"))
        whole = Lake(tmp_path / "whole")
    first, second = sorted(path.stem for path in night.files("runs"))
    alone = whole.files("runs")[0].stem
    for table, count in (("resources", 130 + 40 + 3 + 23), ("findings", 4 * 196)):
        found = rows(night, table, second)
        assert len(found) == count and found == rows(whole, table, alone), table
    coverage = night.rows("coverage", f"select method, resources_listed, resources_carried from t where run_id = '{second}'")
    assert {row["method"] for row in coverage} == {"INCREMENTAL"}
    assert sum(row["resources_carried"] for row in coverage) == 173, coverage
    assert not [row for row in night.rows("coverage", f"select * from t where run_id = '{first}'") if row["resources_carried"]]
