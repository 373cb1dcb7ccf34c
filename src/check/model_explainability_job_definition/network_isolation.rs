//! Whether the containers of jobs that monitor what drives the predictions of a model are cut off from every network.

crate::check::job_definition::isolation_check! {
    ModelExplainabilityJobDefinition as "model-explainability-job-definition", "Model explainability" with "ModelExplainabilityMonitor":
    High, "SageMaker.20",
    "The jobs read captured requests and learn which features drive a model, enough to imitate it. A container that \
     can make calls can carry that away, and can use the role's credentials; in isolation it can do neither, and \
     SageMaker moves the data."
}
