//! The document: what the template shows, and the policy under which the page runs.

use askama::Template;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use super::{
    charts::Charts,
    figures::{Count, Figures, Night, Percent},
    packed::Blocks,
};
use crate::{
    finding::Status,
    lake::{
        published::PublishedRun,
        runs::{RunRow, RunStatus},
    },
    printable::escaped,
};

/// The style sheet.
const STYLE: &str = include_str!("page/style.css");

/// The script, in the order in which its parts need each other. It is one function, so that nothing of it is global.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("page/dom.js"),
    include_str!("page/data.js"),
    include_str!("page/grid.js"),
    include_str!("page/pager.js"),
    include_str!("page/findings.js"),
    include_str!("page/remediation.js"),
    include_str!("page/places.js"),
    include_str!("page/heat.js"),
    include_str!("page/tables.js"),
    include_str!("page/main.js"),
    "})();\n"
);

/// The page.
#[derive(Debug, Template)]
#[template(path = "page.html", config = "src/report/html/page/askama.toml")]
pub(super) struct Document<'a> {
    policy: String,
    style: &'static str,
    script: &'static str,
    run: &'a RunRow,
    run_id: String,
    day: String,
    started: String,
    published: String,
    org: String,
    caller: String,
    is_complete: bool,
    coverage: Percent,
    floor: Percent,
    cells_counted: Count,
    cells_complete: Count,
    cells_total: Count,
    accounts: Count,
    regions: Count,
    failing: Count,
    held: Count,
    is_cut: bool,
    tonight: Option<&'a Night>,
    figures: &'a Figures,
    charts: Charts,
    blocks: Blocks,
}

impl<'a> Document<'a> {
    /// The document of a run.
    pub(super) fn new(run: &'a PublishedRun, figures: &'a Figures, charts: Charts, blocks: Blocks) -> Self {
        let row = &run.row;
        let facts = &row.facts;
        let count = |number: u64| Count(Some(i64::try_from(number).unwrap_or(i64::MAX)));
        let instant = |at: jiff::Timestamp| TimeZone::UTC.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
        let failing = row.findings.get(Status::Fail.as_str()).copied().unwrap_or_default();
        let held = u64::try_from(blocks.held).unwrap_or(u64::MAX);
        Self {
            policy: policy(),
            style: STYLE,
            script: SCRIPT,
            run_id: facts.run_id.to_string(),
            day: facts.run_id.run_date().to_string(),
            started: instant(facts.started_at),
            published: instant(row.published_at),
            org: facts.org_id.as_deref().map_or_else(|| "unknown".to_owned(), |org| escaped(org).into_owned()),
            caller: escaped(&facts.caller_arn).into_owned(),
            is_complete: row.status == RunStatus::Complete,
            coverage: Percent(row.coverage_percent),
            floor: Percent(Some(facts.floor_percent)),
            cells_counted: count(row.cells_counted),
            cells_complete: count(row.cells_complete),
            cells_total: count(row.cells_total),
            accounts: count(facts.scope_accounts),
            regions: count(facts.scope_regions),
            failing: count(failing),
            held: count(held),
            is_cut: held < failing,
            tonight: figures.tonight(),
            run: row,
            figures,
            charts,
            blocks,
        }
    }
}

/// What the page may do: run its own script and style, known by their hashes, and nothing else. No text of data can become
/// a script, an address is never fetched, and nothing is sent anywhere.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lets_nothing_in_but_the_two_texts_of_the_page() {
        let policy = policy();
        assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
        for loose in ["unsafe-inline", "unsafe-eval", "http", "*", "'self'"] {
            assert!(!policy.contains(loose), "{loose}");
        }
    }

    #[test]
    fn the_script_never_makes_markup_of_a_text_and_the_page_fetches_nothing() {
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "fetch(",
            "XMLHttp",
        ] {
            assert!(!SCRIPT.contains(way), "{way}");
        }
        for address in ["http:", "https:", "url(", "@import", "//cdn"] {
            assert!(!STYLE.contains(address), "{address}");
        }
        // Either would end the element that it stands in.
        assert!(!SCRIPT.contains("</script") && !SCRIPT.contains("<!--") && !STYLE.contains("</style"));
    }
}
