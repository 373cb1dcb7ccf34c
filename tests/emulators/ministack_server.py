"""A ministack server of one's own, on a free loopback port."""

import contextlib
import os
import socket
import sys
import urllib.request
from pathlib import Path

from server import serving


@contextlib.contextmanager
def ministack(folder, region, launcher=("-m", "ministack"), **more):
    """The endpoint of a server for a region, which keeps what it has in `folder`; `launcher` is what Python starts, `more` are
    variables of its environment."""
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
        "MINISTACK_REGION": region,
    }
    endpoint = f"http://127.0.0.1:{port}"

    def ready(_log):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{endpoint}/_ministack/health") as answer:
            return answer.status == 200

    with serving([sys.executable, *launcher], folder, environment | more, ready):
        yield endpoint
