"""A published lake of the simulated organization, and the way to export it with the program under test."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS = 300


@dataclass
class Lake:
    """A published run."""

    program: Path
    folder: Path
    destination: Path

    def call(self, *arguments):
        """What the program writes to its standard output."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "SAGESWEEP_LAKE_DESTINATION": str(self.destination),
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        command = [str(self.program), *map(str, arguments)]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, cwd=self.folder, timeout=SECONDS
        )
        assert done.returncode == 0, f"exit status {done.returncode}: {done.stderr[-4000:]}"
        return done.stdout.decode("utf-8")

    def export(self, *arguments):
        """The lines of an export, each read as JSON."""
        return [json.loads(line) for line in self.call("export", *arguments).splitlines()]


@pytest.fixture(scope="session")
def lake(program, tmp_path_factory):
    """The lake."""
    folder = tmp_path_factory.mktemp("export")
    made = Lake(program, folder, folder / "lake")
    made.call("demo", "--accounts", 6, "--regions", 2, "--jobs", 400, "--output", "lake", "--quiet")
    return made


@pytest.fixture(scope="session")
def rows(lake):
    """The rows of `findings`, as they are."""
    return lake.export("--format", "json")


@pytest.fixture(scope="session")
def nights(program, tmp_path_factory):
    """Many nights, as the program wrote them."""
    place = os.environ.get("SAGESWEEP_NIGHTS")
    if not place:
        pytest.fail("SAGESWEEP_NIGHTS is not set: run `make export`, or set it to a directory of tables")
    return Lake(program, tmp_path_factory.mktemp("nights"), Path(place).resolve())
