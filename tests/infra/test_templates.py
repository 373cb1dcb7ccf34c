"""The templates by themselves: clean to the linters, small enough to be sent, and without a wildcard that nobody explained."""

import json
import os
import re
import subprocess

import pytest
import stackset
from cfnlint.api import ManualArgs, lint
from policies import every_statement, wildcards
from stacks import AUDITOR, MEMBER_ROLE, MEMBER_STACKSET
from template import INFRA, load, loads

TEMPLATES = [AUDITOR, MEMBER_ROLE, MEMBER_STACKSET, "alarms.yaml", "lake.yaml", "dashboards/quicksight.json"]
# The most that CloudFormation takes, through a bucket.
LARGEST = 1_000_000
# What checkov finds and we leave, each with its reason.
REVIEWED = {
    "CKV_AWS_18": "Who read the lake is in CloudTrail's data events, where the organization wants to know; a log bucket would be a second one to guard.",
    "CKV_AWS_21": "Results of queries are copies of what is in the lake, and are deleted after some days.",
    "CKV_AWS_65": "Container Insights is paid by the metric, and says less of a night than the program's own metrics do.",
}


def findings(text):
    """What cfn-lint finds in the text of a template."""
    return [f"{found.rule.id} {found.message}" for found in lint(text, config=ManualArgs(regions=["us-east-1"]))]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_clean_and_not_too_long(template):
    text = (INFRA / template).read_text()
    assert not findings(text)
    assert len(text.encode()) <= LARGEST


def test_the_distributed_machine_is_clean_and_a_mistake_in_it_is_seen():
    template = load(AUDITOR)
    states = template["Resources"]["Night"]["Properties"]["Definition"]["States"]
    processor = states["Scan"]["ItemProcessor"]
    processor["ProcessorConfig"] = processor["ProcessorConfig"]["Fn::If"][1]
    assert processor["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    # The condition that chooses is not used any more.
    assert [found for found in findings(json.dumps(template)) if not found.startswith("W8001")] == []
    states["Publish"]["Retry"] = [{"MaxAttempts": 2}]
    assert any("'ErrorEquals' is a required property" in found for found in findings(json.dumps(template)))


def test_every_state_is_reached_and_a_shard_needs_nothing_from_outside_its_map():
    machine = load(AUDITOR)["Resources"]["Night"]["Properties"]["Definition"]
    scan = machine["States"]["Scan"]
    for states in (machine, scan["ItemProcessor"]):
        assert reached(states) == set(states["States"])
    # In a distributed map an iteration is an execution of its own, which does not see the variables of the other.
    used = re.findall(r"\$[A-Za-z_]\w*", json.dumps(scan["ItemProcessor"]["States"]))
    assert set(used) == {"$states"}, used


def reached(machine):
    names, seen = [machine["StartAt"]], set()
    while names:
        name = names.pop()
        if name in seen:
            continue
        seen.add(name)
        state = machine["States"][name]
        assert ("Next" in state) + state.get("End", False) == 1 or state["Type"] in ("Choice", "Fail", "Succeed"), name
        names += [state[key] for key in ("Next", "Default") if key in state]
        names += [choice["Next"] for key in ("Choices", "Catch") for choice in state.get(key, [])]
    return seen


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_wildcard_is_explained_and_nothing_else_is(template):
    body = load(template)
    for name, resource in body["Resources"].items():
        explained = resource.get("Metadata", {}).get("Wildcards", {})
        wild = {statement.get("Sid"): wildcards(statement) for statement in every_statement(resource)}
        assert {sid for sid, found in wild.items() if found} == set(explained), (name, wild)


def test_the_stack_set_is_made_from_the_role():
    assert (INFRA / MEMBER_STACKSET).read_text() == stackset.made(), "python tests/infra/stackset.py > infra/member-stackset.yaml"
    inner = load(MEMBER_STACKSET)["Resources"]["Roles"]["Properties"]["TemplateBody"]
    assert loads(inner) == load(MEMBER_ROLE)


def test_what_a_reviewer_would_find_is_reviewed():
    """Every finding of checkov has its reason, and every reason its finding."""
    tool = os.environ.get("CHECKOV")
    if not tool:
        pytest.fail("CHECKOV is not set: run `make infra`, or set it to the path of checkov")
    files = [argument for template in TEMPLATES for argument in ("--file", str(INFRA / template))]
    command = [tool, "--framework", "cloudformation", "--skip-download", "--quiet", "--compact", "--output", "json", *files]
    done = subprocess.run(command, capture_output=True, text=True, cwd=INFRA)
    report = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0 and report["summary"]["passed"] > 50, report["summary"]
    found = {}
    for check in report["results"]["failed_checks"]:
        found.setdefault(check["check_id"], []).append(f"{check['resource']}: {check['check_name']}")
    assert found.keys() == REVIEWED.keys(), {key: found.get(key) for key in found.keys() ^ REVIEWED.keys()}
