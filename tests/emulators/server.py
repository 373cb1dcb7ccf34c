"""A server in a process of its own: ready when handed out, gone afterwards."""

import contextlib
import subprocess
import time

START_SECONDS = 60
STOP_SECONDS = 10


@contextlib.contextmanager
def serving(command, folder, environment, ready):
    """What `ready` says of a server once it says something, told what the server has written so far. It works in `folder`, and
    leaves its log there."""
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=environment, cwd=folder)
    try:
        yield _until(process, log, ready)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(process, log, ready):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if answer := ready(log.read_text(errors="replace")):
            return answer
        time.sleep(0.1)
    state = "was not ready in time" if process.poll() is None else f"ended with {process.returncode}"
    raise RuntimeError(f"{process.args} {state}: {log.read_text(errors='replace')}")
