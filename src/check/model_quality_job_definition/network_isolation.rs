//! Whether the containers of jobs that monitor the quality of a model are cut off from every network.

crate::check::job_definition::isolation_check! {
    ModelQualityJobDefinition as "model-quality-job-definition", "Model quality" with "ModelQualityMonitor":
    High, "SageMaker.25",
    "The jobs join what a model predicted with what proved true, which is often the most sensitive data there is. A \
     container that can make calls can carry that away, and can use the role's credentials; in isolation it can do \
     neither, and SageMaker moves the data."
}
