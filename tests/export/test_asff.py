"""Inputs of BatchImportFindings against the model of the service that botocore carries, and against its limits."""

import botocore.session
import pytest
from botocore.validate import ParamValidator


@pytest.fixture(scope="session")
def shape():
    """The input of the operation."""
    model = botocore.session.get_session().get_service_model("securityhub")
    return model.operation_model("BatchImportFindings").input_shape


@pytest.fixture(scope="session")
def inputs(lake):
    return lake.export("--format", "asff")


def test_the_service_takes_every_input(inputs, shape):
    for request in inputs:
        report = ParamValidator().validate(request, shape)
        assert not report.has_errors(), report.generate_report()
        assert unknown(request, shape) == []


def test_an_input_that_was_spoilt_is_refused(inputs, shape):
    request = {"Findings": [dict(inputs[0]["Findings"][0])]}
    del request["Findings"][0]["ProductArn"]
    assert ParamValidator().validate(request, shape).has_errors()
    request = {"Findings": [dict(inputs[0]["Findings"][0], Verdict="bad")]}
    assert unknown(request, shape) == ["$.Findings[0].Verdict"]


def test_limits_are_kept_and_every_finding_is_there(inputs, rows):
    findings = [finding for request in inputs for finding in request["Findings"]]
    assert len(findings) == sum(row["status"] != "NOT_APPLICABLE" for row in rows)
    assert max(len(request["Findings"]) for request in inputs) <= 100
    for request in inputs:
        places = {(finding["AwsAccountId"], finding["ProductArn"].split(":")[3]) for finding in request["Findings"]}
        assert len(places) == 1, "a call is made in one account and region"
    statuses = {"PASS": "PASSED", "FAIL": "FAILED", "UNKNOWN": "WARNING"}
    for finding, row in zip(findings, (row for row in rows if row["status"] != "NOT_APPLICABLE")):
        assert len(finding["Title"]) <= 256 and len(finding["Description"]) <= 1024 and len(finding["Id"]) <= 512
        assert len(finding["ProductFields"]) <= 50 and len(finding["Resources"]) <= 32
        assert finding["Compliance"]["Status"] == statuses[row["status"]]
        assert "Severity" not in finding and finding["FindingProviderFields"]["Severity"]["Label"]
        assert finding["CreatedAt"] <= finding["UpdatedAt"]


def unknown(value, shape, path="$"):
    """Members that the model does not have: botocore passes over them."""
    if shape.type_name == "structure":
        found = [f"{path}.{name}" for name in value if name not in shape.members]
        known = [name for name in value if name in shape.members]
        return found + [one for name in known for one in unknown(value[name], shape.members[name], f"{path}.{name}")]
    if shape.type_name == "list":
        return [one for at, member in enumerate(value) for one in unknown(member, shape.member, f"{path}[{at}]")]
    return []
