//! Whether jobs that monitor the quality of a model store with usable keys that the customer manages.

crate::check::job_definition::keys_check! {
    ModelQualityJobDefinition as "model-quality-job-definition", "Model quality" with "ModelQualityMonitor":
    "ModelQualityJobOutputConfig",
    "Volumes and output hold predictions beside the ground truth and the metrics made of them. With keys of your own \
     you decide who can read them, you can see each use in CloudTrail, and you can withdraw access."
}
