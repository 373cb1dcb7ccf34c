"""Emulators of one's own, on free loopback ports and gone afterwards: ministack here, moto as the tests against it start it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3

REGION = "us-east-1"
START_SECONDS = 60


class Cloud:
    """A ministack whose ECS runs the program, and what it runs it with."""

    def __init__(self, endpoint, folder):
        self.endpoint, self.folder = endpoint, folder

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
    folder = Path(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "TZ": "UTC",
        # Its default is every interface.
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "SAGESWEEP_BIN": str(program),
        "ENGINE_FOLDER": str(folder / "tasks"),
        "ENGINE_ENVIRONMENT": str(folder / "environment.json"),
        "ENGINE_KILLS": str(folder / "kills.json"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    made = Cloud(f"http://127.0.0.1:{port}", folder)
    made.give({})
    made.kill()
    log = folder / "ministack.log"
    with log.open("wb") as out:
        command = [sys.executable, str(Path(__file__).with_name("cloud.py"))]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd=folder)
    try:
        _wait(process, f"{made.endpoint}/_ministack/health", log)
        yield made
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process, address, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"ministack was not ready: {log.read_text(errors='replace')}")
