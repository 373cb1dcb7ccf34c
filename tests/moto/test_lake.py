"""The comparison itself, on Parquet made by hand: a harness that cannot fail proves nothing."""

import duckdb
from lake import COLUMNS, Lake, difference
from truth import Job, View, headline, siblings, written_jobs

ROW = dict(zip(COLUMNS, ("111122223333", "eu-west-1", "arn:a", "vpc", "PASS", "vpc_configured"), strict=True))


def publish(root, rows):
    folder = root / "v1" / "findings" / "run_date=2026-01-02"
    folder.mkdir(parents=True)
    values = ", ".join(str(tuple(row[column] for column in COLUMNS)) for row in rows)
    names = ", ".join(COLUMNS)
    path = folder / "20260102T030405Z-aa-00000.zstd.parquet"
    duckdb.sql(f"copy (select * from (values {values}) as t({names})) to '{path}' (format parquet, compression zstd)")
    return Lake(root)


def test_equal_rows_are_equal_in_any_order(tmp_path):
    rows = [ROW, ROW | {"check_id": "isolation"}]
    assert publish(tmp_path, rows[::-1]).findings() == rows[::-1]
    assert difference(rows, Lake(tmp_path).findings()) == ""


def test_each_kind_of_difference_is_told(tmp_path):
    found = publish(tmp_path, [ROW | {"status": "FAIL"}, ROW | {"region": "eu-north-1"}, ROW | {"region": "eu-north-1"}])
    told = difference([ROW, ROW | {"resource_arn": "arn:b"}], found.findings())
    assert "1 missing:\n    111122223333 eu-west-1 arn:b vpc  PASS vpc_configured" in told
    assert "1 unexpected:" in told and "eu-north-1" in told
    assert "1 different:" in told and "expected PASS vpc_configured" in told and "found    FAIL vpc_configured" in told
    assert "1 more than once in the findings:" in told


def test_long_differences_are_cut():
    told = difference([ROW | {"resource_arn": f"arn:{n:03}"} for n in range(50)], [])
    assert told.startswith("50 missing:") and told.endswith("and 30 more") and "arn:019" in told and "arn:020" not in told


def test_the_rule_of_the_truth_agrees_with_what_is_written_out():
    view = View(frozenset({"vault", "a"}))
    for job in written_jobs("a", "eu-west-1"):
        assert headline(job, view, "vault") == job.expected, job.name


def test_what_cannot_be_seen_is_a_note_and_no_failure():
    job = Job("a", "eu-west-1", "j", "nvme", "absent", "foreign_disabled")
    assert headline(job, View(frozenset({"a", "vault"})), "vault") == ("FAIL", "output_key_unusable")
    unseen = ("PASS", "volume_on_local_storage,key_state_unverified")
    assert headline(job, View(frozenset({"a"})), "vault") == unseen


def test_one_instance_has_no_traffic_between_containers():
    one = Job("a", "eu-west-1", "j", "one_group", "key_id", "key_id", count=5, inter_container=False)
    assert next(siblings(one))[1:] == ("NOT_APPLICABLE", "single_instance")
    two = Job("a", "eu-west-1", "j", "mixed_groups", "key_id", "key_id")
    assert next(siblings(two))[1:] == ("FAIL", "inter_container_traffic_not_encrypted")
