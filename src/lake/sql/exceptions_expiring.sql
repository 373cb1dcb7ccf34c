-- Which exceptions end within thirty days, or have ended?
-- One row: an exception that covers findings of the latest run.
SELECT
    run_date,
    exception_id,
    exception_owner,
    exception_reason,
    exception_expires_on,
    date_diff('day', run_date, exception_expires_on) AS days_left,
    count(*) AS findings,
    count(DISTINCT account_id) AS accounts,
    count(DISTINCT check_id) AS checks,
    max(severity_id) AS worst_severity_id
FROM findings_latest
WHERE exception_id IS NOT NULL AND exception_expires_on <= run_date + interval '30' day
GROUP BY run_date, exception_id, exception_owner, exception_reason, exception_expires_on
