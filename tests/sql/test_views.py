"""Every view gives, on DuckDB, the rows that plain Python computes from the files."""

from datetime import date, timedelta

import answers
import pytest
from engines import DuckDb, difference, plain
from model import Model
from statements import tables, views
from varied import vary

# Those that speak of the present.
PRESENT = (
    "run_latest findings_latest coverage_latest coverage_gaps resources_latest posture_by_cell posture_by_ou "
    "posture_by_account posture_by_region posture_by_check posture_by_requirement open_findings_age exceptions_expiring "
    "top_origins keys_in_use"
).split()


@pytest.fixture(scope="module")
def model(raw, today):
    return Model(raw, today)


@pytest.fixture(scope="module")
def varied(nights, today, tmp_path_factory):
    """The engine and the model of the nights with more in them."""
    lake = vary(nights, tmp_path_factory.mktemp("varied"))
    raw = {table: lake.rows(table, columns) for table, columns in tables().items()}
    return DuckDb(lake, today), Model(raw, today)


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
def test_a_view_says_what_there_may_be_besides(view, varied):
    duck, model = varied
    wanted = expected(model, view)
    assert wanted, "nothing would be shown"
    assert not (told := difference(wanted, duck.rows(f"SELECT * FROM {view}"))), told


@pytest.mark.parametrize("view", PRESENT)
def test_what_is_older_than_a_week_is_not_the_present(view, nights, today, eight_days_later):
    assert not eight_days_later.rows(f"SELECT * FROM {view}")


@pytest.fixture(scope="module")
def eight_days_later(nights):
    return DuckDb(nights, str(date.fromisoformat(nights.last_night()) + timedelta(8)))


def test_a_night_that_is_too_old_to_be_the_present_is_still_history(nights, eight_days_later):
    assert eight_days_later.rows("SELECT * FROM posture_trend")
    assert eight_days_later.rows("SELECT * FROM findings_published")


def test_the_nights_hold_what_makes_views_go_wrong(raw, model):
    """Else the other tests would say little: each of these is a trap that a view must not fall into."""
    nights = {row["run_date"] for row in raw["findings"]}
    first, last = (date.fromisoformat(edge(nights)) for edge in (min, max))
    assert (last - first).days == 29, "thirty nights"
    assert len(nights) < 30, "a gap"
    committed = {run["run_id"] for run in raw["runs"]}
    assert {row["run_id"] for row in raw["findings"]} - committed, "an unpublished night"
    assert len(committed) > len(model.published), "a night that was run again"
    versions = {row["schema_version"] for row in raw["findings"]}
    assert len(versions) > 1, "a schema addition"
    accounts = {row["account_id"] for row in raw["coverage"]}
    assert accounts - {row["account_id"] for row in model.now("coverage")}, "an account that left"
    outcomes = {row["outcome"] for row in raw["coverage"]}
    assert "COMPLETE" in outcomes and len(outcomes) > 2, "cells that were not seen"
    events = {row["event"] for row in raw["finding_events"]}
    assert {"NEW", "REOPENED", "RESOLVED", "RESOURCE_DELETED"} <= events, events


def test_what_was_never_seen_has_no_score_and_no_counts(duck):
    for row in duck.rows("SELECT * FROM posture_by_cell"):
        if row["outcome"] not in ("COMPLETE", "PARTIAL") and not row["passed"]:
            assert row["passed"] is row["failed"] is row["resources"] is None
    for view in ("posture_by_ou", "posture_by_account", "posture_by_region", "posture_by_check", "posture_trend"):
        for row in duck.rows(f"SELECT * FROM {view}"):
            judged = (row["passed"] or 0) + (row["failed"] or 0)
            assert (row["score_percent"] is None) == (judged == 0), (view, row)
