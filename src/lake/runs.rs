//! The table `runs`: one row for each run, whose object is the commit of all its tables.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    RunId,
    column::{Column, Read},
    placed::run_columns,
};
use crate::effort::Effort;

/// What is known of a run before its tables are published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFacts {
    /// The run.
    pub run_id: RunId,
    /// When it started.
    pub started_at: Timestamp,
    /// The version of this program.
    pub engine_version: String,
    /// The version of the catalogue of checks.
    pub ruleset_version: String,
    /// SHA-256 of the effective configuration, in hexadecimal.
    pub config_sha256: String,
    /// SHA-256 of the file of exceptions, in hexadecimal; none where none is configured.
    #[serde(default)]
    pub exceptions_sha256: Option<String>,
    /// Who ran it.
    pub caller_arn: String,
    /// The organization; none when it was not asked.
    pub org_id: Option<String>,
    /// Accounts in scope.
    pub scope_accounts: u64,
    /// Regions in scope, each counted once.
    pub scope_regions: u64,
    /// What the scan cost, the staging of its parts among it: of each shard the attempt that ended. What publishing costs
    /// comes after.
    pub effort: Effort,
    /// Below this share of complete cells, in percent, the run counts as incomplete.
    pub floor_percent: f64,
}

/// Whether a run saw enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunStatus {
    /// The share of complete cells reaches the floor.
    Complete,
    /// It does not, or there was no cell that could be seen.
    Incomplete,
}

impl RunStatus {
    /// The status as tables spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "COMPLETE",
            Self::Incomplete => "INCOMPLETE",
        }
    }
}

/// One published object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Its key under the destination.
    pub key: String,
    /// Its size.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The place of a run in the chain of manifests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// Its number, from one.
    pub sequence: u64,
    /// SHA-256 of the bytes of its manifest, in hexadecimal.
    pub manifest_sha256: String,
    /// The same of the run before it; none for the first.
    pub previous_manifest_sha256: Option<String>,
}

/// The row of a run. Manifests hold it too and are read by later versions: a field that is added needs a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// What was known before.
    #[serde(flatten)]
    pub facts: RunFacts,
    /// Whether it saw enough.
    pub status: RunStatus,
    /// When it was published.
    pub published_at: Timestamp,
    /// Cells of coverage, all of them.
    pub cells_total: u64,
    /// Cells that count, that is in which something could have been seen.
    pub cells_counted: u64,
    /// Cells that were seen completely.
    pub cells_complete: u64,
    /// The share of the last two.
    pub coverage_percent: Option<f64>,
    /// Findings by status.
    pub findings: BTreeMap<String, u64>,
    /// Exceptions by state, as [`Usage::by_state`](crate::exception::usage::Usage::by_state) names them.
    #[serde(default)]
    pub exceptions: BTreeMap<String, u64>,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
    /// The objects of the other tables, by key.
    pub objects: Vec<Object>,
    /// Its place in the chain of manifests, which no manifest can hold: it is about the manifest itself.
    #[serde(skip)]
    pub link: Link,
}

/// The columns of the table.
pub fn columns() -> Vec<Column<RunRow>> {
    [run_columns(), identity(), scope(), contents(), chain(), effort()].concat()
}

fn identity() -> Vec<Column<RunRow>> {
    vec![
        Column {
            name: "status",
            meaning: "COMPLETE, or INCOMPLETE when coverage is below the configured floor.",
            read: Read::Text(|row| Cow::Borrowed(row.status.as_str())),
        },
        Column {
            name: "started_at",
            meaning: "When the run started.",
            read: Read::Timestamp(|row| row.facts.started_at),
        },
        Column {
            name: "published_at",
            meaning: "When the run was published.",
            read: Read::Timestamp(|row| row.published_at),
        },
        Column {
            name: "engine_version",
            meaning: "The version of sagesweep.",
            read: Read::Text(|row| Cow::Borrowed(&row.facts.engine_version)),
        },
        Column {
            name: "ruleset_version",
            meaning: "The version of the catalogue of checks.",
            read: Read::Text(|row| Cow::Borrowed(&row.facts.ruleset_version)),
        },
        Column {
            name: "config_sha256",
            meaning: "SHA-256 of the effective configuration.",
            read: Read::Text(|row| Cow::Borrowed(&row.facts.config_sha256)),
        },
        Column {
            name: "exceptions_sha256",
            meaning: "SHA-256 of the file of exceptions by which findings were judged; null without one.",
            read: Read::OptionalText(|row, _| row.facts.exceptions_sha256.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "caller_arn",
            meaning: "The principal that ran the audit.",
            read: Read::Text(|row| Cow::Borrowed(&row.facts.caller_arn)),
        },
    ]
}

fn scope() -> Vec<Column<RunRow>> {
    vec![
        Column {
            name: "org_id",
            meaning: "The id of the organization; null when it was not asked.",
            read: Read::OptionalText(|row, _| row.facts.org_id.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "scope_accounts",
            meaning: "Accounts in scope.",
            read: Read::BigInt(|row| row.facts.scope_accounts),
        },
        Column {
            name: "scope_regions",
            meaning: "Regions in scope, each counted once.",
            read: Read::BigInt(|row| row.facts.scope_regions),
        },
        Column {
            name: "cells_total",
            meaning: "Rows of coverage: accounts by regions by resource types.",
            read: Read::BigInt(|row| row.cells_total),
        },
        Column {
            name: "cells_counted",
            meaning: "Cells in which something could have been seen: the denominator of the coverage.",
            read: Read::BigInt(|row| row.cells_counted),
        },
        Column {
            name: "cells_complete",
            meaning: "Cells that were seen completely.",
            read: Read::BigInt(|row| row.cells_complete),
        },
        Column {
            name: "coverage_percent",
            meaning: "cells_complete in percent of cells_counted; null when that is zero.",
            read: Read::OptionalDouble(|row| row.coverage_percent),
        },
    ]
}

fn contents() -> Vec<Column<RunRow>> {
    vec![
        Column {
            name: "findings_by_status",
            meaning: "The number of findings by status.",
            read: Read::CountMap(|row| counts(&row.findings)),
        },
        Column {
            name: "exceptions_by_state",
            meaning: "Exceptions that are IN_FORCE, of these EXPIRING within 30 days and UNUSED, and those that are EXPIRED.",
            read: Read::CountMap(|row| counts(&row.exceptions)),
        },
        Column {
            name: "table_rows",
            meaning: "The number of rows by table.",
            read: Read::CountMap(|row| counts(&row.rows)),
        },
        Column {
            name: "objects",
            meaning: "The objects of the tables of this run with their size, rows and SHA-256.",
            read: Read::Objects(|row| &row.objects),
        },
    ]
}

fn chain() -> Vec<Column<RunRow>> {
    vec![
        Column {
            name: "sequence",
            meaning: "The place of the run in the chain of manifests, from 1.",
            read: Read::BigInt(|row| row.link.sequence),
        },
        Column {
            name: "manifest_sha256",
            meaning: "SHA-256 of the manifest of this run.",
            read: Read::Text(|row| Cow::Borrowed(&row.link.manifest_sha256)),
        },
        Column {
            name: "previous_manifest_sha256",
            meaning: "SHA-256 of the manifest of the run before it in the chain; null for the first.",
            read: Read::OptionalText(|row, _| row.link.previous_manifest_sha256.as_deref().map(Cow::Borrowed)),
        },
    ]
}

fn effort() -> Vec<Column<RunRow>> {
    vec![
        Column {
            name: "api_calls",
            meaning: "Calls to AWS that the scan made, those that staged its parts among them; publishing came after.",
            read: Read::BigInt(|row| row.facts.effort.total().calls),
        },
        Column {
            name: "throttles",
            meaning: "Of api_calls those that were throttled.",
            read: Read::BigInt(|row| row.facts.effort.total().throttles),
        },
        Column {
            name: "retries",
            meaning: "Of api_calls those that were a second or later attempt.",
            read: Read::BigInt(|row| row.facts.effort.total().retries),
        },
        Column {
            name: "bytes_received",
            meaning: "Bytes of the bodies of the answers to api_calls.",
            read: Read::BigInt(|row| row.facts.effort.total().bytes_received),
        },
        Column {
            name: "calls_by_api",
            meaning: "api_calls by API, named service:Operation.",
            read: Read::CountMap(|row| row.facts.effort.by_api(|cost| cost.calls)),
        },
        Column {
            name: "throttles_by_api",
            meaning: "throttles by API; without those that are zero.",
            read: Read::CountMap(|row| row.facts.effort.by_api(|cost| cost.throttles)),
        },
        Column {
            name: "retries_by_api",
            meaning: "retries by API; without those that are zero.",
            read: Read::CountMap(|row| row.facts.effort.by_api(|cost| cost.retries)),
        },
        Column {
            name: "bytes_by_api",
            meaning: "bytes_received by API; without those that are zero.",
            read: Read::CountMap(|row| row.facts.effort.by_api(|cost| cost.bytes_received)),
        },
    ]
}

fn counts(map: &BTreeMap<String, u64>) -> BTreeMap<&str, u64> {
    map.iter().map(|(key, count)| (key.as_str(), *count)).collect()
}
