"""What a night costs, computed: the table in the README is made of this arithmetic."""

import re

from template import INFRA

README = INFRA.parent / "README.md"

# List prices of us-east-1 in dollars.
VCPU_HOUR, GIB_HOUR = 0.03238, 0.00356  # Fargate on ARM64, on demand
NAT_HOUR, ADDRESS_HOUR, NAT_GB = 0.045, 0.005, 0.045
METRIC_MONTH, KEY_MONTH = 0.30, 1.00
PUT_1000, TRANSITION_1000 = 0.005, 0.025
GUARDDUTY_MILLION = 4.00

# What a night is.
REGIONS = 17
CALLS_EMPTY, CALLS_IN_USE, SHARE_IN_USE = 33, 105, 0.1  # measured by the benchmark, and assumed
CALLS_A_SECOND = 64 / 0.1  # requests under way at once over the seconds that one takes
BYTES_A_CALL = 3_000  # both ways, with headers and TLS; 600 of them were measured as bodies
START_SECONDS, PUBLISH_SECONDS = 60, 120
METRICS = 425  # of the run and of 80 APIs, five each
DAYS_A_MONTH, HOURS_A_MONTH = 30, 730


def calls(accounts):
    return accounts * REGIONS * (CALLS_EMPTY + SHARE_IN_USE * (CALLS_IN_USE - CALLS_EMPTY))


def night(accounts, shards):
    """The parts of the cost of a night."""
    seconds = calls(accounts) / CALLS_A_SECOND
    task_hours = (seconds + shards * START_SECONDS + START_SECONDS + PUBLISH_SECONDS) / 3600
    return {
        "tasks": task_hours * (VCPU_HOUR + 2 * GIB_HOUR),
        "gateway": 24 * (NAT_HOUR + ADDRESS_HOUR),
        "traffic": calls(accounts) * BYTES_A_CALL / 1e9 * NAT_GB,
        "rest": METRICS * METRIC_MONTH / HOURS_A_MONTH
        + 2 * KEY_MONTH / DAYS_A_MONTH
        + (shards + 1) * 0.3 * PUT_1000
        + (5 + 2 * shards) / 1000 * TRANSITION_1000,
    }


def row(accounts, shards):
    parts = night(accounts, shards)
    minutes = calls(accounts) / CALLS_A_SECOND / shards / 60
    money = [f"{parts[name]:.2f}" for name in ("tasks", "traffic", "gateway", "rest")]
    elsewhere = calls(accounts) / 1e6 * GUARDDUTY_MILLION
    cells = [f"{accounts:,}", str(shards), f"{calls(accounts) / 1e6:.2f} M", f"{minutes:.0f} min", *money, f"**{sum(parts.values()):.2f}**", f"{elsewhere:.2f}"]
    return f"| {' | '.join(cells)} |"


def test_the_table_of_the_readme_is_the_arithmetic():
    text = README.read_text()
    expected = [row(100, 1), row(1_000, 2), row(10_000, 10)]
    found = re.findall(r"^\| (?:100|1,000|10,000) \|.*$", text, re.M)
    assert found == expected, "\n".join(expected)
    # And the numbers that it is made of stand there too.
    for number in (VCPU_HOUR, GIB_HOUR, NAT_HOUR, ADDRESS_HOUR, METRIC_MONTH, CALLS_EMPTY, CALLS_IN_USE, METRICS):
        assert str(number).rstrip("0") in text, number


def test_a_task_keeps_up_with_the_calls_that_it_makes():
    # 293 microseconds of a processor for a call, measured, and the few for TLS.
    assert CALLS_A_SECOND * 300e-6 < 0.5
