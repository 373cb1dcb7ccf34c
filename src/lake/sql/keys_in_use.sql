-- Which KMS keys are in use, whose are they, in which state, do they rotate, and who uses them? uses_json counts the
-- resources that name the key, by their type.
-- One row: a key that is not one of AWS, and an account and region whose resources use it, in the latest run.
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
WHERE k.resource_type = 'AWS::KMS::Key'
