//! What to do, for programs: one JSON object. Members are only added.

use serde_json::{Value, json};

use super::{
    Advice,
    job_input::JobInput,
    permission::Permission,
    recorded::{Found, Recorded},
    source::Source,
    ways::Way,
};
use crate::{lake::RunId, printable::escaped_json};

/// The advice on each resource, and the findings of all that is meant, as a line in which nothing is obeyed by a terminal.
pub fn json(run_id: &RunId, advice: &[Advice], all: &[Found]) -> String {
    let whole = json!({
        "run_id": run_id.as_str(),
        "findings": all.iter().map(finding).collect::<Vec<_>>(),
        "resources": advice.iter().map(one).collect::<Vec<_>>(),
    });
    format!("{}\n", escaped_json(&whole.to_string()))
}

fn one(advice: &Advice) -> Value {
    json!({
        "resource": resource(&advice.resource),
        "findings": advice.findings.iter().map(finding).collect::<Vec<_>>(),
        "source": source(&advice.source),
        "ways": advice.ways.iter().map(way).collect::<Vec<_>>(),
        "key": advice.key.as_ref().map(|key| json!({ "arn": key.arn, "from": key.named.why() })),
        "job": advice.job.as_ref().map(job),
        "not_read": advice.unread,
        "permission": advice.permission.as_ref().map(permission),
    })
}

fn resource(resource: &Recorded) -> Value {
    let (kind, origin) = resource.origin.clone().unzip();
    json!({
        "account_id": resource.account_id,
        "account_name": resource.account_name,
        "region": resource.region,
        "resource_type": resource.resource_type.as_str(),
        "resource_arn": resource.arn,
        "state": resource.state,
        "created_at": resource.created_at,
        "role_arn": resource.role_arn,
        "owner": resource.owner,
        "origin_kind": kind,
        "origin": origin,
    })
}

fn finding(found: &Found) -> Value {
    json!({
        "uid": found.uid,
        "check_id": found.check_id,
        "status": found.status.as_str(),
        "severity": found.severity.as_str(),
        "reason_code": found.reason_code,
        "reason": found.reason,
        "resource_arn": found.resource_arn,
    })
}

fn source(source: &Source) -> Value {
    let traces = source.traces.iter().map(|(what, value)| json!({ "what": what, "value": value }));
    json!({ "summary": source.summary, "commands": source.commands, "traces": traces.collect::<Vec<_>>() })
}

fn way(way: &Way) -> Value {
    json!({
        "check_id": way.check_id,
        "summary": way.summary,
        "console": way.console,
        "cli": way.cli,
        "python": way.python,
        "code": way.code,
        "is_filled": way.is_filled,
    })
}

fn job(job: &JobInput) -> Value {
    json!({
        "create_training_job": job.input,
        "is_whole": job.is_whole,
        "filled": job.filled,
        "left_out": job.left_out,
        "notes": job.notes,
    })
}

fn permission(permission: &Permission) -> Value {
    json!({
        "role_arn": permission.role_arn,
        "key_policy_statements": permission.key_policy,
        "role_policy": permission.role_policy,
        "is_foreign_key": permission.is_foreign,
        "notes": permission.notes,
    })
}
