"""What failed and is over: whoever was told that it fails is told that it does so no more."""

from pathlib import Path

import pyarrow.parquet as parquet


def events_of(nights, run_id):
    """The rows of `finding_events` of a run."""
    files = (Path(nights.destination) / "v1" / "finding_events").rglob(f"{run_id}-*.parquet")
    return [row for file in files for row in parquet.ParquetFile(file).read().to_pylist()]


def runs_of(nights):
    """The runs that tell of events, by the kinds that they tell of: the richest of each first."""
    runs = {path.stem for path in (Path(nights.destination) / "v1" / "runs").rglob("*.parquet")}
    rich = {run: {row["event"] for row in events_of(nights, run)} for run in runs}
    return sorted((run for run in runs if "RESOURCE_DELETED" in rich[run]), key=lambda run: (-len(rich[run]), run))[:4]


def test_what_is_over_is_closed_once_and_archived(nights):
    runs = runs_of(nights)
    assert len(runs) == 4
    without_row = 0
    for run in runs:
        ended = [row for row in events_of(nights, run) if row["event"] in ("RESOLVED", "RESOURCE_DELETED")]
        events = nights.export("--format", "ocsf", "--run", run)
        closed = [event for event in events if event["activity_name"] == "Close"]
        assert len(closed) == len(ended) and {event["status"] for event in closed} == {"Resolved"}
        assert len({event["finding_info"]["uid"] for event in events}) == len(events)
        named = {(row["account_id"], row["region"], row["resource_arn"], row["check_id"]) for row in ended}
        assert named == {
            (
                event["cloud"]["account"]["uid"],
                event["cloud"]["region"],
                event["resources"][0]["uid"],
                event["metadata"]["event_code"],
            )
            for event in closed
        }
        findings = [one for line in nights.export("--format", "asff", "--run", run) for one in line["Findings"]]
        archived = [one for one in findings if one["RecordState"] == "ARCHIVED"]
        over = [row for row in ended if row["event"] == "RESOURCE_DELETED" or row["status"] == "NOT_APPLICABLE"]
        assert len(archived) == len(over) and {one["Compliance"]["Status"] for one in archived} == {"NOT_AVAILABLE"}
        without_row += len(over)
        # Who asks for statuses gets these.
        failing = nights.export("--format", "ocsf", "--run", run, "--status", "FAIL")
        assert {event["status_code"] for event in failing} == {"FAIL"}
    assert without_row > 0
