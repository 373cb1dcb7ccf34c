-- What could not be seen, and why? days_unseen counts from the last time that everything there was read; NULL is never.
-- One row: a cell of the latest run that counts and is not complete.
SELECT
    run_date,
    partition_name,
    org_id,
    ou_id,
    ou_path,
    account_id,
    account_name,
    region,
    resource_type,
    outcome,
    error_code,
    api,
    detail,
    resources_listed,
    resources_evaluated,
    last_read_whole_at,
    date_diff('day', CAST(last_read_whole_at AS date), run_date) AS days_unseen
FROM coverage_latest
WHERE is_counted AND NOT is_complete
