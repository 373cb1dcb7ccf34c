-- How does each cell stand, and was it seen? Counts of findings are NULL where nothing could be seen.
-- One row: an account, a region and a resource type, in the latest run.
SELECT
    c.run_date,
    c.partition_name,
    c.org_id,
    c.ou_id,
    c.ou_path,
    c.account_id,
    c.account_name,
    c.region,
    c.resource_type,
    c.outcome,
    CASE WHEN c.is_counted THEN 1 ELSE 0 END AS cells_counted,
    CASE WHEN c.is_complete THEN 1 ELSE 0 END AS cells_complete,
    CASE WHEN c.is_seen THEN c.resources_evaluated END AS resources,
    coalesce(p.passed, CASE WHEN c.is_seen THEN 0 END) AS passed,
    coalesce(p.failed, CASE WHEN c.is_seen THEN 0 END) AS failed,
    coalesce(p.unknown, CASE WHEN c.is_seen THEN 0 END) AS unknown,
    coalesce(p.not_applicable, CASE WHEN c.is_seen THEN 0 END) AS not_applicable,
    coalesce(p.excepted, CASE WHEN c.is_seen THEN 0 END) AS excepted,
    coalesce(p.failed_critical, CASE WHEN c.is_seen THEN 0 END) AS failed_critical,
    coalesce(p.failed_high, CASE WHEN c.is_seen THEN 0 END) AS failed_high
FROM coverage_latest AS c
LEFT JOIN (
    SELECT
        d.account_id,
        d.region,
        d.resource_type,
        CAST(sum(d.passed) AS bigint) AS passed,
        CAST(sum(d.failed) AS bigint) AS failed,
        CAST(sum(d.unknown) AS bigint) AS unknown,
        CAST(sum(d.not_applicable) AS bigint) AS not_applicable,
        CAST(sum(d.excepted) AS bigint) AS excepted,
        CAST(sum(CASE WHEN d.severity_id = 5 THEN d.failed ELSE 0 END) AS bigint) AS failed_critical,
        CAST(sum(CASE WHEN d.severity_id = 4 THEN d.failed ELSE 0 END) AS bigint) AS failed_high
    FROM posture_published AS d
    JOIN run_latest AS r ON r.run_id = d.run_id
    WHERE d.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
    GROUP BY d.account_id, d.region, d.resource_type
) AS p ON p.account_id = c.account_id AND p.region = c.region AND p.resource_type = c.resource_type
