//! Findings as OCSF events of the class Compliance Finding (2003), in the attributes that each version of the schema has.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

mod standing;
mod version;

use standing::Standing;
pub use version::Version;

use super::{
    ExportError,
    row::Row,
    texts::{Catalogue, Texts},
};
use crate::{
    finding::{Severity, Status},
    lake::runs::RunRow,
};

const CATEGORY: i32 = 2;
const CLASS: i32 = 2_003;
/// The type of observables that are the uid of a resource.
const RESOURCE_UID: i32 = 10;
const AWS_ACCOUNT: i32 = 10;
const RULE: i32 = 1;
const ACTIVE: i32 = 1;
const AFFECTED: i32 = 3;

/// The type of finding, in words that Security Hub has too.
pub(super) const FINDING_TYPE: &str = "Software and Configuration Checks/AWS Security Best Practices";

/// Makes events of the findings of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Events<'a> {
    /// The run.
    pub(super) run: &'a RunRow,
    /// What it says of its checks.
    pub(super) catalogue: &'a Catalogue,
    /// The version of the schema.
    pub(super) version: Version,
}

impl Events<'_> {
    /// The event of a finding.
    pub(super) fn event(self, row: &Row<'_>) -> Result<Value, ExportError> {
        let texts = self.catalogue.of(row)?;
        let standing = Standing::of(row, self.run.facts.started_at);
        let mut event = json!({
            "activity_id": standing.activity.id(),
            "activity_name": standing.activity.caption(),
            "category_uid": CATEGORY,
            "category_name": "Findings",
            "class_uid": CLASS,
            "class_name": "Compliance Finding",
            "type_uid": CLASS * 100 + standing.activity.id(),
            "type_name": format!("Compliance Finding: {}", standing.activity.caption()),
            "time": millisecond(self.run.facts.started_at),
            "timezone_offset": 0,
            "severity_id": row.severity.id(),
            "severity": severity(row.severity),
            "status_id": standing.workflow.map(standing::Workflow::id),
            "status": standing.workflow.map(standing::Workflow::caption),
            "status_code": row.status.as_str(),
            "status_detail": row.reason,
            "confidence_id": confidence(row.status).0,
            "confidence": confidence(row.status).1,
            "message": format!("{} {}: {}", row.status.as_str(), row.check_id, row.reason),
            "comment": row.exception.and_then(|exception| exception.reason),
            "metadata": self.metadata(row),
            "finding_info": finding_info(row, texts, self),
            "compliance": self.compliance(row, texts),
            "remediation": { "desc": texts.remediation(row), "references": some(texts.references.clone()) },
            "resource": self.until(Version::V1_2, || self.resource(row)),
            "resources": self.since(Version::V1_3, || json!([self.resource(row)])),
            "observables": [{
                "name": if self.version >= Version::V1_3 { "resources[].uid" } else { "resource.uid" },
                "type_id": RESOURCE_UID,
                "type": "Resource UID",
                "value": row.resource_arn,
            }],
            "cloud": self.cloud(row),
        });
        prune(&mut event);
        // What was observed is as it was, nulls among it.
        if let Value::Object(event) = &mut event {
            event.insert("unmapped".to_owned(), unmapped(row));
        }
        Ok(event)
    }

    fn metadata(self, row: &Row<'_>) -> Value {
        json!({
            "version": self.version.full(),
            "product": {
                "uid": "sagesweep",
                "name": "sagesweep",
                "vendor_name": "sagesweep",
                "version": self.run.facts.engine_version,
            },
            "profiles": ["cloud"],
            "event_code": row.check_id,
            "correlation_uid": row.run_id,
            "logged_time": millisecond(self.run.published_at),
            "tenant_uid": row.org_id,
            "reporter": self.since(Version::V1_7, || json!({ "name": "sagesweep" })),
        })
    }

    fn compliance(self, row: &Row<'_>, texts: &Texts) -> Value {
        let frameworks = &texts.frameworks;
        let (status_id, status) = (row.status.compliance_status_id(), compliance_status(row.status));
        json!({
            "control": row.check_id,
            "desc": self.since(Version::V1_5, || json!(texts.title)),
            "category": self.since(Version::V1_5, || json!(texts.control)),
            "standards": frameworks,
            "requirements": some(row.standards.clone()),
            "status_id": status_id,
            "status": status,
            "status_code": row.status.as_str(),
            "status_detail": self.until(Version::V1_3, || json!(row.reason)),
            "status_details": self.since(Version::V1_4, || json!([row.reason])),
            "checks": self.since(Version::V1_5, || json!([{
                "uid": row.check_id,
                "name": texts.title,
                "desc": texts.rationale,
                "version": row.check_version.to_string(),
                "severity_id": row.severity.id(),
                "severity": severity(row.severity),
                "standards": frameworks,
                "status_id": status_id,
                "status": status,
            }])),
        })
    }

    fn resource(self, row: &Row<'_>) -> Value {
        let created_at = row.resource_created_at;
        let tags = || row.tags.iter();
        json!({
            "uid": row.resource_arn,
            "name": row.resource_name,
            "type": row.resource_type,
            "region": row.region,
            "cloud_partition": row.partition,
            "provider": self.since(Version::V1_8, || json!("AWS")),
            "owner": row.owner.map(|owner| json!({ "name": owner })),
            "labels": self.until(Version::V1_3, || json!(some(tags().map(|(key, value)| format!("{key}: {value}")).collect()))),
            "tags": self.since(Version::V1_4, || json!(some(
                tags().map(|(key, value)| json!({ "name": key, "value": value })).collect::<Vec<_>>()
            ))),
            "created_time": self.since(Version::V1_5, || json!(created_at.map(millisecond))),
            "role_id": self.since(Version::V1_6, || json!(AFFECTED)),
            "role": self.since(Version::V1_6, || json!("Affected")),
            "data": created_at.map(|at| json!({ "created_at": at.to_string() })),
        })
    }

    fn cloud(self, row: &Row<'_>) -> Value {
        json!({
            "provider": "AWS",
            "region": row.region,
            "cloud_partition": self.since(Version::V1_4, || json!(row.partition)),
            "account": {
                "uid": row.account_id,
                "name": row.account_name,
                "type_id": AWS_ACCOUNT,
                "type": "AWS Account",
            },
            "org": row.org_id.map(|uid| json!({ "uid": uid, "ou_uid": row.ou_id, "ou_name": row.ou_path })),
        })
    }

    /// A value that the schema has from a version on.
    fn since(self, version: Version, value: impl FnOnce() -> Value) -> Value {
        if self.version >= version { value() } else { Value::Null }
    }

    /// A value that the schema has, or does not deprecate, up to a version.
    fn until(self, version: Version, value: impl FnOnce() -> Value) -> Value {
        if self.version <= version { value() } else { Value::Null }
    }
}

fn finding_info(row: &Row<'_>, texts: &Texts, events: Events<'_>) -> Value {
    let first = row.first_failed_at.unwrap_or(row.observed_at);
    json!({
        "uid": row.uid(),
        "title": texts.title,
        "desc": texts.rationale,
        "types": [FINDING_TYPE],
        "created_time": millisecond(first),
        "first_seen_time": row.first_failed_at.map(millisecond),
        // What was taken over from an earlier run may fail by a rule of this one.
        "last_seen_time": millisecond(row.observed_at.max(first)),
        "modified_time": millisecond(events.run.facts.started_at),
        "analytic": {
            "uid": row.check_id,
            "name": texts.title,
            "category": texts.control,
            "type_id": RULE,
            "type": "Rule",
            "version": row.check_version.to_string(),
            "state_id": events.since(Version::V1_6, || json!(ACTIVE)),
            "state": events.since(Version::V1_6, || json!("Active")),
        },
    })
}

/// What has no place in the schema.
fn unmapped(row: &Row<'_>) -> Value {
    let mut unmapped = Map::new();
    let codes = row.reason_code.split(',').collect::<Vec<_>>();
    unmapped.insert("reason_codes".to_owned(), json!(codes));
    if let Some(evidence) = row.evidence_json {
        // What is no JSON after all is told as it stands.
        let evidence = serde_json::from_str(evidence).unwrap_or_else(|_no_json| json!(evidence));
        unmapped.insert("evidence".to_owned(), evidence);
    }
    if let Some(exception) = row.exception {
        let expires_on = exception.expires_on.map(|day| day.to_string());
        let exception = json!({ "id": exception.id, "owner": exception.owner, "expires_on": expires_on });
        unmapped.insert("exception".to_owned(), exception);
    }
    Value::Object(unmapped)
}

/// OCSF counts milliseconds since 1970.
fn millisecond(at: Timestamp) -> i64 {
    at.as_millisecond()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

fn compliance_status(status: Status) -> &'static str {
    match status {
        Status::Pass => "Pass",
        Status::Fail => "Fail",
        Status::Unknown => "Warning",
        Status::NotApplicable => "Not Applicable",
    }
}

/// A verdict rests on what the service answered; where nothing could be read there is none.
fn confidence(status: Status) -> (i32, &'static str) {
    match status {
        Status::Pass | Status::Fail | Status::NotApplicable => (3, "High"),
        Status::Unknown => (0, "Unknown"),
    }
}

/// A list, unless it is empty.
fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// Takes away what is null: an attribute that has no value is absent.
fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_name, value| !value.is_null());
            members.values_mut().for_each(prune);
        }
        Value::Array(values) => values.iter_mut().for_each(prune),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
