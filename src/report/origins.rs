//! What the summary of a run says of where failing resources come from: mend the source, and not the thousand jobs.

use std::fmt::Write as _;

use serde::Deserialize;

use super::terminal::{BAD, DIM, cell, grouped, heading, painted};
use crate::{
    lake::{published::PublishedRun, store::Store},
    query::{AsOfError, Session, limits::Limits, rows},
    resource::OriginKind,
};

/// The kind of source that is the role which resources act as, as the view spells it.
const ROLE: &str = "ROLE";

/// A source of failing resources.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Origin {
    source_kind: String,
    source: String,
    account_id: String,
    resources: u64,
    failing_resources: u64,
}

/// Asks the tables of a published run, with the view that everybody asks.
pub async fn worst(run: &PublishedRun, store: Store, limits: Limits) -> Result<Vec<Origin>, AsOfError> {
    let session = Session::as_of(run, store, limits).await?;
    // What makes resources, or acts for them. Owners and projects are many sources at once.
    let kinds = rows::list(OriginKind::ALL.iter().map(|kind| kind.as_str()).chain([ROLE]));
    let worst = format!(
        "SELECT source_kind, source, account_id, resources, failing_resources
         FROM top_origins WHERE source_kind IN {kinds}
         ORDER BY failing_resources DESC, failed DESC, source_kind, account_id, source
         LIMIT 5"
    );
    Ok(rows::all(&session, &worst).await?)
}

/// The section; none where nothing fails that has a source.
pub(super) fn section(out: &mut String, origins: &[Origin]) -> std::fmt::Result {
    if origins.is_empty() {
        return Ok(());
    }
    heading(out, "Top origins")?;
    writeln!(out, "  {DIM}{:<45}{:<13}{:>10}{:>10}{DIM:#}", "mend these first", "account", "failing", "of")?;
    for origin in origins {
        let failing = painted(BAD, &format!("{:>10}", grouped(origin.failing_resources)));
        writeln!(
            out,
            "  {} {} {} {failing}{:>10}",
            cell(&origin.source_kind, 19),
            cell(name(&origin.source), 24),
            cell(&origin.account_id, 12),
            grouped(origin.resources)
        )?;
    }
    writeln!(out)
}

/// The name at the end of an ARN. That of an execution says nothing without its pipeline.
fn name(source: &str) -> &str {
    match source.split_once(":pipeline/") {
        Some((_, execution)) => execution,
        None => source.rsplit('/').next().unwrap_or(source),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_named_within_80_columns() {
        let origin = |kind: &str, source: &str, resources, failing_resources| Origin {
            source_kind: kind.to_owned(),
            source: source.to_owned(),
            account_id: "111111111111".to_owned(),
            resources,
            failing_resources,
        };
        let pipeline = "arn:aws:sagemaker:eu-central-1:111111111111:pipeline/nightly/execution/abcdef012345";
        let origins = [
            origin("PIPELINE_EXECUTION", pipeline, 1_204_000, 1_204_000),
            origin("ROLE", "arn:aws:iam::111111111111:role/service-role/ml", 20, 3),
            origin("TUNING_JOB", "\u{1b}[31m", 2, 1),
        ];
        let mut out = String::new();
        section(&mut out, &origins).unwrap();
        section(&mut out, &[]).unwrap();
        let out = anstream::adapter::strip_str(&out).to_string();
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        insta::assert_snapshot!(out);
    }
}
