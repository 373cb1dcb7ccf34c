//! Processing jobs as SageMaker writes them.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::{Item, Stock, secret::environment};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListProcessingJobs,
    describe: Operation::DescribeProcessingJob,
    arn_type: "processing-job",
    lines: "ProcessingJobSummaries",
    asked_by: "ProcessingJobName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "ProcessingJobName": item.name,
        "ProcessingJobArn": item.arn,
        "ProcessingJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
    })
}

fn image(item: &Item<'_>) -> &'static str {
    if item.percent("clarify", 20) {
        "131013547314.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0"
    } else {
        "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
    }
}

fn description(item: &Item<'_>) -> Value {
    let athena = json!({ "DatasetDefinition": { "AthenaDatasetDefinition": {
        "Catalog": "AwsDataCatalog", "Database": "events", "QueryString": "SELECT 1", "OutputS3Uri": "s3://results",
        "OutputFormat": "PARQUET", "KmsKeyId": item.key("athena"),
    } }, "InputName": "events" });
    json!({
        "ProcessingJobName": item.name,
        "ProcessingJobArn": item.arn,
        "ProcessingJobStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "RoleArn": item.role(),
        "Environment": environment(item.percent("secret", 20)),
        "AppSpecification": { "ImageUri": image(item) },
        "ProcessingInputs": if item.percent("dataset", 30) { json!([athena]) } else { json!([]) },
        "ProcessingOutputConfig": {
            "Outputs": [{ "OutputName": "out", "S3Output": { "S3Uri": "s3://out", "S3UploadMode": "EndOfJob" } }],
            "KmsKeyId": item.key("output"),
        },
        "ProcessingResources": { "ClusterConfig": {
            "InstanceType": item.one_of("instances", &["ml.m5.xlarge", "ml.c5.4xlarge", "ml.g4dn.xlarge"]),
            "InstanceCount": 1 + item.draw("count").below(3),
            "VolumeSizeInGB": 30,
            "VolumeKmsKeyId": item.key("volume"),
        } },
        "NetworkConfig": {
            "EnableNetworkIsolation": item.percent("isolation", 50),
            "EnableInterContainerTrafficEncryption": item.percent("traffic", 50),
            "VpcConfig": item.vpc(),
        },
    })
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Completed", "Completed", "Completed", "Failed", "Stopped", "InProgress"])
}
