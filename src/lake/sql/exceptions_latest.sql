-- Which exceptions are there, who answers for them, and which have ended, end soon or cover nothing?
-- One row: an exception of the file by which the latest run judged.
SELECT
    r.run_date,
    e.exception_id,
    e.state,
    e.is_unused,
    e.findings,
    e.check_patterns,
    e.scope_json,
    e.exception_owner,
    e.exception_reason,
    e.ticket,
    e.created_on,
    e.exception_expires_on,
    e.days_left
FROM exceptions AS e
JOIN run_latest AS r ON r.run_id = e.run_id
WHERE e.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
