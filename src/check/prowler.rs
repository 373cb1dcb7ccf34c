//! The checks of Prowler 5.46 under their own ids, with its logic and its mistakes, put to the facts that we read: so the
//! same organization can be judged both ways and compared row by row. They are put to resources only by a profile.
//!
//! Only the judgement is Prowler's. What was not seen is coverage here as everywhere, MANUAL is UNKNOWN. Where Prowler judges
//! a region (by its Clarify jobs, schedules or approved packages), a check stands twice: for the region, which carries the
//! row that Prowler makes of it, and for the resources by which it is judged.

use serde_json::json;

use super::{Check, Evaluate, Evidence, setting};
use crate::finding::{Severity, Status, Verdict};

pub mod sagemaker_clarify_exists;
pub mod sagemaker_domain_sso_configured;
pub mod sagemaker_endpoint_config_kms_encryption_enabled;
pub mod sagemaker_endpoint_config_prod_variant_instances;
pub mod sagemaker_models_monitor_enabled;
pub mod sagemaker_models_network_isolation_enabled;
pub mod sagemaker_models_registry_in_use;
pub mod sagemaker_models_vpc_settings_configured;
pub mod sagemaker_notebook_instance_encryption_enabled;
pub mod sagemaker_notebook_instance_no_secrets;
pub mod sagemaker_notebook_instance_root_access_disabled;
pub mod sagemaker_notebook_instance_vpc_settings_configured;
pub mod sagemaker_notebook_instance_without_direct_internet_access_configured;
pub mod sagemaker_training_jobs_intercontainer_encryption_enabled;
pub mod sagemaker_training_jobs_network_isolation_enabled;
pub mod sagemaker_training_jobs_volume_and_output_encryption_enabled;
pub mod sagemaker_training_jobs_vpc_settings_configured;

/// A check of Prowler.
#[derive(Debug)]
pub struct Rule {
    /// The check.
    pub check: Check,
    /// What it says of a resource whose description was refused.
    pub refused: Refused,
}

/// What Prowler says of a resource whose description was refused: it judges the members that it did not get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// PASS, since nothing bad was read.
    Passes,
    /// FAIL, since nothing good was read.
    Fails,
    /// MANUAL.
    Manual,
    /// It counts for nothing.
    PassedOver,
}

/// Every check of Prowler that is put to resources, in the order of its id; one that judges regions stands twice.
pub static RULES: &[&Rule] = &[
    &sagemaker_clarify_exists::RULE,
    &sagemaker_clarify_exists::REGION,
    &sagemaker_domain_sso_configured::RULE,
    &sagemaker_endpoint_config_kms_encryption_enabled::RULE,
    &sagemaker_endpoint_config_prod_variant_instances::RULE,
    &sagemaker_models_monitor_enabled::RULE,
    &sagemaker_models_monitor_enabled::REGION,
    &sagemaker_models_network_isolation_enabled::RULE,
    &sagemaker_models_registry_in_use::RULE,
    &sagemaker_models_registry_in_use::REGION,
    &sagemaker_models_vpc_settings_configured::RULE,
    &sagemaker_notebook_instance_encryption_enabled::RULE,
    &sagemaker_notebook_instance_no_secrets::RULE,
    &sagemaker_notebook_instance_root_access_disabled::RULE,
    &sagemaker_notebook_instance_vpc_settings_configured::RULE,
    &sagemaker_notebook_instance_without_direct_internet_access_configured::RULE,
    &sagemaker_training_jobs_intercontainer_encryption_enabled::RULE,
    &sagemaker_training_jobs_network_isolation_enabled::RULE,
    &sagemaker_training_jobs_volume_and_output_encryption_enabled::RULE,
    &sagemaker_training_jobs_vpc_settings_configured::RULE,
];

/// What is common to a check of ours and the one of Prowler that stands for it.
struct Like {
    /// Ours, which lends what Prowler has no better words for.
    ours: &'static Check,
    id: &'static str,
    title: &'static str,
    severity: Severity,
    reads: &'static [&'static str],
    needs: &'static [Evidence],
    evaluate: Evaluate,
}

impl Like {
    const fn check(self) -> Check {
        Check {
            id: self.id,
            version: 1,
            title: self.title,
            severity: self.severity,
            rationale: self.ours.rationale,
            remediation: self.ours.remediation,
            reads: self.reads,
            control: self.ours.control,
            serves: &[],
            needs: self.needs,
            by_default: true,
            evaluate: self.evaluate,
        }
    }
}

/// A key of volumes, of which Prowler asks only whether one is named.
fn volume_key(is_named: bool, member: &'static str) -> Verdict {
    let named = ("volume_key_named", "a volume key is named");
    setting::required(is_named, named, ("volume_key_absent", "no volume key is named"), member)
}

/// The verdict of a check of Prowler on a resource whose description was refused; none for a check of ours.
pub(super) fn of_refused(check: &Check, why: &str) -> Option<Verdict> {
    let rule = RULES.iter().find(|rule| std::ptr::eq(&raw const rule.check, check))?;
    let (status, text) = match rule.refused {
        Refused::Passes => (Status::Pass, "Prowler passes what it could not describe"),
        Refused::Fails => (Status::Fail, "Prowler fails what it could not describe"),
        Refused::Manual => (Status::Unknown, "Prowler asks people to look at what it could not describe"),
        Refused::PassedOver => (Status::NotApplicable, "Prowler passes over what it could not describe"),
    };
    let verdict = Verdict::new(status, "description_refused", format!("{text} ({why})"));
    Some(verdict.with_evidence(|| json!({ "refused": why })))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;
    use crate::{
        check::{
            alone,
            compatibility::{Catalogue, EQUIVALENTS},
        },
        resource::Facts,
    };

    #[test]
    fn every_check_is_one_of_prowler_named_after_its_file() {
        assert!(RULES.is_sorted_by_key(|rule| rule.check.id));
        let known = EQUIVALENTS.iter().filter(|one| one.catalogue == Catalogue::Prowler).map(|one| one.id);
        let ids = RULES.iter().map(|rule| rule.check.id).collect::<BTreeSet<_>>();
        assert_eq!(ids, known.collect());
        for id in ids {
            let file = format!("{}/src/check/prowler/{id}.rs", env!("CARGO_MANIFEST_DIR"));
            assert!(Path::new(&file).is_file(), "{file}");
        }
    }

    #[test]
    fn a_refused_description_is_what_prowler_makes_of_missing_members() {
        for rule in RULES {
            let facts = Facts::Unreadable { resource_type: rule.check.resource_type(), why: "denied".to_owned() };
            let (status, code) = alone::told(&rule.check, facts, alone::context());
            let expected = match rule.refused {
                Refused::Passes => Status::Pass,
                Refused::Fails => Status::Fail,
                Refused::Manual => Status::Unknown,
                Refused::PassedOver => Status::NotApplicable,
            };
            assert_eq!((status, &*code), (expected, "description_refused"), "{}", rule.check.id);
        }
    }
}
