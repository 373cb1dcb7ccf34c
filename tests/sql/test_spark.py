"""Spark gives the same rows as DuckDB. It needs Java, and a minute for all the views: `make test-spark`."""

import pytest

from engines import Spark, difference
from statements import views

pytest.importorskip("pyspark", reason="pyspark is not installed: run `make test-spark`")


@pytest.fixture(scope="module")
def spark(varied, today):
    spark = Spark(varied, today)
    yield spark
    spark.session.stop()


@pytest.mark.parametrize("view", views())
def test_spark_and_duckdb_give_the_same_rows(view, duck_of_varied, spark):
    query = f"SELECT * FROM {view}"
    assert not (told := difference(duck_of_varied.rows(query), spark.rows(query))), told
