-- How do the regions stand? The score is passed in percent of what was judged, passed and failed, and NULL where
-- nothing was; the coverage beside it says how much of what is there that speaks of.
-- One row: a region, in the latest run.
SELECT
    c.run_date,
    c.partition_name,
    c.region,
    count(DISTINCT c.account_id) AS accounts,
    CAST(sum(c.resources) AS bigint) AS resources,
    CAST(sum(c.passed) AS bigint) AS passed,
    CAST(sum(c.failed) AS bigint) AS failed,
    CAST(sum(c.failed_critical) AS bigint) AS failed_critical,
    CAST(sum(c.failed_high) AS bigint) AS failed_high,
    CAST(sum(c.excepted) AS bigint) AS excepted,
    CAST(sum(c.unknown) AS bigint) AS unknown,
    CAST(sum(c.not_applicable) AS bigint) AS not_applicable,
    100e0 * sum(c.passed) / nullif(sum(c.passed) + sum(c.failed), 0) AS score_percent,
    CAST(sum(c.cells_counted) AS bigint) AS cells_counted,
    CAST(sum(c.cells_complete) AS bigint) AS cells_complete,
    100e0 * sum(c.cells_complete) / nullif(sum(c.cells_counted), 0) AS coverage_percent
FROM posture_by_cell AS c
GROUP BY c.run_date, c.partition_name, c.region
