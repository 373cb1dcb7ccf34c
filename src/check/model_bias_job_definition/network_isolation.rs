//! Whether the containers of jobs that monitor the bias of a model are cut off from every network.

crate::check::job_definition::isolation_check! {
    ModelBiasJobDefinition as "model-bias-job-definition", "Model bias" with "ModelBiasMonitor":
    Medium, "SageMaker.12",
    "The jobs read predictions beside attributes of people such as age or gender, by which bias is measured. A \
     container that can make calls can carry these away, and can use the role's credentials; in isolation it can do \
     neither, and SageMaker moves the data."
}
