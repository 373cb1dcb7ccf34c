"""A moto server of one's own, on a free loopback port."""

import contextlib
import json
import os
import re
import sys
import urllib.request
from pathlib import Path

from server import serving

READY = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")


@contextlib.contextmanager
def moto(folder, launcher=None):
    """The endpoint of a server that keeps its log and its recording in `folder`; `launcher` is a script to start it by."""
    folder = Path(folder)
    program = [sys.executable, str(launcher)] if launcher else [str(Path(sys.executable).with_name("moto_server"))]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "MOTO_RECORDER_FILEPATH": str(folder / "recording")}
    with serving([*program, "-H", "127.0.0.1", "-p", "0"], folder, environment, READY.search) as running:
        yield running[1]


@contextlib.contextmanager
def recorded(endpoint):
    """A list that holds, after the block, every request made in it, in order: method, url, headers, body."""
    requests = []
    _post(endpoint, "reset-recording")
    _post(endpoint, "start-recording")
    try:
        yield requests
    finally:
        _post(endpoint, "stop-recording")
        with urllib.request.urlopen(f"{endpoint}/moto-api/recorder/download-recording") as answer:
            requests.extend(json.loads(line) for line in answer.read().decode().splitlines() if line)


def _post(endpoint, what):
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/recorder/{what}", method="POST")).close()
