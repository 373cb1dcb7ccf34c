-- Do the runs go well? How long they took, what they saw, what AWS throttled, and the days since the night before that was
-- published: more than 1 is a night that is missing.
-- One row: a run whose commit stands; is_published is false where the night was run again.
SELECT
    r.run_id,
    CAST(r.run_date AS date) AS run_date,
    p.run_id IS NOT NULL AS is_published,
    r.status,
    r.started_at,
    r.published_at,
    date_diff('millisecond', r.started_at, r.published_at) / 60000e0 AS duration_minutes,
    p.days_since_previous,
    r.engine_version,
    r.ruleset_version,
    r.config_sha256,
    r.exceptions_sha256,
    r.caller_arn,
    r.scope_accounts,
    r.scope_regions,
    r.cells_total,
    r.cells_counted,
    r.cells_complete,
    r.coverage_percent,
    element_at(r.table_rows, 'resources') AS resources,
    element_at(r.table_rows, 'findings') AS findings,
    element_at(r.findings_by_status, 'FAIL') AS failed,
    element_at(r.findings_by_status, 'UNKNOWN') AS unknown,
    element_at(r.exceptions_by_state, 'IN_FORCE') AS exceptions_in_force,
    element_at(r.exceptions_by_state, 'EXPIRING') AS exceptions_expiring,
    element_at(r.exceptions_by_state, 'EXPIRED') AS exceptions_expired,
    element_at(r.exceptions_by_state, 'UNUSED') AS exceptions_unused,
    r.api_calls,
    r.throttles,
    100e0 * r.throttles / nullif(r.api_calls, 0) AS throttled_percent,
    r.retries,
    r.bytes_received,
    r.sequence,
    r.manifest_sha256
FROM runs AS r
LEFT JOIN (
    SELECT
        run_id,
        date_diff('day', lag(run_date) OVER (ORDER BY run_partition), run_date) AS days_since_previous
    FROM runs_published
) AS p ON p.run_id = r.run_id
