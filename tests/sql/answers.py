"""The views by name, each as a function from the model to the rows that the view has to give."""

import json
from datetime import timedelta
from itertools import pairwise
from math import ceil

from model import COUNTS, NOT_COUNTED, PLACE, day, days, grouped, percent, pick, total

RUN = ("run_id", "status", "started_at", "published_at")
SCOPE = ("scope_accounts", "scope_regions", "cells_total", "cells_counted", "cells_complete", "coverage_percent")
CHECK = ("check_id", "check_version", "severity_id", "severity")
RESOURCE = ("resource_arn", "resource_name", "owner")
STATES = ("IN_FORCE", "EXPIRING", "EXPIRED", "UNUSED")
SLA_DAYS = {5: 15, 4: 30, 3: 90, 2: 180, 1: None}
BUCKETS = ((7, 1, "0-7 days"), (30, 2, "8-30 days"), (90, 3, "31-90 days"), (180, 4, "91-180 days"))


def night(row):
    """The night of a row as a day."""
    return {"run_date": day(row["run_date"])}


def nights(row):
    """The night of a row as a day and as text."""
    return night(row) | {"run_partition": row["run_date"]}


def runs_published(model):
    columns = (*RUN, *SCOPE, "engine_version", "ruleset_version", "org_id")
    return [pick(run, *columns) | nights(run) for run in model.published.values()]


def run_latest(model):
    latest = [model.latest] if model.latest else []
    return [pick(run, *RUN, "coverage_percent") | nights(run) for run in latest]


def run_health(model):
    ids = {run["run_id"] for run in model.published.values()}
    since = {b["run_id"]: days(day(a["run_date"]), day(b["run_date"])) for a, b in pairwise(model.published.values())}
    rows = []
    for run in model.raw["runs"]:
        by_status, by_table = dict(run["findings_by_status"]), dict(run["table_rows"])
        by_state = dict(run["exceptions_by_state"])
        rows.append(
            pick(run, *RUN, *SCOPE, "engine_version", "ruleset_version", "config_sha256", "caller_arn", "exceptions_sha256")
            | pick(run, "api_calls", "throttles", "retries", "bytes_received", "sequence", "manifest_sha256")
            | night(run)
            | {
                "is_published": run["run_id"] in ids,
                "duration_minutes": (run["published_at"] - run["started_at"]).total_seconds() / 60,
                "days_since_previous": since.get(run["run_id"]),
                "resources": by_table.get("resources"),
                "findings": by_table.get("findings"),
                "failed": by_status.get("FAIL"),
                "unknown": by_status.get("UNKNOWN"),
                **{f"exceptions_{state.lower()}": by_state.get(state) for state in STATES},
                "throttled_percent": percent(run["throttles"], run["api_calls"]),
            }
        )
    return rows


def _finding(row):
    fails = row["status"] == "FAIL"
    return (
        pick(row, "run_id", "status", "compliance_status_id", *CHECK, *PLACE, *RESOURCE, "resource_created_at")
        | pick(row, "reason_code", "reason", "evidence_json", "first_failed_at", "last_resolved_at", "observed_at")
        | pick(row, "exception_id", "exception_owner", "exception_reason", "exception_expires_on")
        | nights(row)
        | {
            "standards": ", ".join(row["standards"]),
            "is_open": fails and row["exception_id"] is None,
            "open_days": days(day(row["first_failed_at"]), day(row["run_date"])) if fails else None,
        }
    )


def findings_published(model):
    return [_finding(row) for row in model.then("findings")]


def findings_latest(model):
    return [_finding(row) for row in model.now("findings")]


def coverage_latest(model):
    same = "outcome error_code api detail method regions_from resources_listed resources_evaluated resources_carried"
    times = "checks_unknown window_start window_end started_at duration_ms last_asked_at last_read_whole_at empty_since"
    return [
        pick(cell, "run_id", *PLACE, *same.split(), *times.split())
        | night(cell)
        | {
            "is_counted": cell["outcome"] not in NOT_COUNTED,
            "is_seen": cell["outcome"] in ("COMPLETE", "PARTIAL"),
            "is_complete": cell["outcome"] == "COMPLETE",
        }
        for cell in model.now("coverage")
    ]


def coverage_gaps(model):
    same = "outcome error_code api detail resources_listed resources_evaluated last_read_whole_at".split()
    return [
        pick(cell, *PLACE, *same)
        | night(cell)
        | {"days_unseen": days(day(cell["last_read_whole_at"]), day(cell["run_date"]))}
        for cell in model.now("coverage")
        if cell["outcome"] not in NOT_COUNTED and cell["outcome"] != "COMPLETE"
    ]


TAGS = {"project": "project-name", "domain_arn": "domain-arn", "user_profile_arn": "user-profile-arn"}


def resources_latest(model):
    same = "state created_at modified_at origin_kind origin role_arn config_json observed_at".split()
    return [
        pick(row, "run_id", *PLACE, *RESOURCE, *same)
        | night(row)
        | {name: dict(row["tags"]).get(f"sagemaker:{tag}") for name, tag in TAGS.items()}
        for row in model.now("resources")
    ]


def posture_published(model):
    keys = ("run_id", "run_date", *PLACE, "check_id", "severity_id", "severity")
    groups = grouped(model.then("posture_daily"), *keys)
    return [pick(rows[0], *keys) | nights(rows[0]) | model.counts(rows) for rows in groups.values()]


def posture_by_cell(model):
    return model.cells


def posture_by_ou(model):
    return model.posture(PLACE[:4], {"accounts": "account_id"})


def posture_by_account(model):
    return model.posture(PLACE[:6], {"regions": "region"})


def posture_by_region(model):
    return model.posture(("partition_name", "region"), {"accounts": "account_id"})


def posture_by_check(model):
    found = grouped(model.now("posture_daily"), "check_id")
    cells = grouped(model.cells, "resource_type")
    rows = []
    for check in model.now("checks"):
        mine = found.get((check["check_id"],))
        counts = model.counts(mine) if mine else dict.fromkeys((*COUNTS, "excepted"))
        failing = {row["account_id"] for row in mine or [] if row["status"] == "FAIL" and row["findings"]}
        there = cells.get((check["resource_type"],))
        covered = {name: total(cell[name] for cell in there or []) for name in ("cells_counted", "cells_complete")}
        rows.append(
            pick(check, *CHECK, "title", "resource_type", "control", "is_selected")
            | night(check)
            | counts
            | covered
            | {
                "failing_accounts": len(failing) if mine else None,
                "score_percent": percent(counts["passed"], counts["passed"] + counts["failed"]) if mine else None,
                "coverage_percent": percent(covered["cells_complete"], covered["cells_counted"]),
            }
        )
    return rows


def posture_by_requirement(model):
    checks = {row["check_id"]: row for row in posture_by_check(model) if row["is_selected"]}
    keys = ("framework", "framework_name", "requirement", "standard")
    served = [row for row in model.now("check_requirements") if row["check_id"] in checks]
    rows = []
    for group in grouped(served, *keys).values():
        mine = [checks[row["check_id"]] for row in group]
        types = {check["resource_type"]: check for check in mine}
        sums = {name: total(check[name] for check in mine) for name in ("passed", "failed", "excepted", "unknown")}
        sums |= {name: total(check[name] for check in types.values()) for name in ("cells_counted", "cells_complete")}
        rows.append(
            pick(group[0], *keys)
            | night(group[0])
            | sums
            | {
                "checks": len(mine),
                "checks_with_score": sum(check["score_percent"] is not None for check in mine),
                "score_percent": percent(sums["passed"] or 0, (sums["passed"] or 0) + (sums["failed"] or 0)),
                "coverage_percent": percent(sums["cells_complete"] or 0, sums["cells_counted"]),
            }
        )
    return rows


def requirements_published(model):
    keys = ("run_id", "run_date", "framework", "framework_name", "requirement", "standard")
    found = grouped(model.then("posture_daily"), "run_id", "check_id")
    served = [row for row in model.then("check_requirements") if (row["run_id"], row["check_id"]) in found]
    rows = []
    for group in grouped(served, *keys).values():
        counts = model.counts([row for served in group for row in found[served["run_id"], served["check_id"]]])
        rows.append(
            pick(group[0], *keys)
            | nights(group[0])
            | pick(counts, "passed", "failed", "excepted", "unknown")
            | {
                "checks": len(group),
                "score_percent": percent(counts["passed"], counts["passed"] + counts["failed"]),
            }
        )
    return rows


SEVERITIES = {"failed_critical": 5, "failed_high": 4, "failed_medium": 3, "failed_low": 2}


def posture_trend(model):
    found = grouped(model.then("posture_daily"), "run_id")
    selected = grouped([row for row in model.then("checks") if row["is_selected"]], "run_id")
    rows, before, compared = [], None, None
    for run in model.published.values():
        mine = found.get((run["run_id"],), [])
        counts = model.counts(mine)
        for name, severity in SEVERITIES.items():
            counts[name] = model.counts([row for row in mine if row["severity_id"] == severity])["failed"]
        counts["open"] = counts["failed"] - counts["excepted"]
        score = percent(counts["passed"], counts["passed"] + counts["failed"])
        scope = (run["cells_counted"], {row["check_id"] for row in selected.get((run["run_id"],), [])})
        same = scope == compared
        rows.append(
            pick(run, "run_id", "status", "scope_accounts", "cells_counted", "cells_complete", "coverage_percent")
            | night(run)
            | (counts if mine else dict.fromkeys(counts))
            | {"score_percent": score, "score_change": score - before if same and None not in (score, before) else None}
        )
        before, compared = score, scope
    return rows


def events_published(model):
    same = "event occurred_at status previous_status previous_run_id reason_code first_failed_at open_days".split()
    return [
        pick(row, "run_id", *same, *CHECK, *PLACE, *RESOURCE, "resource_created_at") | nights(row)
        for row in model.events
    ]


def new_and_resolved(model):
    kinds = ("NEW", "REOPENED", "RESOLVED", "RESOURCE_DELETED", "EXCEPTED", "UNEXCEPTED")
    events = grouped(model.events, "run_date", "severity_id")
    rows = []
    for checks in grouped(model.then("checks"), "run_date", "severity_id").values():
        mine = events.get((checks[0]["run_date"], checks[0]["severity_id"]), [])
        counts = {kind.lower(): sum(row["event"] == kind for row in mine) for kind in kinds}
        net = counts["new"] + counts["reopened"] - counts["resolved"] - counts["resource_deleted"]
        rows.append(pick(checks[0], "severity_id", "severity") | night(checks[0]) | counts | {"net_failed": net})
    return rows


def time_to_remediate(model):
    mended = [
        row | {"month": day(row["run_date"]).replace(day=1)} for row in model.events if row["event"] == "RESOLVED"
    ]
    rows = []
    for group in grouped(mended, "month", "severity_id").values():
        took = sorted(row["open_days"] for row in group)
        ranked = {name: took[ceil(share * len(took) / 100) - 1] for name, share in (("p50_days", 50), ("p90_days", 90))}
        rows.append(
            pick(group[0], "month", "severity_id", "severity") | ranked | {"resolved": len(took), "max_days": took[-1]}
        )
    return rows


def open_findings_age(model):
    aged = []
    for row in model.open:
        age = days(day(row["first_failed_at"]), day(row["run_date"]))
        bucket = (0, "unknown") if age is None else next((b[1:] for b in BUCKETS if age <= b[0]), (5, "over 180 days"))
        aged.append(row | {"age": age, "bucket_id": bucket[0], "bucket": bucket[1]})
    rows = []
    for group in grouped(aged, "severity_id", "bucket_id").values():
        sla = SLA_DAYS[group[0]["severity_id"]]
        since = [row["first_failed_at"] for row in group if row["first_failed_at"] is not None]
        rows.append(
            pick(group[0], "severity_id", "severity", "bucket_id", "bucket")
            | night(group[0])
            | {
                "sla_days": sla,
                "findings": len(group),
                "findings_past_sla": sum(
                    sla is not None and row["age"] is not None and row["age"] > sla for row in group
                ),
                "accounts": len({row["account_id"] for row in group}),
                "oldest_first_failed_at": min(since, default=None),
            }
        )
    return rows


def exceptions_expiring(model):
    end = "exception_expires_on"
    last = day(model.latest["run_date"]) + timedelta(30) if model.latest else None
    soon = [row for row in model.now("findings") if row["exception_id"] and row[end] and row[end] <= last]
    keys = ("exception_id", "exception_owner", "exception_reason", "exception_expires_on")
    return [
        pick(group[0], *keys)
        | night(group[0])
        | {
            "days_left": days(day(group[0]["run_date"]), group[0][end]),
            "findings": len(group),
            "accounts": len({row["account_id"] for row in group}),
            "checks": len({row["check_id"] for row in group}),
            "worst_severity_id": max(row["severity_id"] for row in group),
        }
        for group in grouped(soon, *keys).values()
    ]


def exceptions_latest(model):
    said = ("check_patterns", "scope_json", "exception_owner", "exception_reason", "ticket", "created_on", "exception_expires_on")
    return [
        pick(row, "exception_id", "state", "is_unused", "findings", *said, "days_left") | night(row)
        for row in model.now("exceptions")
    ]


SOURCES = {"ROLE": "role_arn", "OWNER": "owner", "PROJECT": "project", "DOMAIN": "domain_arn"}


def top_origins(model):
    failing = grouped(model.open, "account_id", "region", "resource_type", "resource_arn")
    sourced = []
    for row in resources_latest(model):
        kinds = {row["origin_kind"]: row["origin"], "USER_PROFILE": row["user_profile_arn"]}
        kinds |= {kind: row[column] for kind, column in SOURCES.items()}
        sourced += [row | {"source_kind": kind, "source": source} for kind, source in kinds.items() if source]
    rows = []
    keys = ("source_kind", "source", "account_id")
    for group in grouped(sourced, *keys).values():
        found = [failing.get((r["account_id"], r["region"], r["resource_type"], r["resource_arn"]), []) for r in group]
        flat = [finding for findings in found for finding in findings]
        if flat:
            rows.append(
                pick(group[0], *keys, "run_date", "ou_path", "account_name")
                | {
                    "resources": len({row["resource_arn"] for row in group}),
                    "failing_resources": len({row["resource_arn"] for row in flat}),
                    "failed": len(flat),
                    "worst_severity_id": max(row["severity_id"] for row in flat),
                    "checks": ", ".join(sorted({row["check_id"] for row in flat})),
                }
            )
    for group in grouped(rows, "source_kind").values():
        group.sort(key=lambda row: (-row["failing_resources"], -row["failed"], row["account_id"], row["source"]))
        for place, row in enumerate(group, 1):
            row["place"] = place
    return rows


def keys_in_use(model):
    keys = [row for row in model.open if row["resource_type"] == "AWS::KMS::Key"]
    failing = grouped(keys, "account_id", "region", "resource_arn")
    rows = []
    for row in model.now("resources"):
        if row["resource_type"] != "AWS::KMS::Key":
            continue
        facts = json.loads(row["config_json"])
        key, rotation = facts.get("key", {}), facts.get("rotation")
        how, what = (rotation, None) if isinstance(rotation, str) or rotation is None else next(iter(rotation.items()))
        reason = {"impossible": what, "unread": what.get("why") if isinstance(what, dict) else None}.get(how)
        mine = failing.get((row["account_id"], row["region"], row["resource_arn"]))
        rows.append(
            pick(row, "ou_path", "account_id", "account_name", "region", "state", "created_at")
            | pick(row, key_arn="resource_arn", key_name="resource_name")
            | night(row)
            | {
                "owner_account_id": facts.get("owner"),
                "owner_is": facts.get("owner_is"),
                "known_as": key.get("kind"),
                "manager": key.get("manager"),
                "usability": key.get("usability"),
                "deletion_date": key.get("deletion_date"),
                "rotation": how,
                "rotation_days": what.get("days") if how == "on" else None,
                "rotation_reason": reason,
                "uses_json": json.dumps(facts["uses"], separators=(",", ":")) if "uses" in facts else None,
                "failed": len(mine) if mine else None,
            }
        )
    return rows
