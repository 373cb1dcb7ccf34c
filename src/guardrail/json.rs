//! The guardrail for programs: one JSON object. Members are only added.

use serde_json::{Value, json};

use super::{
    Guardrail,
    policy::Policy,
    radius::{Radius, Refused},
};
use crate::printable::escaped_json;

/// The guardrail with its blast radius, as a line in which nothing is obeyed by a terminal.
pub fn json(guardrail: &Guardrail, radius: Option<&Radius>) -> String {
    let policies = guardrail.policies.iter().map(|policy| self::policy(policy, guardrail.kind.limit()));
    let unguarded = guardrail.unguarded.iter().map(|(check, why)| json!({ "check_id": check.id, "why": why.0 }));
    let whole = json!({
        "kind": guardrail.kind.as_str(),
        "checks": guardrail.checks.iter().map(|check| check.id).collect::<Vec<_>>(),
        "unguarded": unguarded.collect::<Vec<_>>(),
        "policies": policies.collect::<Vec<_>>(),
        "limits": guardrail.limits(),
        "blast_radius": radius.map(self::radius),
    });
    format!("{}\n", escaped_json(&whole.to_string()))
}

fn policy(policy: &Policy, limit: usize) -> Value {
    json!({
        "characters": policy.characters(),
        "limit": limit,
        "document": policy.document(),
    })
}

fn radius(radius: &Radius) -> Value {
    let counts = |counts: Vec<(String, u64)>, name: &str| {
        let rows = counts.into_iter().map(|(key, count)| json!({ name: key, "refused": count }));
        rows.collect::<Vec<_>>()
    };
    let origins = radius.by(|made| made.origin.clone()).into_iter();
    let origins =
        origins.map(|((kind, origin), count)| json!({ "origin_kind": kind, "origin": origin, "refused": count }));
    let accounts = radius.by(|made| Some((made.account_id.clone(), made.account_name.clone()))).into_iter();
    let accounts =
        accounts.map(|((id, name), count)| json!({ "account_id": id, "account_name": name, "refused": count }));
    let gaps = radius.unseen.gaps.iter().map(|gap| {
        json!({ "resource_type": gap.resource_type, "outcome": gap.outcome, "cells": gap.cells, "accounts": gap.accounts })
    });
    json!({
        "days": radius.window.days,
        "since": radius.window.since,
        "until": radius.window.until,
        "nights": radius.nights,
        "requests": radius.requests,
        "refused": radius.refused.len(),
        "refused_of_parents": radius.of_parents,
        "unguarded_parents": radius.unguarded_parents,
        "untold": radius.untold,
        "undated": radius.undated,
        "failing": radius.failing,
        "failing_prevented": radius.prevented,
        "refused_not_failing": radius.refused.iter().filter(|refused| !refused.fails).count(),
        "by_statement": radius.by_statement,
        "by_account": accounts.collect::<Vec<_>>(),
        "by_role": counts(radius.by(|made| made.role_arn.clone()), "role_arn"),
        "by_origin": origins.collect::<Vec<_>>(),
        "jobs": radius.refused.iter().map(job).collect::<Vec<_>>(),
        "unseen": {
            "cells": radius.unseen.cells,
            "gaps": gaps.collect::<Vec<_>>(),
            "resource_types": radius.unseen.types,
        },
    })
}

fn job(refused: &Refused) -> Value {
    let made = &refused.made;
    let (kind, origin) = made.origin.clone().unzip();
    json!({
        "account_id": made.account_id,
        "region": made.region,
        "resource_arn": made.arn,
        "created_at": made.created_at,
        "role_arn": made.role_arn,
        "origin_kind": kind,
        "origin": origin,
        "statements": refused.statements,
        "fails": refused.fails,
    })
}
