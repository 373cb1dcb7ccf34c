//! Whether the instances of jobs that monitor the bias of a model encrypt what they say to each other.

crate::check::job_definition::traffic_check! {
    ModelBiasJobDefinition as "model-bias-job-definition", "Model bias" with "ModelBiasMonitor":
    "SageMaker.15",
    "On several instances predictions and the attributes of people by which bias is measured go over the network \
     between them; without encryption whoever can see that traffic can read them."
}
