//! Whether the instances of jobs that monitor the quality of a model encrypt what they say to each other.

crate::check::job_definition::traffic_check! {
    ModelQualityJobDefinition as "model-quality-job-definition", "Model quality" with "ModelQualityMonitor":
    "SageMaker.13",
    "On several instances predictions and ground truth are joined over the network between them; without encryption \
     whoever can see that traffic can read both."
}
