-- How do the requirements of the frameworks stand? The score is passed in percent of what was judged, passed and failed, by
-- the checks that serve the requirement, and NULL where nothing was.
-- One row: a requirement that a check of the latest run serves.
SELECT
    c.run_date,
    q.framework,
    q.framework_name,
    q.requirement,
    q.standard,
    count(*) AS checks,
    count(c.score_percent) AS checks_with_score,
    CAST(sum(c.passed) AS bigint) AS passed,
    CAST(sum(c.failed) AS bigint) AS failed,
    CAST(sum(c.excepted) AS bigint) AS excepted,
    CAST(sum(c.unknown) AS bigint) AS unknown,
    100e0 * sum(c.passed) / nullif(sum(c.passed) + sum(c.failed), 0) AS score_percent,
    CAST(sum(c.cells_counted) AS bigint) AS cells_counted,
    CAST(sum(c.cells_complete) AS bigint) AS cells_complete,
    100e0 * sum(c.cells_complete) / nullif(sum(c.cells_counted), 0) AS coverage_percent
FROM check_requirements AS q
JOIN run_latest AS r ON r.run_id = q.run_id
JOIN posture_by_check AS c ON c.check_id = q.check_id
WHERE c.is_selected AND q.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
GROUP BY c.run_date, q.framework, q.framework_name, q.requirement, q.standard
