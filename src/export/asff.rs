//! Findings as inputs of Security Hub's `BatchImportFindings`: a line each, of at most 100 findings of one account and region.
//!
//! A finding is imported in its own account and region, under the default product of that account. Texts are cut to what
//! the format (ASFF) takes; with all of them at their longest, a finding stays below the 240 KB that it may have.

use std::{io::Write, mem};

use jiff::{Timestamp, Unit};
use serde_json::{Map, Value, json};

use super::{
    ExportError,
    json::line,
    ocsf::FINDING_TYPE,
    row::Row,
    texts::{Catalogue, Texts},
};
use crate::{
    finding::{Severity, Status},
    lake::runs::RunRow,
};

/// Findings of one call at most.
const BATCH: usize = 100;

const ACCOUNT_NAME: usize = 50;
const TITLE: usize = 256;
const DESCRIPTION: usize = 1_024;
const RECOMMENDATION: usize = 512;
const REQUIREMENTS: usize = 32;
const REQUIREMENT: usize = 64;
const TAGS: usize = 50;
const TAG_VALUE: usize = 256;
const PRODUCT_FIELD: usize = 2_048;
const DETAIL: usize = 1_024;

/// Gathers findings of a run into inputs.
#[derive(Debug)]
pub(super) struct Batches<'a> {
    run: &'a RunRow,
    catalogue: &'a Catalogue,
    findings: Vec<Value>,
    /// Account and region of those.
    place: (String, String),
}

impl<'a> Batches<'a> {
    /// None yet.
    pub(super) fn new(run: &'a RunRow, catalogue: &'a Catalogue) -> Self {
        Self { run, catalogue, findings: Vec::new(), place: (String::new(), String::new()) }
    }

    /// Adds a finding; writes the input that it does not fit into any more.
    pub(super) fn add(&mut self, out: &mut impl Write, row: &Row<'_>) -> Result<(), ExportError> {
        let is_here = self.place.0 == row.account_id && self.place.1 == row.region;
        if !is_here || self.findings.len() >= BATCH {
            self.write(out)?;
            self.place = (row.account_id.to_owned(), row.region.to_owned());
        }
        self.findings.push(finding(row, self.catalogue.of(row)?, self.run));
        Ok(())
    }

    /// Writes what was gathered, if there is something.
    pub(super) fn write(&mut self, out: &mut impl Write) -> Result<(), ExportError> {
        match mem::take(&mut self.findings) {
            none if none.is_empty() => Ok(()),
            findings => Ok(line(out, &json!({ "Findings": findings }))?),
        }
    }
}

fn finding(row: &Row<'_>, texts: &Texts, run: &RunRow) -> Value {
    let Row { partition, region, account_id, .. } = row;
    let first = row.first_failed_at.unwrap_or(row.observed_at);
    let mut recommendation = Map::from_iter([("Text".to_owned(), json!(cut(&texts.remediation(row), RECOMMENDATION)))]);
    if let Some(page) = texts.references.first() {
        recommendation.insert("Url".to_owned(), json!(page));
    }
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": format!("sagesweep/{}", row.uid()),
        "ProductArn": format!("arn:{partition}:securityhub:{region}:{account_id}:product/{account_id}/default"),
        "ProductName": "sagesweep",
        "CompanyName": "sagesweep",
        "GeneratorId": format!("sagesweep/{}", row.check_id),
        "AwsAccountId": account_id,
        "AwsAccountName": cut(row.account_name, ACCOUNT_NAME),
        "CreatedAt": instant(first),
        "UpdatedAt": instant(run.facts.started_at.max(first)),
        "FirstObservedAt": instant(first),
        "LastObservedAt": instant(row.observed_at.max(first)),
        "Title": cut(&texts.title, TITLE),
        "Description": cut(&format!("{}: {}", row.status.as_str(), row.reason), DESCRIPTION),
        "FindingProviderFields": {
            "Severity": { "Label": label(row), "Original": row.severity.as_str() },
            "Types": [FINDING_TYPE],
        },
        "ProductFields": product_fields(row, run),
        "Resources": [resource(row)],
        "Compliance": {
            "Status": compliance(row.status),
            "RelatedRequirements":
                row.standards.iter().take(REQUIREMENTS).map(|text| cut(text, REQUIREMENT)).collect::<Vec<_>>(),
        },
        "RecordState": if row.is_over() { "ARCHIVED" } else { "ACTIVE" },
        "Remediation": { "Recommendation": recommendation },
    })
}

fn resource(row: &Row<'_>) -> Value {
    // The one type of SageMaker that the format knows.
    let resource_type = match row.resource_type {
        "AWS::SageMaker::NotebookInstance" => "AwsSageMakerNotebookInstance",
        _ => "Other",
    };
    let mut details = Map::from_iter([
        ("ResourceType".to_owned(), json!(cut(row.resource_type, DETAIL))),
        ("ResourceName".to_owned(), json!(cut(row.resource_name, DETAIL))),
    ]);
    if let Some(created_at) = row.resource_created_at {
        details.insert("CreatedAt".to_owned(), json!(instant(created_at)));
    }
    if let Some(owner) = row.owner {
        details.insert("Owner".to_owned(), json!(cut(owner, DETAIL)));
    }
    let mut resource = json!({
        "Type": resource_type,
        "Id": row.resource_arn,
        "Partition": row.partition,
        "Region": row.region,
        "Details": { "Other": details },
    });
    if let Some(members) = resource.as_object_mut().filter(|_| !row.tags.is_empty()) {
        let tags = row.tags.iter().take(TAGS).map(|(key, value)| (key.clone(), json!(cut(value, TAG_VALUE))));
        members.insert("Tags".to_owned(), Value::Object(tags.collect()));
    }
    resource
}

/// What has no place of its own.
fn product_fields(row: &Row<'_>, run: &RunRow) -> Value {
    let fields = [
        ("run_id", Some(row.run_id)),
        ("engine_version", Some(run.facts.engine_version.as_str())),
        ("check_id", Some(row.check_id)),
        ("reason_code", Some(row.reason_code)),
        ("evidence_json", row.evidence_json),
        ("org_id", row.org_id),
        ("ou_id", row.ou_id),
        ("ou_path", row.ou_path),
        ("exception_id", row.exception.map(|exception| exception.id)),
    ];
    let check_version = row.check_version.to_string();
    let fields = fields.into_iter().chain([("check_version", Some(check_version.as_str()))]);
    let fields = fields.filter_map(|(name, value)| value.filter(|value| !value.is_empty()).map(|value| (name, value)));
    let named = |(name, value)| (format!("sagesweep/{name}"), json!(cut(value, PRODUCT_FIELD)));
    Value::Object(fields.map(named).collect())
}

/// What passes, or cannot apply, asks for nothing.
fn label(row: &Row<'_>) -> &'static str {
    match (row.status, row.severity) {
        (Status::Pass | Status::NotApplicable, _) | (_, Severity::Informational) => "INFORMATIONAL",
        (_, Severity::Low) => "LOW",
        (_, Severity::Medium) => "MEDIUM",
        (_, Severity::High) => "HIGH",
        (_, Severity::Critical) => "CRITICAL",
    }
}

fn compliance(status: Status) -> &'static str {
    match status {
        Status::Pass => "PASSED",
        Status::Fail => "FAILED",
        Status::Unknown => "WARNING",
        Status::NotApplicable => "NOT_AVAILABLE",
    }
}

/// RFC 3339 with milliseconds.
fn instant(at: Timestamp) -> String {
    let at = at.round(Unit::Millisecond).unwrap_or(at);
    format!("{at:.3}")
}

/// A text of at most so many characters; one that was cut says so.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}
