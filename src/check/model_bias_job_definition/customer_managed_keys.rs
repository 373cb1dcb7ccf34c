//! Whether jobs that monitor the bias of a model store with usable keys that the customer manages.

crate::check::job_definition::keys_check! {
    ModelBiasJobDefinition as "model-bias-job-definition", "Model bias" with "ModelBiasMonitor":
    "ModelBiasJobOutputConfig",
    "Volumes and output hold predictions beside attributes of people, and the bias that was found. With keys of your \
     own you decide who can read them, you can see each use in CloudTrail, and you can withdraw access."
}
