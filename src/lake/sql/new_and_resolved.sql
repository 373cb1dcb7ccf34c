-- Does it get better or worse? What failed anew and what was mended; resource_deleted is what ended with its resource.
-- One row: a published night and a severity that a check of it has.
SELECT
    r.run_date,
    s.severity_id,
    s.severity,
    coalesce(e.new, 0) AS new,
    coalesce(e.reopened, 0) AS reopened,
    coalesce(e.resolved, 0) AS resolved,
    coalesce(e.resource_deleted, 0) AS resource_deleted,
    coalesce(e.excepted, 0) AS excepted,
    coalesce(e.unexcepted, 0) AS unexcepted,
    coalesce(e.new + e.reopened - e.resolved - e.resource_deleted, 0) AS net_failed
FROM runs_published AS r
JOIN (SELECT DISTINCT run_id, severity_id, severity FROM checks) AS s ON s.run_id = r.run_id
LEFT JOIN (
    SELECT
        run_date,
        severity_id,
        count(*) FILTER (WHERE event = 'NEW') AS new,
        count(*) FILTER (WHERE event = 'REOPENED') AS reopened,
        count(*) FILTER (WHERE event = 'RESOLVED') AS resolved,
        count(*) FILTER (WHERE event = 'RESOURCE_DELETED') AS resource_deleted,
        count(*) FILTER (WHERE event = 'EXCEPTED') AS excepted,
        count(*) FILTER (WHERE event = 'UNEXCEPTED') AS unexcepted
    FROM events_published
    GROUP BY run_date, severity_id
) AS e ON e.run_date = r.run_date AND e.severity_id = s.severity_id
