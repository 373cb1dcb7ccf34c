"""Holds OCSF events against the compiled schema of their version, and against what no schema says."""

from functools import cache

import jsonschema
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

VERSIONS = ("1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8")
CLASS = "compliance_finding"
PROFILES = ["cloud"]

# 2020-01-01 and 2100-01-01 in milliseconds: a time in seconds or microseconds lies outside.
EARLIEST, LATEST = 1_577_836_800_000, 4_102_444_800_000


@cache
def compiled(version):
    """The compiled schema of a version, as the package has it."""
    return get_ocsf_schema(version=f"{version}.0")


@cache
def validator(version):
    """What events of a version are held against: no attribute that is not in the schema is allowed."""
    schema = OcsfJsonSchemaEmbedded(compiled(version)).get_class_schema(CLASS, PROFILES)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def problems(event, version):
    """What is wrong with an event; nothing when it is right."""
    found = [f"{error.json_path}: {error.message}" for error in validator(version).iter_errors(event)]
    if found:
        # What has the wrong form cannot be calculated with.
        return found
    if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
        found.append("type_uid is not class_uid * 100 + activity_id")
    if event["class_uid"] // 1000 != event["category_uid"]:
        found.append("category_uid is not that of class_uid")
    if event["metadata"]["version"] != f"{version}.0":
        found.append("metadata.version is another one")
    found += [f"{path} is not in milliseconds: {at}" for path, at in times(event) if not EARLIEST <= at <= LATEST]
    return found


def times(value, path="$"):
    """Every timestamp of an event, with its path."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name == "unmapped" or name == "data":
                continue
            if (name == "time" or name.endswith("_time")) and isinstance(member, int):
                yield f"{path}.{name}", member
            else:
                yield from times(member, f"{path}.{name}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from times(member, f"{path}[{index}]")


def recommended(version, kind, name):
    """The attributes that a version recommends for a class or object, deprecated ones left out."""
    attributes = compiled(version)[kind][name]["attributes"]
    for attribute, described in attributes.items():
        profiles = described.get("profiles") or [described.get("profile")]
        if described.get("requirement") != "recommended" or "@deprecated" in described:
            continue
        if profiles in ([None], []) or set(profiles) & set(PROFILES):
            yield attribute
