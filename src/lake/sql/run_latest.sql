-- Which run is the latest? The last published night of the past seven days: what is older is no present state, and the
-- bound keeps the other nights unread.
-- One row: that run; none when there was no run for a week.
SELECT
    r.run_id,
    r.run_date,
    r.run_partition,
    r.status,
    r.started_at,
    r.published_at,
    r.coverage_percent
FROM (
    SELECT
        runs_published.*,
        row_number() OVER (ORDER BY run_partition DESC) AS place
    FROM runs_published
    WHERE run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
) AS r
WHERE r.place = 1
