"""What the views read: a view of the present state leaves old nights unread, however long the history."""

import pytest

from scanned import Stored, reads
from statements import tables, views

# Those that ask about time, and the small tables that every view may read whole.
OVER_TIME = {
    "runs_published",
    "run_health",
    "findings_published",
    "posture_published",
    "posture_trend",
    "requirements_published",
    "events_published",
    "new_and_resolved",
    "time_to_remediate",
}
SMALL = {"runs"}


@pytest.mark.parametrize("view", views())
def test_a_view_reads_columns_that_there_are(view):
    scans = list(reads(view))
    assert scans
    for table, columns, _ in scans:
        assert columns, f"{view} reads no column of {table}"
        assert columns <= tables()[table].keys()


@pytest.mark.parametrize("view", sorted(views().keys() - OVER_TIME))
def test_a_view_of_the_present_state_is_bounded_in_time(view):
    unbounded = {table for table, _, days in reads(view) if days is None} - SMALL
    assert not unbounded, f"{view} reads every night of {sorted(unbounded)}"


def test_what_is_scanned_grows_with_the_nights_until_the_bound(nights):
    stored = Stored(nights)
    assert stored.scanned("findings_latest", 1) < stored.scanned("findings_latest", 8)
    runs = stored.scanned("runs_published", 400) - stored.scanned("runs_published", 8)
    assert stored.scanned("findings_latest", 400) - stored.scanned("findings_latest", 8) <= 2 * runs
    assert stored.scanned("findings_published", 400) > 40 * stored.scanned("findings_published", 8)
