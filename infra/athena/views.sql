-- The views, in an order in which each finds those that it reads; Athena takes one statement at a time.

CREATE OR REPLACE VIEW runs_published AS
SELECT
    r.run_id,
    CAST(r.run_date AS date) AS run_date,
    r.run_date AS run_partition,
    r.status,
    r.started_at,
    r.published_at,
    r.engine_version,
    r.ruleset_version,
    r.org_id,
    r.scope_accounts,
    r.scope_regions,
    r.cells_total,
    r.cells_counted,
    r.cells_complete,
    r.coverage_percent
FROM (
    SELECT
        runs.*,
        row_number() OVER (PARTITION BY run_date ORDER BY published_at DESC, run_id DESC) AS place
    FROM runs
) AS r
WHERE r.place = 1;

CREATE OR REPLACE VIEW run_latest AS
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
WHERE r.place = 1;

CREATE OR REPLACE VIEW run_health AS
SELECT
    r.run_id,
    CAST(r.run_date AS date) AS run_date,
    p.run_id IS NOT NULL AS is_published,
    r.status,
    r.started_at,
    r.published_at,
    date_diff('millisecond', r.started_at, r.published_at) / 60000e0 AS duration_minutes,
    p.days_since_previous,
    r.engine_version,
    r.ruleset_version,
    r.config_sha256,
    r.exceptions_sha256,
    r.caller_arn,
    r.scope_accounts,
    r.scope_regions,
    r.cells_total,
    r.cells_counted,
    r.cells_complete,
    r.coverage_percent,
    element_at(r.table_rows, 'resources') AS resources,
    element_at(r.table_rows, 'findings') AS findings,
    element_at(r.findings_by_status, 'FAIL') AS failed,
    element_at(r.findings_by_status, 'UNKNOWN') AS unknown,
    element_at(r.exceptions_by_state, 'IN_FORCE') AS exceptions_in_force,
    element_at(r.exceptions_by_state, 'EXPIRING') AS exceptions_expiring,
    element_at(r.exceptions_by_state, 'EXPIRED') AS exceptions_expired,
    element_at(r.exceptions_by_state, 'UNUSED') AS exceptions_unused,
    r.api_calls,
    r.throttles,
    100e0 * r.throttles / nullif(r.api_calls, 0) AS throttled_percent,
    r.retries,
    r.bytes_received,
    r.sequence,
    r.manifest_sha256
FROM runs AS r
LEFT JOIN (
    SELECT
        run_id,
        date_diff('day', lag(run_date) OVER (ORDER BY run_partition), run_date) AS days_since_previous
    FROM runs_published
) AS p ON p.run_id = r.run_id;

CREATE OR REPLACE VIEW findings_published AS
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
JOIN runs_published AS r ON r.run_id = f.run_id;

CREATE OR REPLACE VIEW findings_latest AS
SELECT f.*
FROM findings_published AS f
JOIN run_latest AS r ON r.run_id = f.run_id
WHERE f.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d');

CREATE OR REPLACE VIEW coverage_latest AS
SELECT
    c.run_id,
    CAST(c.run_date AS date) AS run_date,
    c.partition_name,
    c.org_id,
    c.ou_id,
    c.ou_path,
    c.account_id,
    c.account_name,
    c.region,
    c.resource_type,
    c.outcome,
    c.outcome NOT IN (
        'ACCOUNT_SUSPENDED', 'REGION_DISABLED', 'SERVICE_NOT_IN_REGION', 'NOT_SUPPORTED', 'NOT_ASKED'
    ) AS is_counted,
    c.outcome IN ('COMPLETE', 'PARTIAL') AS is_seen,
    c.outcome = 'COMPLETE' AS is_complete,
    c.error_code,
    c.api,
    c.detail,
    c.method,
    c.regions_from,
    c.resources_listed,
    c.resources_evaluated,
    c.resources_carried,
    c.checks_unknown,
    c.window_start,
    c.window_end,
    c.started_at,
    c.duration_ms,
    c.last_asked_at,
    c.last_read_whole_at,
    c.empty_since
FROM coverage AS c
JOIN run_latest AS r ON r.run_id = c.run_id
WHERE c.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d');

CREATE OR REPLACE VIEW coverage_gaps AS
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
WHERE is_counted AND NOT is_complete;

CREATE OR REPLACE VIEW resources_latest AS
SELECT
    s.run_id,
    CAST(s.run_date AS date) AS run_date,
    s.partition_name,
    s.org_id,
    s.ou_id,
    s.ou_path,
    s.account_id,
    s.account_name,
    s.region,
    s.resource_type,
    s.resource_arn,
    s.resource_name,
    s.state,
    s.created_at,
    s.modified_at,
    s.origin_kind,
    s.origin,
    s.role_arn,
    s.owner,
    element_at(s.tags, 'sagemaker:project-name') AS project,
    element_at(s.tags, 'sagemaker:domain-arn') AS domain_arn,
    element_at(s.tags, 'sagemaker:user-profile-arn') AS user_profile_arn,
    s.config_json,
    s.observed_at
FROM resources AS s
JOIN run_latest AS r ON r.run_id = s.run_id
WHERE s.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d');

CREATE OR REPLACE VIEW posture_published AS
SELECT
    p.run_id,
    CAST(p.run_date AS date) AS run_date,
    p.run_date AS run_partition,
    p.partition_name,
    p.org_id,
    p.ou_id,
    p.ou_path,
    p.account_id,
    p.account_name,
    p.region,
    p.resource_type,
    p.check_id,
    p.severity_id,
    p.severity,
    CAST(sum(CASE WHEN p.status = 'PASS' THEN p.findings ELSE 0 END) AS bigint) AS passed,
    CAST(sum(CASE WHEN p.status = 'FAIL' THEN p.findings ELSE 0 END) AS bigint) AS failed,
    CAST(sum(CASE WHEN p.status = 'UNKNOWN' THEN p.findings ELSE 0 END) AS bigint) AS unknown,
    CAST(sum(CASE WHEN p.status = 'NOT_APPLICABLE' THEN p.findings ELSE 0 END) AS bigint) AS not_applicable,
    CAST(sum(CASE WHEN p.status = 'FAIL' THEN p.excepted ELSE 0 END) AS bigint) AS excepted
FROM posture_daily AS p
JOIN runs_published AS r ON r.run_id = p.run_id
GROUP BY
    p.run_id,
    p.run_date,
    p.partition_name,
    p.org_id,
    p.ou_id,
    p.ou_path,
    p.account_id,
    p.account_name,
    p.region,
    p.resource_type,
    p.check_id,
    p.severity_id,
    p.severity;

CREATE OR REPLACE VIEW posture_by_cell AS
SELECT
    c.run_date,
    c.partition_name,
    c.org_id,
    c.ou_id,
    c.ou_path,
    c.account_id,
    c.account_name,
    c.region,
    c.resource_type,
    c.outcome,
    CASE WHEN c.is_counted THEN 1 ELSE 0 END AS cells_counted,
    CASE WHEN c.is_complete THEN 1 ELSE 0 END AS cells_complete,
    CASE WHEN c.is_seen THEN c.resources_evaluated END AS resources,
    coalesce(p.passed, CASE WHEN c.is_seen THEN 0 END) AS passed,
    coalesce(p.failed, CASE WHEN c.is_seen THEN 0 END) AS failed,
    coalesce(p.unknown, CASE WHEN c.is_seen THEN 0 END) AS unknown,
    coalesce(p.not_applicable, CASE WHEN c.is_seen THEN 0 END) AS not_applicable,
    coalesce(p.excepted, CASE WHEN c.is_seen THEN 0 END) AS excepted,
    coalesce(p.failed_critical, CASE WHEN c.is_seen THEN 0 END) AS failed_critical,
    coalesce(p.failed_high, CASE WHEN c.is_seen THEN 0 END) AS failed_high
FROM coverage_latest AS c
LEFT JOIN (
    SELECT
        d.account_id,
        d.region,
        d.resource_type,
        CAST(sum(d.passed) AS bigint) AS passed,
        CAST(sum(d.failed) AS bigint) AS failed,
        CAST(sum(d.unknown) AS bigint) AS unknown,
        CAST(sum(d.not_applicable) AS bigint) AS not_applicable,
        CAST(sum(d.excepted) AS bigint) AS excepted,
        CAST(sum(CASE WHEN d.severity_id = 5 THEN d.failed ELSE 0 END) AS bigint) AS failed_critical,
        CAST(sum(CASE WHEN d.severity_id = 4 THEN d.failed ELSE 0 END) AS bigint) AS failed_high
    FROM posture_published AS d
    JOIN run_latest AS r ON r.run_id = d.run_id
    WHERE d.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
    GROUP BY d.account_id, d.region, d.resource_type
) AS p ON p.account_id = c.account_id AND p.region = c.region AND p.resource_type = c.resource_type;

CREATE OR REPLACE VIEW posture_by_ou AS
SELECT
    c.run_date,
    c.partition_name,
    c.org_id,
    c.ou_id,
    c.ou_path,
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
GROUP BY c.run_date, c.partition_name, c.org_id, c.ou_id, c.ou_path;

CREATE OR REPLACE VIEW posture_by_account AS
SELECT
    c.run_date,
    c.partition_name,
    c.org_id,
    c.ou_id,
    c.ou_path,
    c.account_id,
    c.account_name,
    count(DISTINCT c.region) AS regions,
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
GROUP BY c.run_date, c.partition_name, c.org_id, c.ou_id, c.ou_path, c.account_id, c.account_name;

CREATE OR REPLACE VIEW posture_by_region AS
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
GROUP BY c.run_date, c.partition_name, c.region;

CREATE OR REPLACE VIEW posture_by_check AS
SELECT
    r.run_date,
    k.check_id,
    k.check_version,
    k.title,
    k.severity_id,
    k.severity,
    k.resource_type,
    k.control,
    k.is_selected,
    p.passed,
    p.failed,
    p.excepted,
    p.unknown,
    p.not_applicable,
    p.failing_accounts,
    100e0 * p.passed / nullif(p.passed + p.failed, 0) AS score_percent,
    c.cells_counted,
    c.cells_complete,
    100e0 * c.cells_complete / nullif(c.cells_counted, 0) AS coverage_percent
FROM checks AS k
JOIN run_latest AS r ON r.run_id = k.run_id
LEFT JOIN (
    SELECT
        d.run_id,
        d.check_id,
        CAST(sum(d.passed) AS bigint) AS passed,
        CAST(sum(d.failed) AS bigint) AS failed,
        CAST(sum(d.excepted) AS bigint) AS excepted,
        CAST(sum(d.unknown) AS bigint) AS unknown,
        CAST(sum(d.not_applicable) AS bigint) AS not_applicable,
        count(DISTINCT CASE WHEN d.failed > 0 THEN d.account_id END) AS failing_accounts
    FROM posture_published AS d
    WHERE d.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
    GROUP BY d.run_id, d.check_id
) AS p ON p.run_id = k.run_id AND p.check_id = k.check_id
LEFT JOIN (
    SELECT
        resource_type,
        count(*) FILTER (WHERE is_counted) AS cells_counted,
        count(*) FILTER (WHERE is_complete) AS cells_complete
    FROM coverage_latest
    GROUP BY resource_type
) AS c ON c.resource_type = k.resource_type
WHERE k.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d');

CREATE OR REPLACE VIEW posture_by_requirement AS
SELECT
    t.run_date,
    t.framework,
    t.framework_name,
    t.requirement,
    t.standard,
    CAST(sum(t.checks) AS bigint) AS checks,
    CAST(sum(t.checks_with_score) AS bigint) AS checks_with_score,
    CAST(sum(t.passed) AS bigint) AS passed,
    CAST(sum(t.failed) AS bigint) AS failed,
    CAST(sum(t.excepted) AS bigint) AS excepted,
    CAST(sum(t.unknown) AS bigint) AS unknown,
    100e0 * sum(t.passed) / nullif(sum(t.passed) + sum(t.failed), 0) AS score_percent,
    CAST(sum(t.cells_counted) AS bigint) AS cells_counted,
    CAST(sum(t.cells_complete) AS bigint) AS cells_complete,
    100e0 * sum(t.cells_complete) / nullif(sum(t.cells_counted), 0) AS coverage_percent
FROM (
    SELECT
        c.run_date,
        q.framework,
        q.framework_name,
        q.requirement,
        q.standard,
        c.resource_type,
        count(*) AS checks,
        count(c.score_percent) AS checks_with_score,
        sum(c.passed) AS passed,
        sum(c.failed) AS failed,
        sum(c.excepted) AS excepted,
        sum(c.unknown) AS unknown,
        max(c.cells_counted) AS cells_counted,
        max(c.cells_complete) AS cells_complete
    FROM check_requirements AS q
    JOIN run_latest AS r ON r.run_id = q.run_id
    JOIN posture_by_check AS c ON c.check_id = q.check_id
    WHERE c.is_selected AND q.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
    GROUP BY c.run_date, q.framework, q.framework_name, q.requirement, q.standard, c.resource_type
) AS t
GROUP BY t.run_date, t.framework, t.framework_name, t.requirement, t.standard;

CREATE OR REPLACE VIEW requirements_published AS
SELECT
    q.run_id,
    CAST(q.run_date AS date) AS run_date,
    q.run_date AS run_partition,
    q.framework,
    q.framework_name,
    q.requirement,
    q.standard,
    count(*) AS checks,
    CAST(sum(p.passed) AS bigint) AS passed,
    CAST(sum(p.failed) AS bigint) AS failed,
    CAST(sum(p.excepted) AS bigint) AS excepted,
    CAST(sum(p.unknown) AS bigint) AS unknown,
    100e0 * sum(p.passed) / nullif(sum(p.passed) + sum(p.failed), 0) AS score_percent
FROM check_requirements AS q
JOIN (
    SELECT
        run_id,
        run_partition,
        check_id,
        sum(passed) AS passed,
        sum(failed) AS failed,
        sum(excepted) AS excepted,
        sum(unknown) AS unknown
    FROM posture_published
    GROUP BY run_id, run_partition, check_id
) AS p ON p.run_partition = q.run_date AND p.run_id = q.run_id AND p.check_id = q.check_id
GROUP BY q.run_id, q.run_date, q.framework, q.framework_name, q.requirement, q.standard;

CREATE OR REPLACE VIEW posture_trend AS
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
) AS k ON k.run_id = r.run_id;

CREATE OR REPLACE VIEW events_published AS
SELECT
    e.run_id,
    CAST(e.run_date AS date) AS run_date,
    e.run_date AS run_partition,
    e.event,
    e.occurred_at,
    e.status,
    e.previous_status,
    e.previous_run_id,
    e.reason_code,
    e.first_failed_at,
    e.open_days,
    e.check_id,
    e.check_version,
    e.severity_id,
    e.severity,
    e.partition_name,
    e.org_id,
    e.ou_id,
    e.ou_path,
    e.account_id,
    e.account_name,
    e.region,
    e.resource_type,
    e.resource_arn,
    e.resource_name,
    e.resource_created_at,
    e.owner
FROM finding_events AS e
JOIN runs AS r ON r.run_id = e.run_id;

CREATE OR REPLACE VIEW new_and_resolved AS
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
) AS e ON e.run_date = r.run_date AND e.severity_id = s.severity_id;

CREATE OR REPLACE VIEW time_to_remediate AS
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
GROUP BY e.month, e.severity_id, e.severity;

CREATE OR REPLACE VIEW open_findings_age AS
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
GROUP BY a.run_date, a.severity_id, a.severity, a.bucket_id, a.sla_days;

CREATE OR REPLACE VIEW exceptions_expiring AS
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
GROUP BY run_date, exception_id, exception_owner, exception_reason, exception_expires_on;

CREATE OR REPLACE VIEW exceptions_latest AS
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
WHERE e.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d');

CREATE OR REPLACE VIEW top_origins AS
SELECT
    t.*,
    row_number() OVER (
        PARTITION BY t.source_kind ORDER BY t.failing_resources DESC, t.failed DESC, t.account_id, t.source
    ) AS place
FROM (
    SELECT
        s.run_date,
        s.source_kind,
        s.source,
        s.ou_path,
        s.account_id,
        s.account_name,
        count(DISTINCT s.resource_arn) AS resources,
        count(DISTINCT CASE WHEN f.check_id IS NOT NULL THEN s.resource_arn END) AS failing_resources,
        count(f.check_id) AS failed,
        max(f.severity_id) AS worst_severity_id,
        array_join(array_sort(array_agg(DISTINCT f.check_id) FILTER (WHERE f.check_id IS NOT NULL)), ', ') AS checks
    FROM (
        SELECT
            r.*,
            CASE k.number
                WHEN 1 THEN r.origin_kind
                WHEN 2 THEN 'ROLE'
                WHEN 3 THEN 'OWNER'
                WHEN 4 THEN 'PROJECT'
                WHEN 5 THEN 'DOMAIN'
                WHEN 6 THEN 'USER_PROFILE'
            END AS source_kind,
            CASE k.number
                WHEN 1 THEN r.origin
                WHEN 2 THEN r.role_arn
                WHEN 3 THEN r.owner
                WHEN 4 THEN r.project
                WHEN 5 THEN r.domain_arn
                WHEN 6 THEN r.user_profile_arn
            END AS source
        FROM resources_latest AS r
        CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6)) AS k (number)
    ) AS s
    LEFT JOIN (
        SELECT account_id, region, resource_type, resource_arn, check_id, severity_id
        FROM findings_latest
        WHERE is_open
    ) AS f
        ON f.account_id = s.account_id
        AND f.region = s.region
        AND f.resource_type = s.resource_type
        AND f.resource_arn = s.resource_arn
    WHERE s.source IS NOT NULL
    GROUP BY s.run_date, s.source_kind, s.source, s.ou_path, s.account_id, s.account_name
) AS t
WHERE t.failing_resources > 0;

CREATE OR REPLACE VIEW keys_in_use AS
SELECT
    k.run_date,
    k.resource_arn AS key_arn,
    k.resource_name AS key_name,
    json_extract_scalar(k.config_json, '$.owner') AS owner_account_id,
    json_extract_scalar(k.config_json, '$.owner_is') AS owner_is,
    json_extract_scalar(k.config_json, '$.key.kind') AS known_as,
    json_extract_scalar(k.config_json, '$.key.manager') AS manager,
    k.state,
    json_extract_scalar(k.config_json, '$.key.usability') AS usability,
    json_extract_scalar(k.config_json, '$.key.deletion_date') AS deletion_date,
    CASE
        WHEN json_extract_scalar(k.config_json, '$.rotation.impossible') IS NOT NULL THEN 'impossible'
        WHEN json_extract_scalar(k.config_json, '$.rotation.unread.why') IS NOT NULL THEN 'unread'
        WHEN json_extract_scalar(k.config_json, '$.rotation') IN ('off', 'not_asked')
            THEN json_extract_scalar(k.config_json, '$.rotation')
        WHEN json_extract_scalar(k.config_json, '$.owner') IS NOT NULL THEN 'on'
    END AS rotation,
    CAST(json_extract_scalar(k.config_json, '$.rotation.on.days') AS integer) AS rotation_days,
    coalesce(
        json_extract_scalar(k.config_json, '$.rotation.impossible'),
        json_extract_scalar(k.config_json, '$.rotation.unread.why')
    ) AS rotation_reason,
    k.ou_path,
    k.account_id,
    k.account_name,
    k.region,
    json_format(json_extract(k.config_json, '$.uses')) AS uses_json,
    k.created_at,
    f.failed
FROM resources_latest AS k
LEFT JOIN (
    SELECT account_id, region, resource_arn, count(*) AS failed
    FROM findings_latest
    WHERE resource_type = 'AWS::KMS::Key' AND is_open
    GROUP BY account_id, region, resource_arn
) AS f ON f.account_id = k.account_id AND f.region = k.region AND f.resource_arn = k.resource_arn
WHERE k.resource_type = 'AWS::KMS::Key';
