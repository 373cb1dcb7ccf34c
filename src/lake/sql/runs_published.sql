-- Which runs count? Those whose commit stands; where a night was run again, the one that was published last.
-- One row: a published night.
SELECT
    r.run_id,
    CAST(r.run_date AS date) AS run_date,
    r.run_date AS run_partition,
    r.status,
    r.started_at,
    r.published_at,
    r.engine_version,
    r.ruleset_version,
    r.org_id,
    r.scope_accounts,
    r.scope_regions,
    r.cells_total,
    r.cells_counted,
    r.cells_complete,
    r.coverage_percent
FROM (
    SELECT
        runs.*,
        row_number() OVER (PARTITION BY run_date ORDER BY published_at DESC, run_id DESC) AS place
    FROM runs
) AS r
WHERE r.place = 1
