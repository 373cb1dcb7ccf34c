"""OCSF events of every version against its schema; and events that were spoilt, which must not pass."""

import copy
import hashlib
from datetime import datetime

import pytest
from ocsf import VERSIONS, problems, recommended

# Recommended, and nothing that an audit of configurations knows.
UNKNOWN = {
    "class": {"confidence_score", "device"},
    "metadata": {"log_name", "log_provider", "original_time", "data_classification", "data_classifications"},
    "resource_details": {"hostname", "ip", "data_classification", "data_classifications"},
    "organization": {"name"},
}


@pytest.fixture(scope="session", params=VERSIONS)
def versioned(request, lake):
    """A version and its events, of every check and status one with tags and one without."""
    exported = lake.export("--format", "ocsf", "--ocsf-version", request.param, "--status", STATUSES)
    picked = {}
    for event in exported:
        resource = event.get("resource") or event["resources"][0]
        tagged = "labels" in resource or "tags" in resource
        picked[event["metadata"]["event_code"], event["status_code"], tagged] = event
    return request.param, exported, list(picked.values())


STATUSES = "FAIL,UNKNOWN,PASS,NOT_APPLICABLE"


def test_every_event_is_valid(versioned):
    version, _, events = versioned
    assert len(events) > 150
    assert {event["status_code"] for event in events} == set(STATUSES.split(","))
    for event in events:
        assert problems(event, version) == [], event


def test_the_default_is_the_newest_version_without_what_cannot_apply(lake, rows):
    events = lake.export("--format", "ocsf")
    assert {event["metadata"]["version"] for event in events} == {"1.8.0"}
    assert len(events) == sum(row["status"] != "NOT_APPLICABLE" for row in rows)


def test_events_say_what_the_table_says(versioned, rows):
    _, events, _ = versioned
    assert len(events) == len(rows)
    compliance = {"PASS": 1, "UNKNOWN": 2, "FAIL": 3, "NOT_APPLICABLE": 99}
    for event, row in zip(events, rows):
        created = milliseconds(row["resource_created_at"])
        parts = [row["account_id"], row["region"], row["resource_arn"], created, row["check_id"]]
        uid = hashlib.sha256("|".join(parts).encode()).hexdigest()
        resource = event.get("resource") or event["resources"][0]
        assert event["finding_info"]["uid"] == uid
        assert event["compliance"]["status_id"] == compliance[row["status"]] == row["compliance_status_id"]
        assert event["severity_id"] == row["severity_id"]
        assert event["metadata"]["event_code"] == event["compliance"]["control"] == row["check_id"]
        assert event["metadata"]["correlation_uid"] == row["run_id"]
        assert resource["uid"] == row["resource_arn"] and resource["type"] == row["resource_type"]
        assert event["cloud"]["account"]["uid"] == row["account_id"]
        assert event["cloud"]["org"]["ou_name"] == row["ou_path"]
        assert event["compliance"]["requirements"] == row["standards"]
        assert event["finding_info"]["last_seen_time"] == int(milliseconds(row["observed_at"]))
        assert ("evidence" in event["unmapped"]) == (row["evidence_json"] is not None)


def test_what_is_recommended_and_known_is_there(versioned):
    version, _, events = versioned
    event = next(event for event in events if event["status_code"] == "FAIL" and "owner" in resource_of(event))
    parts = {
        ("classes", "compliance_finding"): event,
        ("objects", "metadata"): event["metadata"],
        ("objects", "product"): event["metadata"]["product"],
        ("objects", "finding_info"): event["finding_info"],
        ("objects", "analytic"): event["finding_info"]["analytic"],
        ("objects", "compliance"): event["compliance"],
        ("objects", "remediation"): event["remediation"],
        ("objects", "resource_details"): resource_of(event),
        ("objects", "cloud"): event["cloud"],
        ("objects", "account"): event["cloud"]["account"],
        ("objects", "organization"): event["cloud"]["org"],
    }
    if "checks" in event["compliance"]:
        parts["objects", "check"] = event["compliance"]["checks"][0]
    for (kind, name), part in parts.items():
        absent = set(recommended(version, kind, name)) - set(part)
        assert absent <= UNKNOWN.get("class" if kind == "classes" else name, set()), (version, name)


def resource_of(event):
    return event.get("resource") or event["resources"][0]


def milliseconds(text):
    """An instant of the table in milliseconds, as text; empty when there is none."""
    return "" if text is None else str(round(datetime.fromisoformat(text).timestamp() * 1000))


def without(*path):
    def spoil(event):
        *way, last = path
        for step in way:
            event = event[step]
        del event[last]

    return spoil


def with_value(value, *path):
    def spoil(event):
        *way, last = path
        for step in way:
            event = event[step]
        event[last] = value

    return spoil


SPOILT = {
    "no time": without("time"),
    "no class": without("class_uid"),
    "no product": without("metadata", "product"),
    "no uid": without("finding_info", "uid"),
    "no compliance": without("compliance"),
    "no cloud": without("cloud"),
    "no provider": without("cloud", "provider"),
    "no remediation text": without("remediation", "desc"),
    "time as text": with_value("2026-11-24T03:15:00Z", "time"),
    "time in seconds": with_value(1_795_000_000, "time"),
    "last seen in seconds": with_value(1_795_000_000, "finding_info", "last_seen_time"),
    "time in microseconds": with_value(1_795_000_000_000_000, "time"),
    "an attribute that is none": with_value("x", "finding"),
    "an attribute that is none, deeper": with_value("x", "compliance", "result"),
    "a severity that is none": with_value(42, "severity_id"),
    "a status that is none": with_value(7, "compliance", "status_id"),
    "a null": with_value(None, "message"),
    "type of another activity": with_value(200_399, "type_uid"),
    "another category": with_value(1, "category_uid"),
    "standards as text": with_value("NIST", "compliance", "standards"),
    "another version": with_value("1.0.0", "metadata", "version"),
    "a number as text": with_value("3", "activity_id"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_an_event_that_was_spoilt_is_refused(versioned, what):
    version, _, events = versioned
    event = next(event for event in events if event["status_code"] == "FAIL")
    assert problems(event, version) == []
    spoilt = copy.deepcopy(event)
    SPOILT[what](spoilt)
    assert problems(spoilt, version) != []


@pytest.mark.parametrize("older, newer", list(zip(VERSIONS, VERSIONS[1:])))
def test_what_a_version_gained_is_refused_by_the_one_before(lake, older, newer):
    """Where two versions differ in what we write, each is written as it is."""
    [one, two] = [lake.export("--format", "ocsf", "--ocsf-version", version)[0] for version in (older, newer)]
    gained = paths(two) - paths(one)
    two["metadata"]["version"] = f"{older}.0"
    if gained:
        assert problems(two, older) != [], gained


def paths(value, path=""):
    """The attributes of an event, by path."""
    if isinstance(value, dict):
        return {path} | {found for name, member in value.items() for found in paths(member, f"{path}.{name}")}
    if isinstance(value, list):
        return {found for member in value for found in paths(member, f"{path}[]")}
    return {path}
