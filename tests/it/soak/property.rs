//! What holds of every run that published, whatever befell it.

use std::collections::{BTreeMap, BTreeSet};

use sagesweep::{
    demo::{Access, Cell},
    place::Region,
};

use super::night::Report;
use crate::{audit::Audit, demo_truth::expected, table, table::Row};

/// Findings by (resource, check): status and reasons.
type Verdicts = BTreeMap<(String, String), (String, String)>;

/// Every cell has one row; one that is complete has all the findings of the truth; what differs from the truth says
/// less, never something else, and its cell names what was in the way.
pub(super) fn holds(audit: &Audit, included: &BTreeSet<Region>, report: &mut Report) {
    let organization = audit.simulator.organization();
    let coverage = audit.coverage();
    let verdicts = audit.verdicts();
    let mut of_cell = BTreeMap::<(String, String), Verdicts>::new();
    for ((arn, check), verdict) in verdicts {
        let parts = arn.split(':').map(str::to_owned).collect::<Vec<_>>();
        let cell = (parts[4].clone(), parts[3].clone());
        of_cell.entry(cell).or_default().insert((arn, check), verdict);
    }
    let mut rows = BTreeMap::new();
    for row in &coverage {
        let key = (row["account_id"].clone(), row["region"].clone());
        assert_ne!(row.get("error_code").map(String::as_str), Some("Internal"), "a task panicked: {row:?}");
        assert!(rows.insert(key, row).is_none(), "a cell stands twice: {row:?}");
    }
    assert_eq!(rows.keys().cloned().collect::<BTreeSet<_>>(), scope(audit, included, &rows), "the cells in scope");
    for (place, row) in &rows {
        let cell = organization.cell(place.0.parse().unwrap(), &place.1).unwrap();
        cell_holds(cell, row, &of_cell.remove(place).unwrap_or_default(), report);
    }
    assert!(of_cell.is_empty(), "findings of no cell in scope: {of_cell:?}");
    resources_hold(audit, &rows);
    let runs = table::read(audit.directory.path(), "runs");
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0]["cells_total"], coverage.len().to_string());
    assert_eq!(runs[0]["cells_complete"], report.complete.to_string());
}

/// Each account, and in it the regions that are configured, or the account's own where it told them, or all in use.
fn scope(
    audit: &Audit,
    included: &BTreeSet<Region>,
    rows: &BTreeMap<(String, String), &Row>,
) -> BTreeSet<(String, String)> {
    let organization = audit.simulator.organization();
    let from = |account: &str| {
        let mut of_account = rows.iter().filter(|((id, _), _)| id == account).map(|(_, row)| &row["regions_from"]);
        let first = of_account.next().unwrap_or_else(|| panic!("account {account} has no row"));
        assert!(of_account.all(|other| other == first), "{account}");
        first.clone()
    };
    let cells = organization.cells().iter().filter(|cell| {
        let told = from(&cell.account().to_string()) == "LIST_REGIONS";
        included.contains(cell.region()) || (included.is_empty() && (!told || cell.access() != Access::RegionDisabled))
    });
    cells.map(|cell| (cell.account().to_string(), cell.region().to_string())).collect()
}

fn cell_holds(cell: &Cell, row: &Row, found: &Verdicts, report: &mut Report) {
    let is_open = cell.access() == Access::Open;
    let is_complete = row["outcome"] == "COMPLETE";
    *report.outcomes.entry(row["outcome"].clone()).or_default() += 1;
    *(if is_complete { &mut report.complete } else { &mut report.incomplete }) += 1;
    assert!(is_open || !is_complete, "complete, though {:?}: {row:?}", cell.access());
    assert!(is_complete || row.contains_key("api") || row.contains_key("detail"), "says not why: {row:?}");

    let jobs = if is_open { cell.jobs().collect::<Vec<_>>() } else { Vec::new() };
    let verdicts = jobs.iter().flat_map(|job| {
        expected(job)
            .map(|(check, status, reasons)| ((job.arn.clone(), check.to_owned()), (status.to_owned(), reasons)))
    });
    let truth = verdicts.collect::<Verdicts>();
    let unknown = found.values().filter(|(status, _)| status == "UNKNOWN").count();
    let mut here = 0;
    for (key, verdict) in found {
        let true_verdict = truth.get(key).unwrap_or_else(|| panic!("{key:?} does not exist"));
        here += 1;
        if verdict == true_verdict {
            report.same += 1;
        } else {
            assert!(says_less(verdict, true_verdict), "{key:?} is {verdict:?}, not {true_verdict:?}: {row:?}");
            assert!(
                row.contains_key("api"),
                "{key:?} is {verdict:?}, not {true_verdict:?}, and nothing says why: {row:?}"
            );
            report.weaker += 1;
        }
    }
    report.missing += u64::try_from(truth.len() - here).unwrap();
    if is_complete {
        assert_eq!(here, truth.len(), "findings of a complete cell: {row:?}");
        assert_eq!(row["checks_unknown"], unknown.to_string(), "{row:?}");
        assert_eq!(row["resources_listed"], jobs.len().to_string(), "{row:?}");
        assert_eq!(row["resources_evaluated"], jobs.len().to_string(), "{row:?}");
    }
}

/// Whether a verdict withholds something of the truth and adds nothing to it.
fn says_less((status, reasons): &(String, String), (true_status, true_reasons): &(String, String)) -> bool {
    let true_reasons = true_reasons.split(',').collect::<BTreeSet<_>>();
    let mut reasons = reasons.split(',').collect::<BTreeSet<_>>();
    match status.as_str() {
        "UNKNOWN" => true,
        // One key that fails is enough, also where nothing is known of the other.
        "FAIL" => true_status == "FAIL" && reasons.is_subset(&true_reasons),
        // A key of another account is customer managed by construction, also where it cannot be described.
        "PASS" => {
            reasons.remove("key_state_unverified");
            true_status == "PASS" && reasons.is_subset(&true_reasons)
        }
        _ => false,
    }
}

/// The resources of a complete cell are its jobs, and no resource stands twice or is none.
fn resources_hold(audit: &Audit, rows: &BTreeMap<(String, String), &Row>) {
    let mut of_cell = BTreeMap::<_, BTreeSet<String>>::new();
    for row in table::read(audit.directory.path(), "resources") {
        let cell = (row["account_id"].clone(), row["region"].clone());
        let arn = row["resource_arn"].clone();
        assert!(of_cell.entry(cell).or_default().insert(arn), "a resource stands twice: {row:?}");
    }
    for cell in audit.simulator.organization().cells() {
        let place = (cell.account().to_string(), cell.region().to_string());
        let found = of_cell.remove(&place).unwrap_or_default();
        let jobs =
            if cell.access() == Access::Open { cell.jobs().map(|job| job.arn).collect() } else { BTreeSet::new() };
        assert!(found.is_subset(&jobs), "{place:?} has resources that do not exist");
        if rows.get(&place).is_some_and(|row| row["outcome"] == "COMPLETE") {
            assert_eq!(found, jobs, "resources of {place:?}");
        }
    }
}
