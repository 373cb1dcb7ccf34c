//! Monitoring schedules as SageMaker writes them: some define their jobs themselves, others name a definition of the
//! same place, which may have been deleted.

use serde_json::{Value, json};

use super::super::operation::Operation;
use super::job_definition::{self, network, output, resources};
use super::{Item, MOST, Stock};

pub(super) static STOCK: Stock = Stock {
    list: Operation::ListMonitoringSchedules,
    describe: Operation::DescribeMonitoringSchedule,
    arn_type: "monitoring-schedule",
    lines: "MonitoringScheduleSummaries",
    asked_by: "MonitoringScheduleName",
    summary,
    description,
};

fn summary(item: &Item<'_>) -> Value {
    json!({
        "MonitoringScheduleName": item.name,
        "MonitoringScheduleArn": item.arn,
        "MonitoringScheduleStatus": status(item),
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "EndpointName": "churn",
        "MonitoringType": monitored(item).0,
        "MonitoringJobDefinitionName": definition_name(item),
    })
}

fn description(item: &Item<'_>) -> Value {
    let (monitoring_type, _) = monitored(item);
    let definition = json!({
        "MonitoringInputs": [{ "EndpointInput": { "EndpointName": "churn", "LocalPath": "/opt/ml/processing/input" } }],
        "MonitoringOutputConfig": output(item),
        "MonitoringResources": resources(item),
        "MonitoringAppSpecification": {
            "ImageUri": "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer",
        },
        "NetworkConfig": network(item),
        "RoleArn": item.role(),
    });
    let name = definition_name(item);
    json!({
        "MonitoringScheduleName": item.name,
        "MonitoringScheduleArn": item.arn,
        "MonitoringScheduleStatus": status(item),
        "MonitoringType": monitoring_type,
        "CreationTime": item.created(),
        "LastModifiedTime": item.created(),
        "EndpointName": "churn",
        "MonitoringScheduleConfig": {
            "ScheduleConfig": { "ScheduleExpression": "cron(0 * ? * * *)" },
            "MonitoringJobDefinition": if name.is_none() { definition } else { Value::Null },
            "MonitoringJobDefinitionName": name,
            "MonitoringType": monitoring_type,
        },
    })
}

/// The `MonitoringType`, and the type of the definition that goes with it.
fn monitored(item: &Item<'_>) -> (&'static str, &'static str) {
    match item.draw("type").below(4) {
        0 => ("ModelQuality", job_definition::MODEL_QUALITY.arn_type),
        1 => ("ModelBias", job_definition::MODEL_BIAS.arn_type),
        2 => ("ModelExplainability", job_definition::MODEL_EXPLAINABILITY.arn_type),
        _ => ("DataQuality", job_definition::DATA_QUALITY.arn_type),
    }
}

fn definition_name(item: &Item<'_>) -> Option<String> {
    let (_, arn_type) = monitored(item);
    let index = item.draw("definition").below(MOST);
    item.percent("named", 60).then(|| format!("{}-{arn_type}-{index}", item.cell.team))
}

fn status(item: &Item<'_>) -> &'static str {
    item.one_of("status", &["Scheduled", "Scheduled", "Stopped", "Failed", "Pending"])
}
