-- Where do the failing resources come from? Mend the source, not the thousand jobs that it made: a job that has ended cannot
-- be mended. A resource counts for each source it has: what made it (source_kind as in resources.origin_kind), its
-- execution ROLE, its OWNER by the configured tag, its PROJECT, its Studio DOMAIN and its USER_PROFILE.
-- One row: a source in an account, in the latest run; place 1 has the most failing resources of its kind.
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
WHERE t.failing_resources > 0
