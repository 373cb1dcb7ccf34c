//! The checks of hyperparameter tuning jobs. Each is put to every training definition, and the worst decides.

use serde_json::json;

use super::worst;
use crate::{
    finding::{Status, Verdict},
    resource::hyper_parameter_tuning_job::{Definition, HyperParameterTuningJob},
};

/// Commands that create a job like the one described, with a change made by `jq` to each of its training definitions.
macro_rules! again {
    ($change:literal) => {
        concat!(
            "aws sagemaker describe-hyper-parameter-tuning-job --region {region} \\\n  \
             --hyper-parameter-tuning-job-name {name} |\n  \
             jq '{ Autotune, HyperParameterTuningJobConfig, TrainingJobDefinition, TrainingJobDefinitions,\n    \
             WarmStartConfig } | del(.. | nulls) |\n    \
             ((.TrainingJobDefinition | objects), .TrainingJobDefinitions[]?) |= (\n    \
             del(.StaticHyperParameters._tuning_objective_metric) |\n    ",
            $change,
            ")' > job.json\n\
             aws sagemaker create-hyper-parameter-tuning-job --region {region} \\\n  \
             --hyper-parameter-tuning-job-name … --cli-input-json file://job.json"
        )
    };
}

pub mod customer_managed_keys;
pub mod inter_container_encryption;
pub mod network_isolation;
pub mod vpc;

/// Puts a judgement to each training definition.
fn each(job: &HyperParameterTuningJob, judge: impl Fn(&Definition) -> Verdict) -> Verdict {
    let name =
        |index: usize, definition: &Definition| definition.name.clone().unwrap_or_else(|| (index + 1).to_string());
    let named = job.definitions.iter().enumerate();
    let parts = named.map(|(index, definition)| (name(index, definition), judge(definition))).collect::<Vec<_>>();
    worst::of("training definition", &parts).unwrap_or_else(|| {
        let text = "the tuning job names no training definition, so what its training jobs have is not known";
        Verdict::new(Status::Unknown, "definitions_absent", text)
            .with_evidence(|| json!({ "TrainingJobDefinition": null, "TrainingJobDefinitions": [] }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_without_a_name_goes_by_its_number_and_no_definition_is_unknown() {
        let definition = |name: Option<&str>, is_well: bool| Definition {
            name: name.map(ToOwned::to_owned),
            network_isolation: is_well,
            ..Definition::default()
        };
        let judge = |definition: &Definition| crate::check::setting::network_isolation(definition.network_isolation);
        let told = |definitions| each(&HyperParameterTuningJob { definitions }, judge);
        let worst = told(vec![definition(Some("a"), true), definition(None, false)]);
        assert_eq!(
            (worst.status, &*worst.reason()),
            (Status::Fail, "training definition 2: network isolation is not enabled")
        );
        let none = told(Vec::new());
        assert_eq!((none.status, &*none.reason_code()), (Status::Unknown, "definitions_absent"));
        assert!(none.evidence.is_some());
    }
}
