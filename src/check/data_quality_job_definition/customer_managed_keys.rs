//! Whether jobs that monitor the quality of data store with usable keys that the customer manages.

crate::check::job_definition::keys_check! {
    DataQualityJobDefinition as "data-quality-job-definition", "Data quality" with "DefaultModelMonitor":
    "DataQualityJobOutputConfig",
    "Volumes and output hold captured requests and answers, their statistics and the violations found in them. With \
     keys of your own you decide who can read them, you can see each use in CloudTrail, and you can withdraw access."
}
