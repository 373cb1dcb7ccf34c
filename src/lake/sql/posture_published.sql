-- How does the posture of anything change over time? Sums of these rows by what is asked for; a score is passed in percent
-- of passed and failed, and NULL where both are zero. A bound on run_partition keeps the other nights unread.
-- One row: an account, a region, a resource type and a check, on a published night.
SELECT
    p.run_id,
    CAST(p.run_date AS date) AS run_date,
    p.run_date AS run_partition,
    p.partition_name,
    p.org_id,
    p.ou_id,
    p.ou_path,
    p.account_id,
    p.account_name,
    p.region,
    p.resource_type,
    p.check_id,
    p.severity_id,
    p.severity,
    CAST(sum(CASE WHEN p.status = 'PASS' THEN p.findings ELSE 0 END) AS bigint) AS passed,
    CAST(sum(CASE WHEN p.status = 'FAIL' THEN p.findings ELSE 0 END) AS bigint) AS failed,
    CAST(sum(CASE WHEN p.status = 'UNKNOWN' THEN p.findings ELSE 0 END) AS bigint) AS unknown,
    CAST(sum(CASE WHEN p.status = 'NOT_APPLICABLE' THEN p.findings ELSE 0 END) AS bigint) AS not_applicable,
    CAST(sum(CASE WHEN p.status = 'FAIL' THEN p.excepted ELSE 0 END) AS bigint) AS excepted
FROM posture_daily AS p
JOIN runs_published AS r ON r.run_id = p.run_id
GROUP BY
    p.run_id,
    p.run_date,
    p.partition_name,
    p.org_id,
    p.ou_id,
    p.ou_path,
    p.account_id,
    p.account_name,
    p.region,
    p.resource_type,
    p.check_id,
    p.severity_id,
    p.severity
