-- What is there now? With the tags that SageMaker itself puts on what Studio and Projects make.
-- One row: a resource that the latest run saw.
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
WHERE s.run_date >= date_format(current_date - interval '7' day, '%Y-%m-%d')
