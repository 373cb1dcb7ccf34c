-- What was found, night by night? A bound on run_partition, the night as text, keeps the other nights unread.
-- One row: a resource and a check, on a published night.
SELECT
    f.run_id,
    CAST(f.run_date AS date) AS run_date,
    f.run_date AS run_partition,
    f.check_id,
    f.check_version,
    f.status,
    f.compliance_status_id,
    f.severity_id,
    f.severity,
    f.partition_name,
    f.org_id,
    f.ou_id,
    f.ou_path,
    f.account_id,
    f.account_name,
    f.region,
    f.resource_type,
    f.resource_arn,
    f.resource_name,
    f.resource_created_at,
    f.owner,
    f.reason_code,
    f.reason,
    f.evidence_json,
    array_join(f.standards, ', ') AS standards,
    f.exception_id,
    f.exception_owner,
    f.exception_reason,
    f.exception_expires_on,
    f.status = 'FAIL' AND f.exception_id IS NULL AS is_open,
    f.first_failed_at,
    f.last_resolved_at,
    CASE
        WHEN f.status = 'FAIL' THEN date_diff('day', CAST(f.first_failed_at AS date), CAST(f.run_date AS date))
    END AS open_days,
    f.observed_at
FROM findings AS f
JOIN runs_published AS r ON r.run_id = f.run_id
