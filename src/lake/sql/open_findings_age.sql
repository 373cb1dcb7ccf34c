-- How long do findings stand open, and which are past their time? A critical one should be mended in 15 days, a high one in
-- 30, a medium one in 90, a low one in 180; for an informational one there is no such time. Those under an exception are left
-- out. Bucket 0 are those of which it is not known since when they fail.
-- One row: a severity and an age bucket, in the latest run.
SELECT
    a.run_date,
    a.severity_id,
    a.severity,
    a.bucket_id,
    CASE a.bucket_id
        WHEN 0 THEN 'unknown'
        WHEN 1 THEN '0-7 days'
        WHEN 2 THEN '8-30 days'
        WHEN 3 THEN '31-90 days'
        WHEN 4 THEN '91-180 days'
        ELSE 'over 180 days'
    END AS bucket,
    a.sla_days,
    count(*) AS findings,
    count(*) FILTER (WHERE a.open_days > a.sla_days) AS findings_past_sla,
    count(DISTINCT a.account_id) AS accounts,
    min(a.first_failed_at) AS oldest_first_failed_at
FROM (
    SELECT
        run_date,
        severity_id,
        severity,
        account_id,
        first_failed_at,
        open_days,
        CASE
            WHEN open_days IS NULL THEN 0
            WHEN open_days <= 7 THEN 1
            WHEN open_days <= 30 THEN 2
            WHEN open_days <= 90 THEN 3
            WHEN open_days <= 180 THEN 4
            ELSE 5
        END AS bucket_id,
        CASE severity_id WHEN 5 THEN 15 WHEN 4 THEN 30 WHEN 3 THEN 90 WHEN 2 THEN 180 END AS sla_days
    FROM findings_latest
    WHERE is_open
) AS a
GROUP BY a.run_date, a.severity_id, a.severity, a.bucket_id, a.sla_days
