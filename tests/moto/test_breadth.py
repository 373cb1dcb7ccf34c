"""Every other type that the emulator has, read and judged; and every type that it has not, told as not seen."""

from breadth import make
from seed import Server, _key
from moto_server import moto, recorded

ACCOUNT, REGION = "111111111111", "eu-west-1"
SECTIONS = f"""
[organization]
accounts = ["{ACCOUNT}"]
[coverage]
floor_percent = 0
"""
# What the emulator answers with an error of its own.
LACKING = {
    "AppImageConfig", "DeviceFleet", "EdgePackagingJob", "FeatureGroup", "FlowDefinition", "Image", "InferenceExperiment",
    "InferenceRecommendationsJob", "LabelingJob", "MlflowApp", "MonitoringSchedule", "OptimizationJob", "PartnerApp",
    "StudioLifecycleConfig", "UserProfile", "Workforce",
}  # fmt: skip


def test_every_type_is_judged_or_told_as_not_seen(audit_at, tmp_path):
    (tmp_path / "server").mkdir()
    with moto(tmp_path / "server") as endpoint:
        server = Server(endpoint)
        made = make(server.client("sagemaker", ACCOUNT, REGION), _key(server.client("kms", ACCOUNT, REGION))["Arn"])
        audit = audit_at(endpoint)
        with recorded(endpoint) as requests:
            lake = audit.run(SECTIONS, SAGESWEEP_CHECKS_INCLUDE="*", SAGESWEEP_REGIONS_INCLUDE=REGION)
    expected = {(one.resource_type, one.name, check, status) for one in made for check, status in one.verdicts.items()}
    # Packages are made to have groups, and keys by being used.
    judged = "select distinct resource_type, resource_name, check_id, status from t"
    types = {one.resource_type for one in made}
    found = {tuple(row.values()) for row in lake.rows("findings", judged) if row["resource_type"] in types}
    assert found - expected == set() and expected - found == set()

    coverage = lake.rows("coverage", "select resource_type, outcome, api from t")
    missing = {row["resource_type"].rsplit("::")[-1] for row in coverage if row["outcome"] == "ERROR"}
    assert missing == LACKING
    whole = {row["resource_type"] for row in coverage if row["outcome"] == "COMPLETE"}
    assert types <= whole, types - whole
    assert "ghp_" not in audit_log(tmp_path), "a secret was told"

    asked = [(call["headers"].get("X-Amz-Target"), call["body"]) for call in requests]
    described = [call for call in asked if call[0] and ".Describe" in call[0] and call[0].startswith("SageMaker")]
    assert len(described) == len(set(described)), "something was described twice"


def audit_log(folder):
    """Everything that the program wrote, as text as far as it is."""
    files = (path for path in (folder / "out").rglob("*") if path.is_file())
    return "".join(path.read_bytes().decode(errors="replace") for path in files)
