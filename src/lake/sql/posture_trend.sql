-- How does the posture of the organization change? The score is passed in percent of what was judged, passed and failed, and
-- NULL on a night that judged nothing; a night without a run is no row. It changes against the night before, where that
-- had as many cells in scope and the same checks selected. failed_… and open count findings by severity; open are those
-- that no exception covers.
-- One row: a published night.
SELECT
    r.run_date,
    r.run_id,
    r.status,
    p.passed,
    p.failed,
    p.excepted,
    p.failed - p.excepted AS open,
    p.failed_critical,
    p.failed_high,
    p.failed_medium,
    p.failed_low,
    p.unknown,
    p.not_applicable,
    100e0 * p.passed / nullif(p.passed + p.failed, 0) AS score_percent,
    CASE
        WHEN lag(r.cells_counted) OVER (ORDER BY r.run_partition) = r.cells_counted
            AND coalesce(lag(k.selected) OVER (ORDER BY r.run_partition), '') = coalesce(k.selected, '')
            THEN 100e0 * p.passed / nullif(p.passed + p.failed, 0)
            - lag(100e0 * p.passed / nullif(p.passed + p.failed, 0)) OVER (ORDER BY r.run_partition)
    END AS score_change,
    r.scope_accounts,
    r.cells_counted,
    r.cells_complete,
    r.coverage_percent
FROM runs_published AS r
LEFT JOIN (
    SELECT
        run_id,
        CAST(sum(passed) AS bigint) AS passed,
        CAST(sum(failed) AS bigint) AS failed,
        CAST(sum(excepted) AS bigint) AS excepted,
        CAST(sum(unknown) AS bigint) AS unknown,
        CAST(sum(not_applicable) AS bigint) AS not_applicable,
        CAST(sum(CASE WHEN severity_id = 5 THEN failed ELSE 0 END) AS bigint) AS failed_critical,
        CAST(sum(CASE WHEN severity_id = 4 THEN failed ELSE 0 END) AS bigint) AS failed_high,
        CAST(sum(CASE WHEN severity_id = 3 THEN failed ELSE 0 END) AS bigint) AS failed_medium,
        CAST(sum(CASE WHEN severity_id = 2 THEN failed ELSE 0 END) AS bigint) AS failed_low
    FROM posture_published
    GROUP BY run_id
) AS p ON p.run_id = r.run_id
LEFT JOIN (
    SELECT run_id, array_join(array_sort(array_agg(check_id)), ',') AS selected
    FROM checks
    WHERE is_selected
    GROUP BY run_id
) AS k ON k.run_id = r.run_id
