//! What a check says of itself, as the catalogue of the run has it: its title, why it matters, what mends a FAIL. So an
//! old run is exported with the words of its time, whatever this version says.

use std::collections::HashMap;

use super::row::Row;
use crate::{
    check::{Framework, Remediation},
    lake::{
        Table,
        published::Fetched,
        read::{ReadError, View},
    },
};

/// The texts of the checks of a run, by their ids.
#[derive(Debug, Default)]
pub struct Catalogue(HashMap<String, Check>);

/// What a run says of a check.
#[derive(Debug)]
struct Check {
    title: String,
    rationale: String,
    control: String,
    remediation: String,
    /// The controls of Security Hub that it serves.
    controls: Vec<String>,
}

/// The texts of one check.
#[derive(Debug, Clone, Copy)]
pub(super) struct Texts<'c>(Option<&'c Check>);

/// The page of Security Hub about its controls of SageMaker, which says for each what mends it.
const CONTROLS: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html";

impl Catalogue {
    /// Reads the tables `checks` and `check_requirements` of a run. One that was published without them has no texts.
    pub fn read(checks: &Fetched, requirements: &Fetched) -> Result<Self, ReadError> {
        let mut known = HashMap::new();
        for batch in checks.batches(&["check_id", "title", "rationale", "control", "remediation"]) {
            let batch = batch?;
            let view = View { table: Table::Checks, batch: &batch };
            let [ids, titles, rationales, controls, remediations] =
                ["check_id", "title", "rationale", "control", "remediation"].map(|name| view.texts(name));
            let (ids, titles, rationales) = (ids?, titles?, rationales?);
            let (controls, remediations) = (controls?, remediations?);
            known.extend((0..batch.num_rows()).map(|row| {
                let text = |texts: &arrow_array::StringArray| texts.value(row).to_owned();
                let check = Check {
                    title: text(titles),
                    rationale: text(rationales),
                    control: text(controls),
                    remediation: text(remediations),
                    controls: Vec::new(),
                };
                (text(ids), check)
            }));
        }
        for batch in requirements.batches(&["check_id", "framework", "requirement"]) {
            let batch = batch?;
            let view = View { table: Table::CheckRequirements, batch: &batch };
            let (ids, frameworks) = (view.texts("check_id")?, view.texts("framework")?);
            let requirements = view.texts("requirement")?;
            for row in (0..batch.num_rows()).filter(|row| frameworks.value(*row) == Framework::AwsFsbp.slug()) {
                if let Some(check) = known.get_mut(ids.value(row)) {
                    check.controls.push(requirements.value(row).to_owned());
                }
            }
        }
        Ok(Self(known))
    }

    /// The texts of the check of a finding.
    pub(super) fn of(&self, row: &Row<'_>) -> Texts<'_> {
        Texts(self.0.get(row.check_id))
    }
}

impl<'c> Texts<'c> {
    /// What should hold; the id of a check of which the run says nothing.
    pub(super) fn title<'r: 'o, 'o>(self, row: &Row<'r>) -> &'o str
    where
        'c: 'o,
    {
        self.0.map_or(row.check_id, |check| check.title.as_str())
    }

    /// Why it matters.
    pub(super) fn rationale(self) -> Option<&'c str> {
        self.0.map(|check| check.rationale.as_str())
    }

    /// What it is a control of.
    pub(super) fn control(self) -> Option<&'c str> {
        self.0.map(|check| check.control.as_str())
    }

    /// What mends a FAIL of the resource.
    pub(super) fn remediation(self, row: &Row<'_>) -> Option<String> {
        let Row { resource_name, resource_arn, region, account_id, .. } = row;
        let summary = &self.0?.remediation;
        Some(Remediation::filled(summary, resource_name, resource_arn, region, account_id))
    }

    /// Pages that say more of it.
    pub(super) fn references(self) -> Vec<String> {
        let controls = self.0.map(|check| check.controls.as_slice()).unwrap_or_default();
        // The anchor of SageMaker.7 is sagemaker-7.
        controls
            .iter()
            .map(|control| format!("{CONTROLS}#{}", control.to_ascii_lowercase().replace('.', "-")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::profile::Profile,
        lake::{
            check_requirements::{self, served},
            checks::{self, Listed},
            column::batch,
            samples::context,
        },
    };

    impl Catalogue {
        /// That of a run of this version.
        pub(in crate::export) fn ours() -> Self {
            let listed = Profile::Sagesweep.checks().map(|check| Listed { check, is_selected: true });
            let listed = listed.collect::<Vec<_>>();
            let checks = batch(&checks::columns(), &listed, &context()).unwrap();
            let requirements = batch(&check_requirements::columns(), &served(&listed), &context()).unwrap();
            Self::read(&Fetched::of(&checks), &Fetched::of(&requirements)).unwrap()
        }
    }

    #[test]
    fn the_words_are_those_of_the_tables_of_the_run() {
        let catalogue = Catalogue::ours();
        assert_eq!(catalogue.0.len(), Profile::Sagesweep.checks().count());
        let texts = Texts(catalogue.0.get("notebook-instance-vpc"));
        let check = Profile::Sagesweep.checks().find(|check| check.id == "notebook-instance-vpc").unwrap();
        assert_eq!((texts.rationale(), texts.control()), (Some(check.rationale), Some(check.control.as_str())));
        assert_eq!(texts.references(), [format!("{CONTROLS}#sagemaker-2")]);
    }

    #[test]
    fn a_check_of_which_the_run_says_nothing_has_no_words() {
        let texts = Texts(None);
        assert!(texts.references().is_empty() && texts.rationale().is_none());
    }
}
