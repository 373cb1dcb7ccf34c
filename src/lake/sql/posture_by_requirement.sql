-- How do the requirements of the frameworks stand? The score is passed in percent of what was judged, passed and failed, by
-- the checks that serve the requirement, and NULL where nothing was; the coverage beside it is that of their resource types,
-- each cell counted once.
-- One row: a requirement that a check of the latest run serves.
SELECT
    t.run_date,
    t.framework,
    t.framework_name,
    t.requirement,
    t.standard,
    CAST(sum(t.checks) AS bigint) AS checks,
    CAST(sum(t.checks_with_score) AS bigint) AS checks_with_score,
    CAST(sum(t.passed) AS bigint) AS passed,
    CAST(sum(t.failed) AS bigint) AS failed,
    CAST(sum(t.excepted) AS bigint) AS excepted,
    CAST(sum(t.unknown) AS bigint) AS unknown,
    100e0 * sum(t.passed) / nullif(sum(t.passed) + sum(t.failed), 0) AS score_percent,
    CAST(sum(t.cells_counted) AS bigint) AS cells_counted,
    CAST(sum(t.cells_complete) AS bigint) AS cells_complete,
    100e0 * sum(t.cells_complete) / nullif(sum(t.cells_counted), 0) AS coverage_percent
FROM (
    SELECT
        c.run_date,
        q.framework,
        q.framework_name,
        q.requirement,
        q.standard,
        c.resource_type,
        count(*) AS checks,
        count(c.score_percent) AS checks_with_score,
        sum(c.passed) AS passed,
        sum(c.failed) AS failed,
        sum(c.excepted) AS excepted,
        sum(c.unknown) AS unknown,
        max(c.cells_counted) AS cells_counted,
        max(c.cells_complete) AS cells_complete
    FROM check_requirements AS q
    JOIN run_latest AS r ON r.run_id = q.run_id
    JOIN posture_by_check AS c ON c.check_id = q.check_id
    WHERE c.is_selected AND q.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
    GROUP BY c.run_date, q.framework, q.framework_name, q.requirement, q.standard, c.resource_type
) AS t
GROUP BY t.run_date, t.framework, t.framework_name, t.requirement, t.standard
