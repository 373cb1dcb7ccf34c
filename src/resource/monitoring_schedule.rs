//! Monitoring schedules, which can be changed at any time. What their jobs do stands in the schedule itself, or in a
//! definition that it names, which is described once in a place, whoever looks at it first.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sagemaker::{
    operation::describe_monitoring_schedule::DescribeMonitoringScheduleOutput,
    types::{MonitoringJobDefinition, MonitoringScheduleSummary, MonitoringType, NetworkConfig, ScheduleStatus},
};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    account_region::Sign,
    answer::{moment, said},
    data_quality_job_definition::DataQualityJobDefinition,
    job_definition::{self, JobDefinition, Monitored},
    listed::{self, Described, Line, Listed},
    model_bias_job_definition::ModelBiasJobDefinition,
    model_explainability_job_definition::ModelExplainabilityJobDefinition,
    model_quality_job_definition::ModelQualityJobDefinition,
};
use crate::{
    organization::Target,
    outcome::Refusal,
    scan::{cell::Cell, neighbours::Neighbours},
    session::gate::Gate,
};

/// The facts of a monitoring schedule.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MonitoringSchedule {
    /// `MonitoringScheduleStatus`: `Scheduled`, `Pending`, `Stopped` or `Failed`.
    pub status: Option<String>,
    /// `MonitoringType`.
    pub monitoring_type: Option<String>,
    /// `MonitoringScheduleConfig.MonitoringJobDefinitionName`.
    pub definition_name: Option<String>,
    /// What its jobs do, wherever it stands.
    pub definition: Definition,
}

/// The definition of the jobs of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Definition {
    /// It was read, in the schedule or where that names it.
    Read(JobDefinition),
    /// It could not be read: why.
    Unread(String),
}

impl Default for Definition {
    fn default() -> Self {
        Self::Unread("the schedule has none".to_owned())
    }
}

impl MonitoringSchedule {
    /// The definition that it names and that is still to be read.
    fn named(&self) -> Option<(Monitored, &str)> {
        let name = self.definition_name.as_deref().filter(|_| !self.is_whole())?;
        Some((Monitored::named(self.monitoring_type.as_deref()?)?, name))
    }

    /// Takes in what is known of the definition that it names.
    fn resolve(&mut self, neighbours: &Neighbours) {
        let Some((monitored, name)) = self.named() else { return };
        let facts = neighbours.facts(monitored.resource_type(), name);
        self.definition = match facts.as_ref().map(JobDefinition::among) {
            Some(Ok(definition)) => Definition::Read(definition.clone()),
            Some(Err(why)) => Definition::Unread(why.to_owned()),
            None => Definition::Unread("it was not looked up".to_owned()),
        };
    }
}

impl Kind for MonitoringSchedule {
    const NAME: &'static str = "AWS::SageMaker::MonitoringSchedule";
    const SLUG: &'static str = "monitoring-schedule";
    const ACTIONS: &'static [&'static str] = &[
        Self::LIST,
        Self::DESCRIBE,
        DataQualityJobDefinition::DESCRIBE,
        ModelBiasJobDefinition::DESCRIBE,
        ModelExplainabilityJobDefinition::DESCRIBE,
        ModelQualityJobDefinition::DESCRIBE,
    ];
    const SETTLED: Settled = Settled::Never;

    fn sign(&self) -> Option<Sign> {
        (self.status.as_deref() == Some("Scheduled")).then_some(Sign::Monitoring)
    }

    fn keys(&self) -> Vec<&str> {
        match &self.definition {
            Definition::Read(definition) => definition.keys(),
            Definition::Unread(_) => Vec::new(),
        }
    }

    fn is_whole(&self) -> bool {
        matches!(self.definition, Definition::Read(_))
    }

    /// Reads the definitions that schedules name, but for those that are known in the place already.
    async fn confirm(cell: &Cell, mut resources: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
        let mut unknown = BTreeMap::<Monitored, BTreeSet<String>>::new();
        for resource in &resources {
            let Facts::MonitoringSchedule(schedule) = &resource.facts else { continue };
            let Some((monitored, name)) = schedule.named() else { continue };
            if cell.neighbours().facts(monitored.resource_type(), name).is_none() {
                unknown.entry(monitored).or_default().insert(name.to_owned());
            }
        }
        let mut first_refusal = None;
        for (monitored, names) in unknown {
            let refusal = job_definition::read(cell, monitored, names).await;
            first_refusal = first_refusal.or(refusal);
        }
        for resource in &mut resources {
            if let Facts::MonitoringSchedule(schedule) = &mut resource.facts {
                schedule.resolve(cell.neighbours());
            }
        }
        (resources, first_refusal)
    }
}

impl Listed for MonitoringSchedule {
    const LIST: &'static str = "sagemaker:ListMonitoringSchedules";
    const DESCRIBE: &'static str = "sagemaker:DescribeMonitoringSchedule";

    listed::page!(list_monitoring_schedules, monitoring_schedule_summaries, "MonitoringScheduleSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_monitoring_schedule().monitoring_schedule_name(&line.name).send();
        let schedule = gate.call(Self::DESCRIBE, send).await?;
        let inline = schedule.monitoring_schedule_config().and_then(|config| config.monitoring_job_definition());
        Ok(Described {
            state: said(schedule.monitoring_schedule_status().map(ScheduleStatus::as_str)),
            modified_at: moment(schedule.last_modified_time()),
            role_arn: said(inline.and_then(|definition| definition.role_arn())),
            ..Described::new(facts(&schedule))
        })
    }

    async fn attempt(gate: &Gate, target: &Target, action: &'static str) -> Result<(), Refusal> {
        match action {
            DataQualityJobDefinition::DESCRIBE => {
                listed::attempt::<DataQualityJobDefinition>(gate, target, action).await
            }
            ModelBiasJobDefinition::DESCRIBE => listed::attempt::<ModelBiasJobDefinition>(gate, target, action).await,
            ModelExplainabilityJobDefinition::DESCRIBE => {
                listed::attempt::<ModelExplainabilityJobDefinition>(gate, target, action).await
            }
            ModelQualityJobDefinition::DESCRIBE => {
                listed::attempt::<ModelQualityJobDefinition>(gate, target, action).await
            }
            _ => listed::attempt::<Self>(gate, target, action).await,
        }
    }
}

fn line(schedule: &MonitoringScheduleSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(schedule.creation_time()),
        modified_at: moment(schedule.last_modified_time()),
        state: said(schedule.monitoring_schedule_status().map(ScheduleStatus::as_str)),
        ..Line::named(schedule.monitoring_schedule_name(), schedule.monitoring_schedule_arn())?
    })
}

fn facts(schedule: &DescribeMonitoringScheduleOutput) -> MonitoringSchedule {
    let config = schedule.monitoring_schedule_config();
    let monitoring_type = config.and_then(|config| config.monitoring_type()).or(schedule.monitoring_type());
    let monitoring_type = said(monitoring_type.map(MonitoringType::as_str));
    let definition_name = said(config.and_then(|config| config.monitoring_job_definition_name()));
    let definition = match (config.and_then(|config| config.monitoring_job_definition()), &definition_name) {
        (Some(definition), _) => Definition::Read(inline(definition)),
        (None, Some(_)) => Definition::Unread(match &monitoring_type {
            Some(name) => format!("definitions of the monitoring type {name} are not known to this version"),
            None => "its monitoring type is not told".to_owned(),
        }),
        (None, None) => Definition::default(),
    };
    MonitoringSchedule {
        status: said(schedule.monitoring_schedule_status().map(ScheduleStatus::as_str)),
        monitoring_type,
        definition_name,
        definition,
    }
}

fn inline(definition: &MonitoringJobDefinition) -> JobDefinition {
    let network = definition.network_config();
    JobDefinition::new(definition.monitoring_resources(), definition.monitoring_output_config()).on_network(
        network.and_then(NetworkConfig::enable_network_isolation),
        network.and_then(NetworkConfig::enable_inter_container_traffic_encryption),
        network.and_then(|network| network.vpc_config()),
    )
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{
        MonitoringClusterConfig, MonitoringResources, MonitoringScheduleConfig, ProcessingInstanceType,
    };

    use super::*;
    use crate::resource::ResourceType;

    fn described(config: MonitoringScheduleConfig) -> MonitoringSchedule {
        facts(&DescribeMonitoringScheduleOutput::builder().monitoring_schedule_config(config).build())
    }

    fn naming(monitoring_type: &str) -> MonitoringSchedule {
        let monitoring_type = MonitoringType::from(monitoring_type);
        let config = MonitoringScheduleConfig::builder().monitoring_job_definition_name("weekly");
        described(config.monitoring_type(monitoring_type).build())
    }

    #[test]
    fn an_inline_definition_is_read_where_it_stands() {
        let cluster = MonitoringClusterConfig::builder().instance_type(ProcessingInstanceType::MlM5Large);
        let definition = MonitoringJobDefinition::builder()
            .monitoring_resources(
                MonitoringResources::builder().cluster_config(cluster.instance_count(2).build()).build(),
            )
            .network_config(NetworkConfig::builder().enable_network_isolation(true).build())
            .build();
        let schedule = described(MonitoringScheduleConfig::builder().monitoring_job_definition(definition).build());
        let Definition::Read(definition) = &schedule.definition else { panic!("{schedule:?}") };
        assert_eq!(definition.instance_type.as_deref(), Some("ml.m5.large"));
        assert_eq!((definition.instance_count, definition.network_isolation), (Some(2), true));
        assert!(schedule.named().is_none() && schedule.is_whole());
    }

    #[test]
    fn a_named_definition_is_taken_from_the_neighbours_by_its_type_and_name() {
        let neighbours = Neighbours::default();
        let bias = JobDefinition { instance_count: Some(3), ..JobDefinition::default() };
        neighbours.note(ResourceType::ModelBiasJobDefinition, "weekly", ModelBiasJobDefinition(bias.clone()).into());
        let quality = ResourceType::ModelQualityJobDefinition;
        let denied = Facts::Unreadable { resource_type: quality, why: "denied".to_owned() };
        neighbours.note(quality, "weekly", denied);
        for (monitoring_type, definition) in [
            ("ModelBias", Definition::Read(bias)),
            ("ModelQuality", Definition::Unread("denied".to_owned())),
            ("DataQuality", Definition::Unread("it was not looked up".to_owned())),
            (
                "ModelMood",
                Definition::Unread(
                    "definitions of the monitoring type ModelMood are not known to this version".to_owned(),
                ),
            ),
        ] {
            let mut schedule = naming(monitoring_type);
            assert!(!schedule.is_whole());
            schedule.resolve(&neighbours);
            assert_eq!(schedule.definition, definition, "{monitoring_type}");
        }
    }

    #[test]
    fn a_schedule_without_any_definition_stays_without_one() {
        let mut schedule = described(MonitoringScheduleConfig::builder().build());
        schedule.resolve(&Neighbours::default());
        assert_eq!(schedule.definition, Definition::default());
    }
}
