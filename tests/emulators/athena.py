"""The Athena of ministack, which runs SQL over the Parquet of its S3, one statement at a time."""

import time

import boto3
from one_account import REGION

QUERY_SECONDS = 60


class Athena:
    """The service, and others of the same server."""

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
