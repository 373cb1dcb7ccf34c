"""A ministack whose ECS runs the program."""

import contextlib
import json
from pathlib import Path

import boto3
from ministack_server import ministack

REGION = "us-east-1"


class Cloud:
    """The server, and what its tasks run with."""

    def __init__(self, folder):
        self.endpoint, self.folder = None, folder

    def client(self, service):
        session = boto3.Session("testing", "testing", region_name=REGION)
        return session.client(service, endpoint_url=self.endpoint)

    def give(self, environment):
        """What tasks have in their environment from now on, besides what their definition says."""
        (self.folder / "environment.json").write_text(json.dumps(environment))

    def kill(self, *kills):
        """Which tasks are killed from now on: words of their command, the text of the log at which, and how many of them."""
        kills = [{"command": command, "when": when, "times": times} for command, when, times in kills]
        (self.folder / "kills.json").write_text(json.dumps(kills))

    def tasks(self):
        """What each task was run with, the first one first."""
        files = sorted((self.folder / "tasks").glob("*/settings.json"), key=lambda path: path.stat().st_mtime_ns)
        return [json.loads(path.read_text()) for path in files]


@contextlib.contextmanager
def cloud(folder, program):
    """A cloud that keeps what it has in `folder`."""
    made = Cloud(Path(folder))
    made.give({})
    made.kill()
    engine = {
        "SAGESWEEP_BIN": str(program),
        "ENGINE_FOLDER": str(made.folder / "tasks"),
        "ENGINE_ENVIRONMENT": str(made.folder / "environment.json"),
        "ENGINE_KILLS": str(made.folder / "kills.json"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with ministack(made.folder, REGION, [str(Path(__file__).with_name("cloud.py"))], **engine) as made.endpoint:
        yield made
