"""What each view has to say, computed from the rows of the tables in plain Python, without SQL."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property

NOT_COUNTED = {"ACCOUNT_SUSPENDED", "REGION_DISABLED", "SERVICE_NOT_IN_REGION", "NOT_SUPPORTED", "NOT_ASKED"}
PLACE = ("partition_name", "org_id", "ou_id", "ou_path", "account_id", "account_name", "region", "resource_type")
COUNTS = {"passed": "PASS", "failed": "FAIL", "unknown": "UNKNOWN", "not_applicable": "NOT_APPLICABLE"}
PRESENT_DAYS = 7


def pick(row, *names, **renamed):
    """Some columns of a row, some under another name."""
    return {name: row[name] for name in names} | {new: row[old] for new, old in renamed.items()}


def grouped(rows, *names):
    """Rows by the values of these columns."""
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def percent(part, whole):
    """A share, of which nothing is said where there is no whole."""
    return 100 * part / whole if whole else None


def total(values):
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def day(value):
    """The day of a night or of an instant."""
    if value is None:
        return None
    return date.fromisoformat(value) if isinstance(value, str) else value.date()


def days(begin, end):
    """Days from one day to another."""
    return None if begin is None or end is None else (end - begin).days


class Model:
    """The rows of the tables, and what follows from them on the day `today`."""

    def __init__(self, raw, today):
        self.raw = raw
        self.today = date.fromisoformat(today)

    @cached_property
    def published(self):
        """The runs that count, by night."""
        nights = {}
        for run in sorted(self.raw["runs"], key=lambda run: (run["published_at"], run["run_id"])):
            nights[run["run_date"]] = run
        return dict(sorted(nights.items()))

    @cached_property
    def latest(self):
        """The run that is the present; none when it is too old."""
        nights = [night for night in self.published if day(night) >= self.today - timedelta(PRESENT_DAYS)]
        return self.published[max(nights)] if nights else None

    def now(self, table):
        """The rows of the latest run."""
        return [row for row in self.raw[table] if self.latest and row["run_id"] == self.latest["run_id"]]

    def then(self, table):
        """The rows of the runs that count."""
        ids = {run["run_id"] for run in self.published.values()}
        return [row for row in self.raw[table] if row["run_id"] in ids]

    @cached_property
    def events(self):
        """The changes of every run whose commit stands."""
        ids = {run["run_id"] for run in self.raw["runs"]}
        return [row for row in self.raw["finding_events"] if row["run_id"] in ids]

    def counts(self, rows):
        """Findings of rows of posture_daily by status, and those under an exception."""
        counted = {name: sum(row["findings"] for row in rows if row["status"] == of) for name, of in COUNTS.items()}
        return counted | {"excepted": sum(row["excepted"] for row in rows if row["status"] == "FAIL")}

    @cached_property
    def open(self):
        """The findings of the latest run that fail and are under no exception."""
        return [row for row in self.now("findings") if row["status"] == "FAIL" and row["exception_id"] is None]

    @cached_property
    def cells(self):
        """The cells of the latest run with what was found in them; None where nothing was seen."""
        found = grouped(self.now("posture_daily"), "account_id", "region", "resource_type")
        cells = []
        for cell in self.now("coverage"):
            rows = found.get((cell["account_id"], cell["region"], cell["resource_type"]), [])
            seen = cell["outcome"] in ("COMPLETE", "PARTIAL")
            counts = self.counts(rows)
            for name, severity in (("failed_critical", 5), ("failed_high", 4)):
                counts[name] = self.counts([row for row in rows if row["severity_id"] == severity])["failed"]
            cells.append(
                pick(cell, *PLACE, "outcome")
                | {name: count if rows or seen else None for name, count in counts.items()}
                | {
                    "run_date": day(cell["run_date"]),
                    "resources": cell["resources_evaluated"] if seen else None,
                    "cells_counted": int(cell["outcome"] not in NOT_COUNTED),
                    "cells_complete": int(cell["outcome"] == "COMPLETE"),
                }
            )
        return cells

    def posture(self, keys, extra=None):
        """The cells summed by these columns; `extra` names a count of the distinct values of a column."""
        rows = []
        for cells in grouped(self.cells, *keys).values():
            summed = {
                name: total(cell[name] for cell in cells)
                for name in (*COUNTS, "excepted", "failed_critical", "failed_high", "resources")
            }
            covered = {name: sum(cell[name] for cell in cells) for name in ("cells_counted", "cells_complete")}
            judged = (summed["passed"] or 0) + (summed["failed"] or 0)
            rows.append(
                pick(cells[0], "run_date", *keys)
                | summed
                | covered
                | ({name: len({cell[of] for cell in cells}) for name, of in extra.items()})
                | {"score_percent": percent(summed["passed"] or 0, judged)}
                | {"coverage_percent": percent(covered["cells_complete"], covered["cells_counted"])}
            )
        return rows
