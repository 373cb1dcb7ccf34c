"""The program that all tests here are about."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def program():
    """Its path is in SAGESWEEP_BIN."""
    program = os.environ.get("SAGESWEEP_BIN")
    if not program:
        pytest.fail("SAGESWEEP_BIN is not set: run a target of the Makefile, or set it to the path of the program")
    program = Path(program).resolve()
    assert program.is_file(), f"SAGESWEEP_BIN names no file: {program}"
    return program
