"""The nights that the views are asked about, and the engines that answer."""

import os

import pytest

from engines import DuckDb, day_after
from nights import Nights
from statements import tables
from varied import vary


@pytest.fixture(scope="session")
def nights():
    """The lake whose directory is in SAGESWEEP_NIGHTS."""
    folder = os.environ.get("SAGESWEEP_NIGHTS")
    if not folder:
        pytest.fail("SAGESWEEP_NIGHTS is not set: run `make sql`, or set it to a directory of tables")
    return Nights(folder)


@pytest.fixture(scope="session")
def today(nights):
    """The day after the last night."""
    return day_after(nights.last_night())


@pytest.fixture(scope="session")
def raw(nights):
    """The rows of every table, as they stand in the files."""
    return {table: nights.rows(table, columns) for table, columns in tables().items()}


@pytest.fixture(scope="session")
def duck(nights, today):
    """DuckDB on the nights."""
    return DuckDb(nights, today)


@pytest.fixture(scope="session")
def varied(nights, tmp_path_factory):
    """The nights with more in them."""
    return vary(nights, tmp_path_factory.mktemp("varied"))


@pytest.fixture(scope="session")
def duck_of_varied(varied, today):
    """DuckDB on the nights with more in them."""
    return DuckDb(varied, today)
