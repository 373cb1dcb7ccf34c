-- How does each check stand? The score is passed in percent of what was judged, passed and failed, and NULL where nothing
-- was; the coverage beside it is that of the resource type.
-- One row: a check that the latest run knows.
SELECT
    r.run_date,
    k.check_id,
    k.check_version,
    k.title,
    k.severity_id,
    k.severity,
    k.resource_type,
    k.control,
    k.is_selected,
    p.passed,
    p.failed,
    p.excepted,
    p.unknown,
    p.not_applicable,
    p.failing_accounts,
    100e0 * p.passed / nullif(p.passed + p.failed, 0) AS score_percent,
    c.cells_counted,
    c.cells_complete,
    100e0 * c.cells_complete / nullif(c.cells_counted, 0) AS coverage_percent
FROM checks AS k
JOIN run_latest AS r ON r.run_id = k.run_id
LEFT JOIN (
    SELECT
        d.run_id,
        d.check_id,
        CAST(sum(d.passed) AS bigint) AS passed,
        CAST(sum(d.failed) AS bigint) AS failed,
        CAST(sum(d.excepted) AS bigint) AS excepted,
        CAST(sum(d.unknown) AS bigint) AS unknown,
        CAST(sum(d.not_applicable) AS bigint) AS not_applicable,
        count(DISTINCT CASE WHEN d.failed > 0 THEN d.account_id END) AS failing_accounts
    FROM posture_published AS d
    WHERE d.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
    GROUP BY d.run_id, d.check_id
) AS p ON p.run_id = k.run_id AND p.check_id = k.check_id
LEFT JOIN (
    SELECT
        resource_type,
        count(*) FILTER (WHERE is_counted) AS cells_counted,
        count(*) FILTER (WHERE is_complete) AS cells_complete
    FROM coverage_latest
    GROUP BY resource_type
) AS c ON c.resource_type = k.resource_type
WHERE k.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
