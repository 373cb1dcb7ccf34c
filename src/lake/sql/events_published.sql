-- What changed, and when? Against the run that was published before, so that a night that was run again has the events of
-- each of its runs: a bound on run_partition keeps the other nights unread.
-- One row: a change of a resource and a check.
SELECT
    e.run_id,
    CAST(e.run_date AS date) AS run_date,
    e.run_date AS run_partition,
    e.event,
    e.occurred_at,
    e.status,
    e.previous_status,
    e.previous_run_id,
    e.reason_code,
    e.first_failed_at,
    e.open_days,
    e.check_id,
    e.check_version,
    e.severity_id,
    e.severity,
    e.partition_name,
    e.org_id,
    e.ou_id,
    e.ou_path,
    e.account_id,
    e.account_name,
    e.region,
    e.resource_type,
    e.resource_arn,
    e.resource_name,
    e.resource_created_at,
    e.owner
FROM finding_events AS e
JOIN runs AS r ON r.run_id = e.run_id
