//! The checks of monitoring schedules, which are judged by the definition that they use, wherever that stands.

use serde_json::json;

use crate::{
    finding::{Status, Verdict},
    resource::{
        job_definition::JobDefinition,
        monitoring_schedule::{Definition, MonitoringSchedule},
    },
};

pub mod customer_managed_keys;
pub mod inter_container_encryption;
pub mod network_isolation;
pub mod scheduled;

/// What is said of the definition of a schedule's jobs; UNKNOWN where it could not be read.
fn judged(schedule: &MonitoringSchedule, judge: impl FnOnce(&JobDefinition) -> Verdict) -> Verdict {
    let why = match &schedule.definition {
        Definition::Read(definition) => return judge(definition),
        Definition::Unread(why) => why,
    };
    let name = schedule.definition_name.as_deref();
    let of = name.map(|name| format!(" {name}")).unwrap_or_default();
    Verdict::new(Status::Unknown, "definition_unreadable", format!("the job definition{of} could not be read ({why})"))
        .with_evidence(|| {
            json!({
                "MonitoringJobDefinitionName": name,
                "MonitoringType": schedule.monitoring_type,
                "unread": why,
            })
        })
}

/// How the jobs of a schedule come to have these members, wherever its definition stands.
macro_rules! redefined {
    ($members:literal, $python:expr, $code:literal) => {
        $crate::check::Remediation {
            summary: concat!(
                "Update the schedule to a definition with ", $members, " set: its own MonitoringJobDefinition or, where it \
                 names one, which cannot be changed, another that takes the place of that."
            ),
            console: "SageMaker AI > Governance > Model dashboard > the model > Monitor schedule > {name} shows what it uses. \
                      The console cannot set everything: update the schedule with the AWS CLI or an SDK.",
            cli: concat!(
                "aws sagemaker describe-monitoring-schedule --region {region} --monitoring-schedule-name {name} \\\n  \
                 --query MonitoringScheduleConfig > schedule-config.json\n\
                 # where it holds a MonitoringJobDefinition, set ", $members, " in that;\n\
                 # where it holds a MonitoringJobDefinitionName, create a definition that has it set and write its name there:\n\
                 aws sagemaker update-monitoring-schedule --region {region} --monitoring-schedule-name {name} \\\n  \
                 --monitoring-schedule-config file://schedule-config.json"
            ),
            python: $python,
            code: concat!(
                "Type: AWS::SageMaker::MonitoringSchedule\nProperties:\n  MonitoringScheduleConfig:\n    \
                 MonitoringJobDefinition: # or in the definition that MonitoringJobDefinitionName names\n", $code
            ),
        }
    };
}

use redefined;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{Check, alone},
        resource::job_definition::JobDefinition,
    };

    /// What a check says of a schedule with this definition, which is UNKNOWN where it could not be read.
    pub(super) fn told(check: &Check, definition: JobDefinition) -> (Status, String) {
        let unread = MonitoringSchedule { definition_name: Some("weekly".to_owned()), ..MonitoringSchedule::default() };
        let unknown = alone::told(check, unread.clone(), alone::with_keys());
        assert_eq!(unknown, (Status::Unknown, "definition_unreadable".to_owned()));
        let read = MonitoringSchedule { definition: Definition::Read(definition), ..unread };
        alone::told(check, read, alone::with_keys())
    }

    #[test]
    fn a_definition_that_could_not_be_read_is_named_with_the_reason() {
        let definition = Definition::Unread("it does not exist".to_owned());
        let definition_name = Some("weekly".to_owned());
        let schedule = MonitoringSchedule { definition_name, definition, ..MonitoringSchedule::default() };
        let verdict = judged(&schedule, |_| unreachable!());
        assert_eq!(verdict.reason(), "the job definition weekly could not be read (it does not exist)");
    }
}
