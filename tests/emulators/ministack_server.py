"""A ministack server of one's own, whose Athena runs SQL over the Parquet of its S3: on a free loopback port, gone afterwards."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3

START_SECONDS = 60
QUERY_SECONDS = 60
REGION = "eu-central-1"
SERVICES = ("s3", "glue", "athena", "cloudformation", "sts")


@contextlib.contextmanager
def ministack(folder, services=SERVICES):
    """The endpoint of a server with these services, which keeps what it has in `folder`."""
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
        "SERVICES": ",".join(services),
        "MINISTACK_REGION": REGION,
    }
    with (folder / "ministack.log").open("wb") as log:
        command = [sys.executable, "-m", "ministack"]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=folder
        )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait(process, f"{endpoint}/_ministack/health", folder / "ministack.log")
        yield endpoint
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


class Athena:
    """Athena's API, one statement at a time."""

    def __init__(self, endpoint, bucket):
        self.session = boto3.Session("testing", "testing", region_name=REGION)
        self.endpoint = endpoint
        self.client = self.of("athena")
        self.output = {"OutputLocation": f"s3://{bucket}/results/"}
        self.database = "default"

    def of(self, service):
        """The client of another service of the same server."""
        return self.session.client(service, endpoint_url=self.endpoint)

    def execute(self, statement, workgroup=None):
        """Runs a statement, in a workgroup that says where results go if one is named; its rows as lists of text, none where
        it is NULL, and the names of its columns."""
        context = {"Database": self.database}
        where = {"WorkGroup": workgroup} if workgroup else {"ResultConfiguration": self.output}
        start = self.client.start_query_execution(QueryString=statement, QueryExecutionContext=context, **where)
        query = start["QueryExecutionId"]
        self._wait(query)
        rows, names = [], []
        for page in self.client.get_paginator("get_query_results").paginate(QueryExecutionId=query):
            names = [column["Name"] for column in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
            rows += [[value.get("VarCharValue") for value in row["Data"]] for row in page["ResultSet"]["Rows"]]
        # The first row of a query is that of the names.
        return names, rows[1:]

    def _wait(self, query):
        deadline = time.monotonic() + QUERY_SECONDS
        while time.monotonic() < deadline:
            status = self.client.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return
            assert status["State"] in ("QUEUED", "RUNNING"), status["StateChangeReason"]
            time.sleep(0.02)
        raise TimeoutError(f"no answer after {QUERY_SECONDS} s")
