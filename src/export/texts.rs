//! What a check says of itself, which no row of `findings` carries: its title, why it matters, what mends a FAIL.

use std::{collections::HashMap, sync::LazyLock};

use crate::check::{Check, Framework, Remediation, profile::Profile};

use super::row::Row;

/// The texts of a check.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts {
    check: Option<&'static Check>,
}

static CHECKS: LazyLock<HashMap<&'static str, &'static Check>> =
    LazyLock::new(|| Profile::Both.checks().map(|check| (check.id, check)).collect());

/// The page of Security Hub about its controls of SageMaker, which says for each what mends it.
const CONTROLS: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html";

impl Texts {
    /// The texts of the check of a finding. One that another version of this program put has none here.
    pub(super) fn of(row: &Row<'_>) -> Self {
        Self { check: CHECKS.get(row.check_id).copied() }
    }

    /// What should hold; the id of a check that is not known.
    pub(super) fn title<'a>(self, row: &Row<'a>) -> &'a str {
        self.check.map_or(row.check_id, |check| check.title)
    }

    /// Why it matters.
    pub(super) fn rationale(self) -> Option<&'static str> {
        self.check.map(|check| check.rationale)
    }

    /// What it is a control of.
    pub(super) fn control(self) -> Option<&'static str> {
        self.check.map(|check| check.control.as_str())
    }

    /// What mends a FAIL of the resource.
    pub(super) fn remediation(self, row: &Row<'_>) -> Option<String> {
        let Row { resource_name, resource_arn, region, account_id, .. } = row;
        let summary = self.check?.remediation.summary;
        Some(Remediation::filled(summary, resource_name, resource_arn, region, account_id))
    }

    /// Pages that say more of it.
    pub(super) fn references(self) -> Vec<String> {
        let requirements = self.check.map(Check::requirements).unwrap_or_default();
        let controls = requirements.iter().filter(|one| one.0 == Framework::AwsFsbp);
        // The anchor of SageMaker.7 is sagemaker-7.
        controls.map(|one| format!("{CONTROLS}#{}", one.1.to_ascii_lowercase().replace('.', "-"))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_security_hub_has_too_refers_to_its_page() {
        let check = CHECKS.get("notebook-instance-vpc").copied();
        assert_eq!(Texts { check }.references(), [format!("{CONTROLS}#sagemaker-2")]);
        assert!(Texts { check: None }.references().is_empty());
    }
}
