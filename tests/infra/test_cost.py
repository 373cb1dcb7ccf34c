"""What a night costs, computed: the table in the README is made of this arithmetic, and of the prices that stand there."""

import re

import pytest
from template import INFRA

README = (INFRA.parent / "README.md").read_text()
SECTION = README.partition("\n### What it costs\n")[2].partition("\n### ")[0]
PRICE = re.compile(r"^\| ([^|]+) \| ([0-9.]+) \| \[[^]]+\]\((https://aws\.amazon\.com/[a-z0-9-]+/pricing/)\) \|$", re.M)
PRICES = {name: float(price) for name, price, _ in PRICE.findall(SECTION)}

# What a night is.
REGIONS = 17
CALLS_EMPTY, CALLS_IN_USE, SHARE_IN_USE = 33, 105, 0.1  # measured by the benchmark, and assumed
CALLS_A_SECOND = 64 / 0.1  # requests under way at once over the seconds that one takes
BYTES_A_CALL = 3_000  # both ways, with headers and TLS; 600 of them were measured as bodies
START_SECONDS, PUBLISH_SECONDS = 60, 120
METRICS = 425  # of the run and of 80 APIs, five each
PUTS = 300  # of a task
TRANSITIONS, TRANSITIONS_OF_A_SHARD = 9, 2  # the start and the night, as the state machine has them
DAYS_A_MONTH, HOURS_A_MONTH = 30, 730


def calls(accounts):
    return accounts * REGIONS * (CALLS_EMPTY + SHARE_IN_USE * (CALLS_IN_USE - CALLS_EMPTY))


def night(accounts, shards):
    """The parts of the cost of a night."""
    seconds = calls(accounts) / CALLS_A_SECOND
    task_hours = (seconds + shards * START_SECONDS + START_SECONDS + PUBLISH_SECONDS) / 3600
    return {
        "tasks": task_hours * (PRICES["Fargate, ARM64, on demand: vCPU and hour"] + 2 * PRICES["Fargate, ARM64, on demand: GiB and hour"]),
        "gateway": 24 * (PRICES["NAT gateway: hour"] + PRICES["public IPv4 address: hour"]),
        "traffic": calls(accounts) * BYTES_A_CALL / 1e9 * PRICES["NAT gateway: GB"],
        "rest": METRICS * PRICES["custom metric: month"] / HOURS_A_MONTH
        + 2 * PRICES["KMS key: month"] / DAYS_A_MONTH
        + (shards + 1) * PUTS / 1000 * PRICES["S3 Standard: 1,000 PUT"]
        + (TRANSITIONS + TRANSITIONS_OF_A_SHARD * shards) / 1000 * PRICES["Step Functions: 1,000 transitions"],
    }


def row(accounts, shards):
    parts = night(accounts, shards)
    minutes = calls(accounts) / CALLS_A_SECOND / shards / 60
    money = [f"{parts[name]:.2f}" for name in ("tasks", "traffic", "gateway", "rest")]
    elsewhere = calls(accounts) / 1e6 * PRICES["GuardDuty: million management events"]
    cells = [f"{accounts:,}", str(shards), f"{calls(accounts) / 1e6:.2f} M", f"{minutes:.0f} min", *money, f"**{sum(parts.values()):.2f}**", f"{elsewhere:.2f}"]
    return f"| {' | '.join(cells)} |"


def test_the_table_of_the_readme_is_the_arithmetic():
    expected = [row(100, 1), row(1_000, 2), row(10_000, 10)]
    found = re.findall(r"^\| (?:100|1,000|10,000) \|.*$", README, re.M)
    assert found == expected, "\n".join(expected)
    # And what was measured for it stands there too.
    for number in (CALLS_EMPTY, CALLS_IN_USE, METRICS):
        assert str(number) in SECTION, number


def test_each_price_stands_once_with_its_region_its_date_and_its_source():
    assert len(PRICES) == len(PRICE.findall(SECTION)) == 13
    assert "us-east-1" in SECTION and re.search(r"as published in [^.]*20[0-9]{2}", SECTION.replace("\n", " "))
    # Nowhere else, where it would grow old by itself.
    elsewhere = README.replace(SECTION, "")
    for name, price, _ in PRICE.findall(SECTION):
        # Whole numbers of dollars may be anything.
        if "." in price and float(price) % 1:
            assert not re.search(rf"(?<![\d.]){re.escape(price)}(?![\d.])", elsewhere), (name, price)


@pytest.mark.parametrize(("size", "price", "told"), [(84, "S3 Standard: TB and month", "2 USD a month"), (0.6, "Athena: TB scanned", "0.003 USD")])
def test_what_a_lake_costs_is_by_these_prices(size, price, told):
    """The figures of the section on retention."""
    (amount,) = re.match(r"([0-9.]+) USD", told).groups()
    assert f"{size} GB, {told}" in README
    assert float(amount) == pytest.approx(size / 1000 * PRICES[price], rel=0.1)


def test_what_object_lock_costs_is_by_these_prices_and_measured():
    (ratio, staged, tables) = map(float, re.search(r"they were ([0-9.]+) times the bytes of the tables \(([0-9.]+) over ([0-9.]+) MB\)", README).groups())
    assert ratio == pytest.approx(staged / tables, abs=0.05)
    (large,) = map(float, re.search(r"^\| all tables, a night[^|]*\|[^|]*\| ([0-9.]+) MB \|$", README, re.M).groups())
    (small_gb, large_tb, money) = map(float, re.search(r"would hold ([0-9.]+) GB of them there, and ([0-9.]+) TB, ([0-9.]+) USD", README).groups())
    assert small_gb == pytest.approx(staged * 365 / 1e3, rel=0.1)
    assert large_tb == pytest.approx(large * ratio * 365 / 1e6, rel=0.1)
    assert money == pytest.approx(large_tb * PRICES["S3 Standard: TB and month"], rel=0.1)


def test_a_task_keeps_up_with_the_calls_that_it_makes():
    # 293 microseconds of a processor for a call, measured, and the few for TLS.
    assert CALLS_A_SECOND * 300e-6 < 0.5
