-- What did the latest run look at, and how did that end? is_counted: something could have been seen there, so that the cell
-- is in the denominator of the coverage; is_seen: something was.
-- One row: a cell, that is an account, a region and a resource type, in the latest run.
SELECT
    c.run_id,
    CAST(c.run_date AS date) AS run_date,
    c.partition_name,
    c.org_id,
    c.ou_id,
    c.ou_path,
    c.account_id,
    c.account_name,
    c.region,
    c.resource_type,
    c.outcome,
    c.outcome NOT IN (
        'ACCOUNT_SUSPENDED', 'REGION_DISABLED', 'SERVICE_NOT_IN_REGION', 'NOT_SUPPORTED', 'NOT_ASKED'
    ) AS is_counted,
    c.outcome IN ('COMPLETE', 'PARTIAL') AS is_seen,
    c.outcome = 'COMPLETE' AS is_complete,
    c.error_code,
    c.api,
    c.detail,
    c.method,
    c.regions_from,
    c.resources_listed,
    c.resources_evaluated,
    c.resources_carried,
    c.checks_unknown,
    c.window_start,
    c.window_end,
    c.started_at,
    c.duration_ms,
    c.last_asked_at,
    c.last_read_whole_at,
    c.empty_since
FROM coverage AS c
JOIN run_latest AS r ON r.run_id = c.run_id
WHERE c.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
