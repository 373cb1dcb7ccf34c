//! Whether the containers of jobs that monitor the quality of data are cut off from every network.

crate::check::job_definition::isolation_check! {
    DataQualityJobDefinition as "data-quality-job-definition", "Data quality" with "DefaultModelMonitor":
    Medium, "SageMaker.11",
    "The jobs read what an endpoint was asked and what it answered. A container that can make calls can carry that \
     away, and can use the role's credentials; in isolation it can do neither, and SageMaker moves the data."
}
