"""What the tests of the lake, the alarms and the dashboards share: the program, thirty nights that it wrote, and DuckDB on them."""

import os
from pathlib import Path

import lake_night  # noqa: F401, which finds the modules of ../sql
import pytest
from engines import DuckDb, day_after
from nights import Nights
from statements import tables
from varied import vary


def _path(variable):
    value = os.environ.get(variable)
    if not value:
        pytest.fail(f"{variable} is not set: run `make infra`")
    return Path(value).resolve()


@pytest.fixture(scope="session")
def program():
    """The program, at SAGESWEEP_BIN."""
    return _path("SAGESWEEP_BIN")


@pytest.fixture(scope="session")
def nights(tmp_path_factory):
    """Thirty nights with all that a lake may hold; those of SAGESWEEP_NIGHTS with exceptions, keys and more in them."""
    return vary(Nights(_path("SAGESWEEP_NIGHTS")), tmp_path_factory.mktemp("varied"))


@pytest.fixture(scope="session")
def today(nights):
    """The day after the last night."""
    return day_after(nights.last_night())


@pytest.fixture(scope="session")
def duck(nights, today):
    """DuckDB on the nights, of which it reads each file once."""
    duck = DuckDb(nights, today)
    for table in tables():
        duck.connection.execute(f"CREATE TABLE held AS SELECT * FROM {table}")
        duck.connection.execute(f"DROP VIEW {table}")
        duck.connection.execute(f"ALTER TABLE held RENAME TO {table}")
    return duck
