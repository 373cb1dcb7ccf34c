//! What the page asks, of the views: nothing is computed here that a view has computed.

/// The most rows of a long table that the page holds; findings have a bound of their own.
pub(super) const MOST: usize = 20_000;

/// The most origins of a kind that it holds.
pub(super) const MOST_OF_A_KIND: usize = 250;

/// The score and its parts, night by night, with what began to fail and what was mended on that day, in all of its runs.
/// Where all was seen and nothing is there, nothing fails: that is known, and zero.
pub(super) const NIGHTS: &str = "
SELECT t.run_date, coalesce(t.passed, t.nothing) AS passed, coalesce(t.failed, t.nothing) AS failed,
    coalesce(t.excepted, t.nothing) AS excepted, coalesce(t.failed_critical, t.nothing) AS failed_critical,
    coalesce(t.failed_high, t.nothing) AS failed_high, coalesce(t.failed_medium, t.nothing) AS failed_medium,
    coalesce(t.failed_low, t.nothing) AS failed_low, coalesce(t.unknown, t.nothing) AS unknown,
    t.score_percent, t.score_change, t.coverage_percent, t.new, t.reopened, t.resolved, t.resource_deleted
FROM (
    SELECT p.*, c.new, c.reopened, c.resolved, c.resource_deleted,
        CASE WHEN c.new IS NOT NULL AND p.cells_counted > 0 AND p.cells_complete = p.cells_counted THEN 0 END AS nothing
    FROM posture_trend AS p
    LEFT JOIN (
        SELECT n.run_date, sum(n.new) AS new, sum(n.reopened) AS reopened, sum(n.resolved) AS resolved,
            sum(n.resource_deleted) AS resource_deleted
        FROM new_and_resolved AS n
        GROUP BY n.run_date
    ) AS c ON c.run_date = p.run_date
) AS t
ORDER BY t.run_date";

/// What changed in the run itself, and how many runs of the lake began before it. Of a run that told nothing of its checks
/// it told nothing of changes, either.
pub(super) const CHANGES: &str = "
SELECT b.runs_before,
    CASE WHEN k.checks > 0 THEN c.new END AS new,
    CASE WHEN k.checks > 0 THEN c.reopened END AS reopened,
    CASE WHEN k.checks > 0 THEN c.resolved END AS resolved,
    CASE WHEN k.checks > 0 THEN c.resource_deleted END AS resource_deleted
FROM (
    SELECT count(*) AS runs_before
    FROM runs AS o
    JOIN run_latest AS r ON o.run_id < r.run_id
) AS b
CROSS JOIN (
    SELECT count(*) AS checks
    FROM checks AS k
    JOIN run_latest AS r ON r.run_id = k.run_id
    WHERE k.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
) AS k
CROSS JOIN (
    SELECT count(*) FILTER (WHERE e.event = 'NEW') AS new,
        count(*) FILTER (WHERE e.event = 'REOPENED') AS reopened,
        count(*) FILTER (WHERE e.event = 'RESOLVED') AS resolved,
        count(*) FILTER (WHERE e.event = 'RESOURCE_DELETED') AS resource_deleted
    FROM events_published AS e
    JOIN run_latest AS r ON r.run_id = e.run_id
    WHERE e.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
) AS c";

/// The posture by severity, the worst first.
pub(super) const SEVERITIES: &str = "
SELECT c.severity, sum(coalesce(c.passed, c.nothing)) AS passed, sum(coalesce(c.failed, c.nothing)) AS failed,
    sum(coalesce(c.excepted, c.nothing)) AS excepted, sum(coalesce(c.unknown, c.nothing)) AS unknown,
    sum(coalesce(c.not_applicable, c.nothing)) AS not_applicable
FROM (
    SELECT p.*,
        CASE WHEN p.is_selected AND p.cells_counted > 0 AND p.cells_complete = p.cells_counted THEN 0 END AS nothing
    FROM posture_by_check AS p
) AS c
GROUP BY c.severity_id, c.severity
HAVING bool_or(c.is_selected) OR count(c.failed) > 0
ORDER BY c.severity_id DESC";

/// The days in which findings of a severity should be mended.
pub(super) const TIMES: &str = "
SELECT DISTINCT severity, sla_days
FROM open_findings_age
ORDER BY severity";

/// How the cells ended.
pub(super) const OUTCOMES: &str = "
SELECT outcome, is_counted, is_complete, count(*) AS cells, count(DISTINCT account_id) AS accounts
FROM coverage_latest
GROUP BY outcome, is_counted, is_complete
ORDER BY is_complete DESC, is_counted DESC, cells DESC, outcome";

/// The organizational units.
pub(super) const UNITS: &str = "
SELECT ou_path, accounts, resources, passed, failed, failed_critical, failed_high, unknown, score_percent,
    coverage_percent
FROM posture_by_ou
ORDER BY ou_path";

/// How long findings stand open.
pub(super) const AGES: &str = "
SELECT severity, bucket_id, bucket, sla_days, findings, findings_past_sla
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
SELECT p.check_id, p.title, p.severity, p.resource_type, p.control, p.is_selected, p.passed, p.failed, p.unknown,
    p.failing_accounts, p.cells_counted, p.cells_complete, k.rationale, k.remediation, q.standards
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
pub(super) fn origins() -> String {
    format!(
        "
SELECT source_kind, source, ou_path, account_id, account_name, resources, failing_resources, failed, worst_severity_id,
    checks
FROM top_origins
WHERE place <= {MOST_OF_A_KIND}
ORDER BY failing_resources DESC, failed DESC, source_kind, account_id, source"
    )
}

/// How many of them there are.
pub(super) const ALL_ORIGINS: &str = "SELECT count(*) AS number FROM top_origins";

/// The keys, those of which most fails first.
pub(super) fn keys() -> String {
    format!(
        "
SELECT key_arn, owner_account_id, owner_is, manager, state, deletion_date, rotation, rotation_reason, ou_path, account_id,
    account_name, region, uses_json, failed
FROM keys_in_use
ORDER BY coalesce(failed, 0) DESC, key_arn, account_id, region
LIMIT {MOST}"
    )
}

/// How many of them there are.
pub(super) const ALL_KEYS: &str = "SELECT count(*) AS number FROM keys_in_use";

/// The exceptions of the file by which the run judged, those that need somebody first: what has ended, ends soon, or covers
/// nothing. Those of a run without that table are known by the findings that carry them.
pub(super) const EXCEPTIONS: &str = "
SELECT x.*
FROM (
    SELECT coalesce(e.exception_id, f.exception_id) AS exception_id, e.state, e.is_unused,
        coalesce(e.exception_owner, f.exception_owner) AS exception_owner,
        coalesce(e.exception_reason, f.exception_reason) AS exception_reason, e.ticket, e.check_patterns, e.scope_json,
        coalesce(e.exception_expires_on, f.exception_expires_on) AS exception_expires_on,
        coalesce(e.days_left, f.days_left) AS days_left, coalesce(e.findings, f.findings) AS findings,
        coalesce(f.accounts, 0) AS accounts, coalesce(f.checks, 0) AS checks, f.worst_severity_id
    FROM exceptions_latest AS e
    FULL JOIN (
        SELECT exception_id, max(exception_owner) AS exception_owner, max(exception_reason) AS exception_reason,
            max(exception_expires_on) AS exception_expires_on,
            max(date_diff('day', run_date, exception_expires_on)) AS days_left, count(*) AS findings,
            count(DISTINCT account_id) AS accounts, count(DISTINCT check_id) AS checks,
            max(severity_id) AS worst_severity_id
        FROM findings_latest
        WHERE exception_id IS NOT NULL
        GROUP BY exception_id
    ) AS f ON f.exception_id = e.exception_id
) AS x
ORDER BY CASE WHEN x.state = 'EXPIRED' THEN 1 WHEN x.state = 'EXPIRING' THEN 2 WHEN x.is_unused THEN 3 ELSE 4 END,
    x.days_left, x.exception_id";

/// What was not seen whole, by place and reason.
pub(super) const GAPS: &str = "
SELECT ou_path, account_id, account_name, region, outcome, count(*) AS types, min(resource_type) AS first_type,
    min(api) AS api, min(error_code) AS error_code, min(detail) AS detail,
    CASE WHEN count(days_unseen) = count(*) THEN max(days_unseen) END AS days_unseen
FROM coverage_gaps
GROUP BY ou_path, account_id, account_name, region, outcome
ORDER BY types DESC, account_id, region, outcome";

/// What was mended or went with its resource since the run before, the worst first.
pub(super) fn resolved() -> String {
    format!(
        "
SELECT e.event, e.check_id, e.account_id, e.account_name, e.region, e.resource_type, e.resource_name, e.resource_arn,
    e.open_days
FROM events_published AS e
JOIN run_latest AS r ON r.run_id = e.run_id
WHERE e.event IN ('RESOLVED', 'RESOURCE_DELETED')
    AND e.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')
ORDER BY e.severity_id DESC, e.check_id, e.account_id, e.region, e.resource_arn
LIMIT {MOST}"
    )
}

/// How many of them there are.
pub(super) const ALL_RESOLVED: &str = "
SELECT count(*) AS number
FROM events_published AS e
JOIN run_latest AS r ON r.run_id = e.run_id
WHERE e.event IN ('RESOLVED', 'RESOURCE_DELETED')
    AND e.run_partition >= date_format(current_date - interval '7' day, '%Y-%m-%d')";

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
    f.observed_at, s.origin_kind, s.origin, s.role_arn, s.project, s.domain_arn, s.user_profile_arn, f.evidence_json
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
