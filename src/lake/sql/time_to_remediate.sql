-- How long does it take to mend? Days from the first night of FAIL to the night that saw it mended; the percentiles are by
-- nearest rank, so that each is the time of one finding.
-- One row: a month and a severity in which something was mended.
SELECT
    e.month,
    e.severity_id,
    e.severity,
    count(*) AS resolved,
    min(e.open_days) FILTER (WHERE 100 * e.place >= 50 * e.places) AS p50_days,
    min(e.open_days) FILTER (WHERE 100 * e.place >= 90 * e.places) AS p90_days,
    max(e.open_days) AS max_days
FROM (
    SELECT
        d.month,
        d.severity_id,
        d.severity,
        d.open_days,
        row_number() OVER (PARTITION BY d.month, d.severity_id ORDER BY d.open_days) AS place,
        count(*) OVER (PARTITION BY d.month, d.severity_id) AS places
    FROM (
        SELECT
            CAST(date_trunc('month', run_date) AS date) AS month,
            severity_id,
            severity,
            open_days
        FROM events_published
        WHERE event = 'RESOLVED'
    ) AS d
) AS e
GROUP BY e.month, e.severity_id, e.severity
