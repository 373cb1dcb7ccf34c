"""Every view gives, on DuckDB, the rows that plain Python computes from the files."""

from datetime import date, timedelta

import pytest

import answers
from engines import DuckDb, difference, plain
from model import Model
from statements import tables, views

# Those that speak of the present.
PRESENT = (
    "run_latest findings_latest coverage_latest coverage_gaps resources_latest posture_by_cell posture_by_ou "
    "posture_by_account posture_by_region posture_by_check posture_by_requirement open_findings_age exceptions_expiring "
    "exceptions_latest top_origins keys_in_use"
).split()


@pytest.fixture(scope="module")
def model(raw, today):
    return Model(raw, today)


@pytest.fixture(scope="module")
def model_of_varied(varied, today):
    return Model({table: varied.rows(table, columns) for table, columns in tables().items()}, today)


def expected(model, view):
    rows = getattr(answers, view)(model)
    return [{name: plain(value) for name, value in row.items()} for row in rows]


@pytest.mark.parametrize("view", views())
def test_a_view_says_what_the_files_hold(view, duck, model):
    found = duck.rows(f"SELECT * FROM {view}")
    wanted = expected(model, view)
    if wanted and found:
        assert set(found[0]) == set(wanted[0])
    assert not (told := difference(wanted, found)), told


@pytest.mark.parametrize("view", views())
def test_a_view_says_what_there_may_be_besides(view, duck_of_varied, model_of_varied):
    wanted = expected(model_of_varied, view)
    assert wanted, "nothing would be shown"
    assert not (told := difference(wanted, duck_of_varied.rows(f"SELECT * FROM {view}"))), told


@pytest.mark.parametrize("view", PRESENT)
def test_what_is_older_than_a_week_is_not_the_present(view, nights, today, eight_days_later):
    assert not eight_days_later.rows(f"SELECT * FROM {view}")


@pytest.fixture(scope="module")
def eight_days_later(nights):
    return DuckDb(nights, str(date.fromisoformat(nights.last_night()) + timedelta(8)))


def test_a_night_that_is_too_old_to_be_the_present_is_still_history(nights, eight_days_later):
    for view in ("posture_trend", "findings_published"):
        assert eight_days_later.rows(f"SELECT count(*) AS rows FROM {view}")[0]["rows"] > 0


def test_the_nights_hold_what_makes_views_go_wrong(raw, model, model_of_varied):
    """Else the other tests would say little: each of these is a trap that a view must not fall into."""
    nights = {row["run_date"] for row in raw["runs"]}
    first, last = (date.fromisoformat(edge(nights)) for edge in (min, max))
    assert 25 <= len(nights) < (last - first).days, "a month with gaps"
    assert len(raw["runs"]) > len(model.published), "a night that was run again"
    left = {row["account_id"] for row in raw["coverage"]} - {row["account_id"] for row in model.now("coverage")}
    assert left, "an account that left"
    outcomes = {row["outcome"] for row in raw["coverage"]}
    assert "COMPLETE" in outcomes and len(outcomes) > 2, "cells that were not seen"
    events = {row["event"] for row in raw["finding_events"]}
    assert {"NEW", "REOPENED", "RESOLVED", "RESOURCE_DELETED"} <= events, events
    varied = model_of_varied.raw
    assert {row["run_id"] for row in varied["findings"]} - {run["run_id"] for run in varied["runs"]}, "no commit"
    assert {row["run_id"] for row in varied["runs"]} - {row["run_id"] for row in varied["checks"]}, "no such table yet"
    assert len({row["bucket_id"] for row in answers.open_findings_age(model_of_varied)}) == 6, "every age"


def test_what_was_never_seen_has_no_score_and_no_counts(duck):
    for row in duck.rows("SELECT * FROM posture_by_cell"):
        if row["outcome"] not in ("COMPLETE", "PARTIAL") and not row["passed"]:
            assert row["passed"] is row["failed"] is row["resources"] is None
    for view in ("posture_by_ou", "posture_by_account", "posture_by_region", "posture_by_check", "posture_trend"):
        for row in duck.rows(f"SELECT * FROM {view}"):
            judged = (row["passed"] or 0) + (row["failed"] or 0)
            assert (row["score_percent"] is None) == (judged == 0), (view, row)
