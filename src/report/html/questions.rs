//! What the page asks, of the views: nothing is computed here that a view has computed.

/// The score and its parts, night by night, with what began to fail and what was mended.
pub(super) const NIGHTS: &str = "
SELECT t.run_date, t.passed, t.failed, t.excepted, t.failed_critical, t.failed_high, t.failed_medium, t.failed_low,
    t.unknown, t.score_percent, t.score_change, t.coverage_percent,
    c.new, c.reopened, c.resolved, c.resource_deleted
FROM posture_trend AS t
LEFT JOIN (
    SELECT n.run_date, sum(n.new) AS new, sum(n.reopened) AS reopened, sum(n.resolved) AS resolved,
        sum(n.resource_deleted) AS resource_deleted
    FROM new_and_resolved AS n
    GROUP BY n.run_date
) AS c ON c.run_date = t.run_date
ORDER BY t.run_date";

/// The posture by severity, the worst first.
pub(super) const SEVERITIES: &str = "
SELECT c.severity_id, c.severity, sum(c.passed) AS passed, sum(c.failed) AS failed, sum(c.excepted) AS excepted,
    sum(c.unknown) AS unknown, sum(c.not_applicable) AS not_applicable, max(a.past) AS past, max(a.sla_days) AS sla_days
FROM posture_by_check AS c
LEFT JOIN (
    SELECT severity_id, max(sla_days) AS sla_days, sum(findings_past_sla) AS past
    FROM open_findings_age
    GROUP BY severity_id
) AS a ON a.severity_id = c.severity_id
GROUP BY c.severity_id, c.severity
HAVING bool_or(c.is_selected) OR count(c.failed) > 0
ORDER BY c.severity_id DESC";

/// How the cells ended.
pub(super) const OUTCOMES: &str = "
SELECT outcome, is_counted, is_complete, count(*) AS cells, count(DISTINCT account_id) AS accounts
FROM coverage_latest
GROUP BY outcome, is_counted, is_complete
ORDER BY is_complete DESC, is_counted DESC, cells DESC, outcome";

/// The organizational units.
pub(super) const UNITS: &str = "
SELECT ou_path, accounts, resources, passed, failed, failed_critical, failed_high, unknown, score_percent, cells_counted,
    cells_complete, coverage_percent
FROM posture_by_ou
ORDER BY ou_path";

/// How long findings stand open.
pub(super) const AGES: &str = "
SELECT severity_id, severity, bucket_id, bucket, sla_days, findings, findings_past_sla
FROM open_findings_age
ORDER BY severity_id DESC, bucket_id";

/// Accounts and their regions, to drill down to.
pub(super) const PLACES: &str = "
SELECT ou_path, account_id, account_name, region, sum(cells_counted) AS cells_counted,
    sum(cells_complete) AS cells_complete, sum(resources) AS resources, sum(passed) AS passed, sum(failed) AS failed,
    sum(failed_critical) AS failed_critical, sum(failed_high) AS failed_high, sum(unknown) AS unknown,
    sum(excepted) AS excepted
FROM posture_by_cell
GROUP BY ou_path, account_id, account_name, region
ORDER BY ou_path, account_id, region";

/// Accounts by controls. `cells_seen` tells what is not there from what was not seen.
pub(super) const HEAT: &str = "
SELECT s.ou_path, s.account_id, s.account_name, s.control, s.cells_counted, s.cells_seen, p.passed, p.failed, p.unknown
FROM (
    SELECT c.ou_path, c.account_id, c.account_name, k.control, sum(c.cells_counted) AS cells_counted,
        count(c.resources) AS cells_seen
    FROM posture_by_cell AS c
    JOIN (SELECT DISTINCT control, resource_type FROM posture_by_check WHERE is_selected) AS k
        ON k.resource_type = c.resource_type
    GROUP BY c.ou_path, c.account_id, c.account_name, k.control
) AS s
LEFT JOIN (
    SELECT d.account_id, k.control, sum(d.passed) AS passed, sum(d.failed) AS failed, sum(d.unknown) AS unknown
    FROM posture_published AS d
    JOIN run_latest AS r ON r.run_id = d.run_id
    JOIN posture_by_check AS k ON k.check_id = d.check_id
    GROUP BY d.account_id, k.control
) AS p ON p.account_id = s.account_id AND p.control = s.control
ORDER BY s.account_id, s.control";

/// The checks, with what the run itself said of them.
pub(super) const CHECKS: &str = "
SELECT p.check_id, p.check_version, p.title, p.severity_id, p.severity, p.resource_type, p.control, p.is_selected,
    p.passed, p.failed, p.excepted, p.unknown, p.not_applicable, p.failing_accounts, p.cells_counted, p.cells_complete,
    k.rationale, k.remediation, q.standards
FROM posture_by_check AS p
JOIN run_latest AS r ON true
JOIN checks AS k ON k.run_id = r.run_id AND k.check_id = p.check_id
LEFT JOIN (
    SELECT q.check_id, array_join(array_sort(array_agg(DISTINCT q.standard)), '; ') AS standards
    FROM check_requirements AS q
    JOIN run_latest AS r ON r.run_id = q.run_id
    GROUP BY q.check_id
) AS q ON q.check_id = p.check_id
ORDER BY p.severity_id DESC, p.failed DESC, p.check_id";

/// Where failing resources come from, the worst of each kind.
pub(super) const ORIGINS: &str = "
SELECT source_kind, source, ou_path, account_id, account_name, resources, failing_resources, failed, worst_severity_id,
    checks, place
FROM top_origins
WHERE place <= 250
ORDER BY failing_resources DESC, failed DESC, source_kind, account_id, source";

/// The keys.
pub(super) const KEYS: &str = "
SELECT key_arn, key_name, owner_account_id, owner_is, manager, state, usability, deletion_date, rotation, rotation_days,
    rotation_reason, ou_path, account_id, account_name, region, uses_json, failed
FROM keys_in_use
ORDER BY coalesce(failed, 0) DESC, key_arn, account_id, region
LIMIT 20000";

/// The exceptions that cover findings; those of `exceptions_expiring` are among them.
pub(super) const EXCEPTIONS: &str = "
SELECT f.exception_id, f.exception_owner, f.exception_reason, f.exception_expires_on,
    date_diff('day', f.run_date, f.exception_expires_on) AS days_left, e.exception_id IS NOT NULL AS is_expiring,
    count(*) AS findings, count(DISTINCT f.account_id) AS accounts, count(DISTINCT f.check_id) AS checks,
    max(f.severity_id) AS worst_severity_id
FROM findings_latest AS f
LEFT JOIN (SELECT DISTINCT exception_id, exception_expires_on FROM exceptions_expiring) AS e
    ON e.exception_id = f.exception_id AND e.exception_expires_on = f.exception_expires_on
WHERE f.exception_id IS NOT NULL
GROUP BY f.exception_id, f.exception_owner, f.exception_reason, f.exception_expires_on, f.run_date, e.exception_id
ORDER BY days_left, f.exception_id";

/// What was not seen whole, by place and reason.
pub(super) const GAPS: &str = "
SELECT ou_path, account_id, account_name, region, outcome, count(*) AS types, min(resource_type) AS first_type,
    min(api) AS api, min(error_code) AS error_code, min(detail) AS detail,
    CASE WHEN count(last_read_whole_at) = count(*) THEN min(last_read_whole_at) END AS last_read_whole_at,
    CASE WHEN count(days_unseen) = count(*) THEN max(days_unseen) END AS days_unseen
FROM coverage_gaps
GROUP BY ou_path, account_id, account_name, region, outcome
ORDER BY types DESC, account_id, region, outcome";

/// What was mended or went with its resource since the run before, the worst first.
pub(super) const RESOLVED: &str = "
SELECT e.event, e.severity_id, e.check_id, e.ou_path, e.account_id, e.account_name, e.region, e.resource_type,
    e.resource_name, e.resource_arn, e.status, e.first_failed_at, e.open_days
FROM events_published AS e
JOIN run_latest AS r ON r.run_id = e.run_id
WHERE e.event IN ('RESOLVED', 'RESOURCE_DELETED')
ORDER BY e.severity_id DESC, e.check_id, e.account_id, e.region, e.resource_arn
LIMIT 20000";

/// The failing findings, the worst first, with what made their resource. The head of an ARN is told apart from the name at
/// its end, since it is that of many. Of those that began to fail in this run the beginning is its start.
pub(super) fn findings(most: u32) -> String {
    format!(
        "
SELECT f.check_id, f.ou_path, f.account_id, f.account_name, f.region, f.resource_type, f.resource_name,
    CASE WHEN ends_with(f.resource_arn, f.resource_name)
        THEN substr(f.resource_arn, 1, length(f.resource_arn) - length(f.resource_name))
        ELSE f.resource_arn
    END AS arn_head,
    ends_with(f.resource_arn, f.resource_name) AS is_named,
    f.resource_created_at, f.owner, f.reason_code, f.reason, f.exception_id, f.exception_expires_on, f.first_failed_at,
    f.open_days,
    CASE
        WHEN f.first_failed_at IS NULL THEN 'unknown since when'
        WHEN f.first_failed_at < r.started_at THEN 'standing'
        WHEN f.last_resolved_at IS NULL THEN 'new'
        ELSE 'reopened'
    END AS standing,
    f.observed_at, s.origin_kind, s.origin, s.role_arn, f.evidence_json
FROM findings_latest AS f
JOIN run_latest AS r ON r.run_id = f.run_id
LEFT JOIN resources_latest AS s ON s.account_id = f.account_id AND s.region = f.region
    AND s.resource_type = f.resource_type AND s.resource_arn = f.resource_arn
    AND s.created_at IS NOT DISTINCT FROM f.resource_created_at
WHERE f.status = 'FAIL'
ORDER BY f.severity_id DESC, f.account_id, f.region, f.resource_type, f.resource_arn, f.resource_created_at, f.check_id
LIMIT {most}"
    )
}
