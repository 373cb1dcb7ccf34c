//! Whether jobs that monitor what drives the predictions of a model store with usable keys that the customer manages.

crate::check::job_definition::keys_check! {
    ModelExplainabilityJobDefinition as "model-explainability-job-definition", "Model explainability" with "ModelExplainabilityMonitor":
    "ModelExplainabilityJobOutputConfig",
    "Volumes and output hold captured requests and reports of which features drive the model. With keys of your own \
     you decide who can read them, you can see each use in CloudTrail, and you can withdraw access."
}
