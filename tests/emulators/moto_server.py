"""A moto server of one's own: on a free loopback port, ready when handed out, gone afterwards."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

READY = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")
START_SECONDS = 60


@contextlib.contextmanager
def moto(folder, launcher=None):
    """The endpoint of a server that keeps its log and its recording in `folder`; `launcher` is a script to start it by."""
    folder = Path(folder)
    log = folder / "moto.log"
    program = [sys.executable, str(launcher)] if launcher else [str(Path(sys.executable).with_name("moto_server"))]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "MOTO_RECORDER_FILEPATH": str(folder / "recording")}
    with log.open("wb") as out:
        command = [*program, "-H", "127.0.0.1", "-p", "0"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd=folder)
    try:
        yield _ready(process, log)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        text = log.read_text(errors="replace")
        if process.poll() is not None:
            raise RuntimeError(f"moto_server ended with {process.returncode}: {text}")
        if match := READY.search(text):
            return match[1]
        time.sleep(0.1)
    raise RuntimeError(f"moto_server was not ready after {START_SECONDS} s: {log.read_text(errors='replace')}")


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
