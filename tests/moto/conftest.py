"""One seeded server for all tests, and the way to run the program against it."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import organization
import pytest
from lake import Lake
from seed import ROLE, seed, write_truth
from moto_server import moto

RUN_SECONDS = 600
KNOWN = (
    "training-job-customer-managed-keys",
    "training-job-inter-container-encryption",
    "training-job-network-isolation",
    "training-job-vpc",
)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    """The address of the server."""
    with moto(tmp_path_factory.mktemp("moto")) as address:
        yield address


@pytest.fixture(scope="session")
def seeded(endpoint, tmp_path_factory):
    """What stands in the server."""
    made = seed(endpoint)
    write_truth(made.truth(made.everyone()), tmp_path_factory.mktemp("truth") / "truth.jsonl")
    return made


@dataclass
class Audit:
    """The program, the server it speaks to, and a folder of its own."""

    program: Path
    endpoint: str
    folder: Path

    def run(self, sections="", destination=None, **environment):
        """Runs the audit with these configuration sections besides role, regions and lake; returns its tables."""
        self.configure(sections, destination)
        done = self.call("run", **environment)
        assert done.returncode == 0, f"exit status {done.returncode}: {done.stderr[-4000:]}"
        return Lake(self.folder / "out")

    def configure(self, sections="", destination=None, lake=""):
        """Writes the configuration that `call` uses; `lake` are more lines of its section."""
        destination = destination or str(self.folder / "out")
        regions = ", ".join(f'"{region}"' for region in organization.REGIONS)
        self.config().write_text(
            f'[role]\nname = "{ROLE}"\n[regions]\ninclude = [{regions}]\n'
            f'[lake]\ndestination = "{destination}"\n{lake}\n{sections}'
        )

    def config(self):
        return self.folder / "sagesweep.toml"

    def call(self, command, *arguments, **environment):
        """Calls the program with the configuration and these arguments; returns how it ended."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        command = [str(self.program), command, "--config", str(self.config()), *arguments]
        # Nothing of the caller's environment but PATH: no profile, no credentials, no SAGESWEEP_ override.
        scrubbed = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(self.folder),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            # The checks that truth.py knows the answers of.
            "SAGESWEEP_CHECKS_INCLUDE": ",".join(KNOWN),
        }
        began = time.monotonic()
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env=scrubbed | environment,
            cwd=self.folder,
            timeout=RUN_SECONDS,
        )
        print(f"{time.monotonic() - began:.1f} s\n{done.stdout[-4000:]}\n{done.stderr[-8000:]}")
        return done


@pytest.fixture
def audit(program, endpoint, seeded, tmp_path):
    """The program under test against the seeded server."""
    return Audit(program, endpoint, tmp_path)


@pytest.fixture
def audit_at(program, tmp_path):
    """The program under test against a server of the test's own, by its address."""
    return lambda endpoint: Audit(program, endpoint, tmp_path)
