//! What a run says of its checks: title, why it matters, what mends a FAIL, whom it serves. No row of `findings` carries it.
//!
//! It comes from the run's own tables `checks` and `check_requirements`, so that what is exported of an old run speaks as
//! that run did, and not as this version of the program would.

use std::collections::HashMap;

use arrow_array::RecordBatch;

use super::{ExportError, row::Row};
use crate::{
    check::{Framework, Remediation},
    lake::{
        Table,
        read::{ReadError, View},
    },
};

/// The texts of every check of a run, by its id.
#[derive(Debug)]
pub(super) struct Catalogue(HashMap<String, Texts>);

/// The texts of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Texts {
    /// What should hold.
    pub(super) title: String,
    /// Why it matters.
    pub(super) rationale: String,
    /// What it is a control of.
    pub(super) control: String,
    /// What mends a FAIL, with places for the names of a resource.
    remediation: String,
    /// The names of the frameworks that it serves.
    pub(super) frameworks: Vec<String>,
    /// Pages that say more of it.
    pub(super) references: Vec<String>,
}

/// The page of Security Hub about its controls of SageMaker, which says for each what mends it.
const CONTROLS: &str = "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html";

impl Catalogue {
    /// Reads both tables, which are small. Without a row in `checks` there is none.
    pub(super) fn read(
        checks: impl Iterator<Item = Result<RecordBatch, ReadError>>,
        requirements: impl Iterator<Item = Result<RecordBatch, ReadError>>,
    ) -> Result<Option<Self>, ReadError> {
        let mut texts = HashMap::new();
        for batch in checks {
            let batch = batch?;
            let columns = View { table: Table::Checks, batch: &batch };
            let [ids, titles, rationales, controls, remediations] =
                ["check_id", "title", "rationale", "control", "remediation"].map(|name| columns.texts(name));
            let (ids, titles, rationales, controls, remediations) =
                (ids?, titles?, rationales?, controls?, remediations?);
            texts.extend((0..batch.num_rows()).map(|row| {
                let own = Texts {
                    title: titles.value(row).to_owned(),
                    rationale: rationales.value(row).to_owned(),
                    control: controls.value(row).to_owned(),
                    remediation: remediations.value(row).to_owned(),
                    frameworks: Vec::new(),
                    references: Vec::new(),
                };
                (ids.value(row).to_owned(), own)
            }));
        }
        for batch in requirements {
            let batch = batch?;
            let columns = View { table: Table::CheckRequirements, batch: &batch };
            let [ids, frameworks, names, requirements] =
                ["check_id", "framework", "framework_name", "requirement"].map(|name| columns.texts(name));
            let (ids, frameworks, names, requirements) = (ids?, frameworks?, names?, requirements?);
            for row in 0..batch.num_rows() {
                if let Some(texts) = texts.get_mut(ids.value(row)) {
                    texts.serves(frameworks.value(row), names.value(row), requirements.value(row));
                }
            }
        }
        Ok((!texts.is_empty()).then_some(Self(texts)))
    }

    /// The texts of the check of a finding.
    pub(super) fn of(&self, row: &Row<'_>) -> Result<&Texts, ExportError> {
        self.0.get(row.check_id).ok_or_else(|| ExportError::NoSuchCheck(row.check_id.to_owned()))
    }
}

impl Texts {
    /// Adds a requirement.
    fn serves(&mut self, framework: &str, name: &str, requirement: &str) {
        if self.frameworks.iter().all(|known| known != name) {
            self.frameworks.push(name.to_owned());
        }
        if framework == Framework::AwsFsbp.slug() {
            // The anchor of SageMaker.7 is sagemaker-7.
            self.references.push(format!("{CONTROLS}#{}", requirement.to_ascii_lowercase().replace('.', "-")));
        }
    }

    /// What mends a FAIL of the resource.
    pub(super) fn remediation(&self, row: &Row<'_>) -> String {
        let Row { resource_name, resource_arn, region, account_id, .. } = row;
        Remediation::filled(&self.remediation, resource_name, resource_arn, region, account_id)
    }
}
