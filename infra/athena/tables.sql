-- The tables. Replace s3://LAKE by the destination of the lake; Athena takes one statement at a time.

CREATE EXTERNAL TABLE IF NOT EXISTS findings (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    check_id string COMMENT 'The check, by its stable id.',
    check_version int COMMENT 'The revision of the rule of the check.',
    status string COMMENT 'PASS, FAIL, UNKNOWN (evidence could not be read) or NOT_APPLICABLE.',
    compliance_status_id int COMMENT 'OCSF compliance.status_id: 1 pass, 2 unknown, 3 fail, 99 not applicable.',
    severity_id int COMMENT 'OCSF severity_id of the check: 1 informational to 5 critical.',
    severity string COMMENT 'The severity of the check in words.',
    partition_name string COMMENT 'The AWS partition: aws, aws-us-gov or aws-cn.',
    org_id string COMMENT 'The id of the organization; null when it was not asked.',
    ou_id string COMMENT 'The id of the organizational unit or root that held the account at run time.',
    ou_path string COMMENT 'The names from the root to that unit at run time, such as /Workloads/Prod.',
    account_id string COMMENT 'The twelve digits of the account, as text.',
    account_name string COMMENT 'The name of the account at run time; its id when the organization was not asked.',
    region string COMMENT 'The region code.',
    resource_type string COMMENT 'The resource type in the style of CloudFormation.',
    resource_arn string COMMENT 'The ARN of the resource.',
    resource_name string COMMENT 'The name of the resource within its account and region.',
    resource_created_at timestamp COMMENT 'When the resource was created; with the ARN its identity, since names can be used again.',
    owner string COMMENT 'The value of the configured owner tag on the resource, else on the account.',
    tags map<string,string> COMMENT 'The tags of the resource.',
    reason_code string COMMENT 'Why, as stable codes joined by commas, the most telling first.',
    reason string COMMENT 'Why, in sentences joined by semicolons.',
    evidence_json string COMMENT 'What was observed and expected, as a JSON object; for FAIL and UNKNOWN only.',
    standards array<string> COMMENT 'The requirements of frameworks that the check serves.',
    exception_id string COMMENT 'The exception that covers the finding; it never changes the status.',
    exception_owner string COMMENT 'Who answers for the exception.',
    exception_reason string COMMENT 'Why the exception was granted.',
    exception_expires_on date COMMENT 'The last day of the exception.',
    first_failed_at timestamp COMMENT 'When the present streak of FAIL began; it goes on while the status is UNKNOWN.',
    observed_at timestamp COMMENT 'When the answer of the service was read.',
    last_resolved_at timestamp COMMENT 'When the last streak of FAIL ended; null when none did.'
)
COMMENT 'One row for each resource and check.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/findings/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/findings/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS resources (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    partition_name string COMMENT 'The AWS partition: aws, aws-us-gov or aws-cn.',
    org_id string COMMENT 'The id of the organization; null when it was not asked.',
    ou_id string COMMENT 'The id of the organizational unit or root that held the account at run time.',
    ou_path string COMMENT 'The names from the root to that unit at run time, such as /Workloads/Prod.',
    account_id string COMMENT 'The twelve digits of the account, as text.',
    account_name string COMMENT 'The name of the account at run time; its id when the organization was not asked.',
    region string COMMENT 'The region code.',
    resource_type string COMMENT 'The resource type in the style of CloudFormation.',
    resource_arn string COMMENT 'The ARN of the resource.',
    resource_name string COMMENT 'The name of the resource within its account and region.',
    state string COMMENT 'The status text of the service, as it came.',
    created_at timestamp COMMENT 'When the resource was created.',
    modified_at timestamp COMMENT 'When the resource last changed.',
    origin_kind string COMMENT 'What made the resource: TUNING_JOB, AUTOML_JOB, LABELING_JOB or PIPELINE_EXECUTION; null when unknown.',
    origin string COMMENT 'The ARN of what made the resource, or its name where no ARN is known.',
    role_arn string COMMENT 'The execution role.',
    owner string COMMENT 'The value of the configured owner tag on the resource, else on the account.',
    tags map<string,string> COMMENT 'The tags of the resource.',
    config_json string COMMENT 'The facts that the checks judged, as a JSON object.',
    observed_at timestamp COMMENT 'When the answer of the service was read.'
)
COMMENT 'One row for each resource that was seen, with the facts that were judged.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/resources/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/resources/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS coverage (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    partition_name string COMMENT 'The AWS partition: aws, aws-us-gov or aws-cn.',
    org_id string COMMENT 'The id of the organization; null when it was not asked.',
    ou_id string COMMENT 'The id of the organizational unit or root that held the account at run time.',
    ou_path string COMMENT 'The names from the root to that unit at run time, such as /Workloads/Prod.',
    account_id string COMMENT 'The twelve digits of the account, as text.',
    account_name string COMMENT 'The name of the account at run time; its id when the organization was not asked.',
    region string COMMENT 'The region code.',
    resource_type string COMMENT 'The resource type in the style of CloudFormation.',
    outcome string COMMENT 'COMPLETE, PARTIAL, or why nothing could be seen.',
    error_code string COMMENT 'The error code of the call that decided the outcome.',
    api string COMMENT 'The call that decided the outcome, as service:Operation.',
    method string COMMENT 'How the resources were read: SEARCH, SEARCH_UNVERIFIED, LIST_DESCRIBE, INCREMENTAL or DERIVED; null when nothing was.',
    regions_from string COMMENT 'Where the regions of the account came from: LIST_REGIONS, CONFIGURED or DEFAULTS.',
    resources_listed bigint COMMENT 'Resources that exist, as far as is known.',
    resources_evaluated bigint COMMENT 'Resources whose facts were read and judged.',
    checks_unknown bigint COMMENT 'Findings that came out as UNKNOWN.',
    window_start timestamp COMMENT 'Creation times looked at, from here, inclusive; null when all were.',
    window_end timestamp COMMENT 'Creation times looked at, up to here, exclusive.',
    started_at timestamp COMMENT 'When the look began.',
    duration_ms bigint COMMENT 'How long the look took, in milliseconds.',
    detail string COMMENT 'What a reader should know besides, and the message of the refused call, joined by semicolons.',
    resources_carried bigint COMMENT 'Of the resources, those taken over from the last published run, which had ended and never change.',
    last_asked_at timestamp COMMENT 'When the type was last asked for here, in this run or before.',
    last_read_whole_at timestamp COMMENT 'When all resources of the type were last read here, in this run or before.',
    empty_since timestamp COMMENT 'The first of the looks, one after the other up to the last, that found nothing here.'
)
COMMENT 'One row for each account, region and resource type in scope, whatever happened there.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/coverage/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/coverage/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS finding_events (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    partition_name string COMMENT 'The AWS partition: aws, aws-us-gov or aws-cn.',
    org_id string COMMENT 'The id of the organization; null when it was not asked.',
    ou_id string COMMENT 'The id of the organizational unit or root that held the account at run time.',
    ou_path string COMMENT 'The names from the root to that unit at run time, such as /Workloads/Prod.',
    account_id string COMMENT 'The twelve digits of the account, as text.',
    account_name string COMMENT 'The name of the account at run time; its id when the organization was not asked.',
    region string COMMENT 'The region code.',
    resource_type string COMMENT 'The resource type in the style of CloudFormation.',
    resource_arn string COMMENT 'The ARN of the resource.',
    resource_name string COMMENT 'The name of the resource within its account and region.',
    resource_created_at timestamp COMMENT 'When the resource was created; with the ARN its identity, since names can be used again.',
    owner string COMMENT 'The value of the configured owner tag on the resource, else on the account.',
    check_id string COMMENT 'The check, by its stable id.',
    check_version int COMMENT 'The revision of the rule of the check.',
    severity_id int COMMENT 'OCSF severity_id of the check: 1 informational to 5 critical.',
    severity string COMMENT 'The severity of the check in words.',
    event string COMMENT 'NEW, REOPENED, RESOLVED, RESOURCE_DELETED, EXCEPTED or UNEXCEPTED.',
    status string COMMENT 'The status of the finding in this run; null when the resource is gone.',
    previous_status string COMMENT 'The status when the finding was last seen; null when it never failed before.',
    previous_run_id string COMMENT 'The run in which the finding was last seen; null when it never failed before.',
    reason_code string COMMENT 'Why, as stable codes joined by commas, the most telling first.',
    first_failed_at timestamp COMMENT 'The beginning of the streak of FAIL that began, goes on or ended.',
    open_days double COMMENT 'Days from first_failed_at to occurred_at; 0 when the streak began.',
    occurred_at timestamp COMMENT 'The start of the run that saw the change.'
)
COMMENT 'One row for each change of a finding since the run that was published before.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/finding_events/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/finding_events/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS posture_daily (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    partition_name string COMMENT 'The AWS partition: aws, aws-us-gov or aws-cn.',
    org_id string COMMENT 'The id of the organization; null when it was not asked.',
    ou_id string COMMENT 'The id of the organizational unit or root that held the account at run time.',
    ou_path string COMMENT 'The names from the root to that unit at run time, such as /Workloads/Prod.',
    account_id string COMMENT 'The twelve digits of the account, as text.',
    account_name string COMMENT 'The name of the account at run time; its id when the organization was not asked.',
    region string COMMENT 'The region code.',
    resource_type string COMMENT 'The resource type in the style of CloudFormation.',
    check_id string COMMENT 'The check, by its stable id.',
    severity_id int COMMENT 'OCSF severity_id of the check: 1 informational to 5 critical.',
    severity string COMMENT 'The severity of the check in words.',
    status string COMMENT 'PASS, FAIL, UNKNOWN (evidence could not be read) or NOT_APPLICABLE.',
    findings bigint COMMENT 'Findings of this place, check and status; a resource has one of each check.',
    excepted bigint COMMENT 'Of the findings, those that an exception covers.'
)
COMMENT 'Findings counted: one row for each place, check and status.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/posture_daily/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/posture_daily/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS checks (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    check_id string COMMENT 'The check, by its stable id.',
    check_version int COMMENT 'The revision of the rule of the check.',
    title string COMMENT 'What should hold, as a sentence without a full stop.',
    severity_id int COMMENT 'OCSF severity_id of the check: 1 informational to 5 critical.',
    severity string COMMENT 'The severity of the check in words.',
    resource_type string COMMENT 'The resource type that the check is about, in the style of CloudFormation.',
    control string COMMENT 'What the check is a control of, in words.',
    rationale string COMMENT 'Why it matters.',
    remediation string COMMENT 'What mends a FAIL, in a sentence or two.',
    is_selected boolean COMMENT 'Whether the run put the check to resources.'
)
COMMENT 'The catalogue as it was in the run: one row for each check.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/checks/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/checks/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS check_requirements (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    check_id string COMMENT 'The check, by its stable id.',
    framework string COMMENT 'The framework, by the name for programs, such as nist-800-53.',
    framework_name string COMMENT 'The name of the framework with its version.',
    requirement string COMMENT 'The id of the requirement in its framework.',
    standard string COMMENT 'Both as one text, as findings hold it in standards.'
)
COMMENT 'One row for each requirement of a framework that a check serves.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/check_requirements/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/check_requirements/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS exceptions (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    exception_id string COMMENT 'The exception, by its id, unique in its file.',
    line int COMMENT 'The line of the file in which it begins; of those that cover a finding the first decides.',
    state string COMMENT 'How it stood: IN_FORCE, EXPIRING (in force for 30 days at most) or EXPIRED (not applied).',
    findings bigint COMMENT 'The findings that it covered.',
    is_unused boolean COMMENT 'Whether it was applied and covered nothing.',
    check_patterns string COMMENT 'The checks that it is for, by ids and patterns with commas between them.',
    scope_json string COMMENT 'Where it applies, as JSON: account, ou_path, region, resource and tags, as far as it names them.',
    exception_owner string COMMENT 'Who answers for it.',
    exception_reason string COMMENT 'Why it was granted.',
    ticket string COMMENT 'Where it was decided; null where the file does not say so.',
    created_on date COMMENT 'The day on which it was granted; null where the file does not say so.',
    exception_expires_on date COMMENT 'Its last day.',
    days_left int COMMENT 'Days from the day of the run to its last one: 0 on that day, and fewer afterwards.'
)
COMMENT 'One row for each exception of the file by which the run judged, with what it covered.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/exceptions/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/exceptions/run_date=${run_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS runs (
    run_id string COMMENT 'The run that wrote the row.',
    schema_version int COMMENT 'The version of the columns; higher versions only add some.',
    status string COMMENT 'COMPLETE, or INCOMPLETE when coverage is below the configured floor.',
    started_at timestamp COMMENT 'When the run started.',
    published_at timestamp COMMENT 'When the run was published.',
    engine_version string COMMENT 'The version of sagesweep.',
    ruleset_version string COMMENT 'The version of the catalogue of checks.',
    config_sha256 string COMMENT 'SHA-256 of the effective configuration.',
    exceptions_sha256 string COMMENT 'SHA-256 of the file of exceptions by which findings were judged; null without one.',
    caller_arn string COMMENT 'The principal that ran the audit.',
    org_id string COMMENT 'The id of the organization; null when it was not asked.',
    scope_accounts bigint COMMENT 'Accounts in scope.',
    scope_regions bigint COMMENT 'Regions in scope, each counted once.',
    cells_total bigint COMMENT 'Rows of coverage: accounts by regions by resource types.',
    cells_counted bigint COMMENT 'Cells in which something could have been seen: the denominator of the coverage.',
    cells_complete bigint COMMENT 'Cells that were seen completely.',
    coverage_percent double COMMENT 'cells_complete in percent of cells_counted; null when that is zero.',
    findings_by_status map<string,bigint> COMMENT 'The number of findings by status.',
    exceptions_by_state map<string,bigint> COMMENT 'Exceptions that are IN_FORCE, of these EXPIRING within 30 days and UNUSED, and those that are EXPIRED.',
    table_rows map<string,bigint> COMMENT 'The number of rows by table.',
    objects array<struct<key:string,bytes:bigint,`rows`:bigint,sha256:string>> COMMENT 'The objects of the tables of this run with their size, rows and SHA-256.',
    sequence bigint COMMENT 'The place of the run in the chain of manifests, from 1.',
    manifest_sha256 string COMMENT 'SHA-256 of the manifest of this run.',
    previous_manifest_sha256 string COMMENT 'SHA-256 of the manifest of the run before it in the chain; null for the first.',
    api_calls bigint COMMENT 'Calls to AWS that the scan made, those that staged its parts among them; publishing came after.',
    throttles bigint COMMENT 'Of api_calls those that were throttled.',
    retries bigint COMMENT 'Of api_calls those that were a second or later attempt.',
    bytes_received bigint COMMENT 'Bytes of the bodies of the answers to api_calls.',
    calls_by_api map<string,bigint> COMMENT 'api_calls by API, named service:Operation.',
    throttles_by_api map<string,bigint> COMMENT 'throttles by API; without those that are zero.',
    retries_by_api map<string,bigint> COMMENT 'retries by API; without those that are zero.',
    bytes_by_api map<string,bigint> COMMENT 'bytes_received by API; without those that are zero.'
)
COMMENT 'One row for each run, whose object is the commit of all its tables.'
PARTITIONED BY (
    run_date string COMMENT 'The day on which the run started, in UTC, as YYYY-MM-DD.'
)
STORED AS PARQUET
LOCATION 's3://LAKE/v1/runs/'
TBLPROPERTIES (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_date.type' = 'date',
    'projection.run_date.format' = 'yyyy-MM-dd',
    'projection.run_date.range' = '2026-11-01,NOW',
    'projection.run_date.interval' = '1',
    'projection.run_date.interval.unit' = 'DAYS',
    'storage.location.template' = 's3://LAKE/v1/runs/run_date=${run_date}/'
);
