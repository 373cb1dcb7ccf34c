//! Whether the instances of jobs that monitor what drives the predictions of a model encrypt what they say to each other.

crate::check::job_definition::traffic_check! {
    ModelExplainabilityJobDefinition as "model-explainability-job-definition", "Model explainability" with "ModelExplainabilityMonitor":
    "SageMaker.10",
    "On several instances captured requests and attributions of features go over the network between them; without \
     encryption whoever can see that traffic can read them."
}
