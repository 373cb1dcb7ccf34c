//! Whether the instances of jobs that monitor the quality of data encrypt what they say to each other.

crate::check::job_definition::traffic_check! {
    DataQualityJobDefinition as "data-quality-job-definition", "Data quality" with "DefaultModelMonitor":
    "SageMaker.9",
    "On several instances the analysis shuffles captured requests and answers over the network between them; without \
     encryption whoever can see that traffic can read them."
}
