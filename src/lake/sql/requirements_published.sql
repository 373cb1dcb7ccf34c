-- How did each requirement of the frameworks stand, night by night? The score is passed in percent of what was judged, passed
-- and failed, by the checks that serve the requirement, and NULL where nothing was. A bound on run_partition keeps the other
-- nights unread.
-- One row: a requirement that a check with findings serves, on a published night.
SELECT
    q.run_id,
    CAST(q.run_date AS date) AS run_date,
    q.run_date AS run_partition,
    q.framework,
    q.framework_name,
    q.requirement,
    q.standard,
    count(*) AS checks,
    CAST(sum(p.passed) AS bigint) AS passed,
    CAST(sum(p.failed) AS bigint) AS failed,
    CAST(sum(p.excepted) AS bigint) AS excepted,
    CAST(sum(p.unknown) AS bigint) AS unknown,
    100e0 * sum(p.passed) / nullif(sum(p.passed) + sum(p.failed), 0) AS score_percent
FROM check_requirements AS q
JOIN (
    SELECT
        run_id,
        run_partition,
        check_id,
        sum(passed) AS passed,
        sum(failed) AS failed,
        sum(excepted) AS excepted,
        sum(unknown) AS unknown
    FROM posture_published
    GROUP BY run_id, run_partition, check_id
) AS p ON p.run_partition = q.run_date AND p.run_id = q.run_id AND p.check_id = q.check_id
GROUP BY q.run_id, q.run_date, q.framework, q.framework_name, q.requirement, q.standard
