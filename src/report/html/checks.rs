//! The ways in which a FAIL is mended, beside the summary that the run itself told: those of this version of the program.

use std::collections::HashMap;

use super::columns::Columns;
use crate::check::{Remediation, profile::Profile};

/// A way, by the name of its column.
type Way = (&'static str, fn(&Remediation) -> &'static str);

const WAYS: [Way; 4] = [
    ("console", |mend| mend.console),
    ("cli", |mend| mend.cli),
    ("python", |mend| mend.python),
    ("code", |mend| mend.code),
];

/// Adds the ways to checks, which have their ids; none to a check that this version does not know.
pub(super) fn add_ways(checks: &mut Columns) {
    let known = Profile::Both.checks().map(|check| (check.id, &check.remediation)).collect::<HashMap<_, _>>();
    let of_rows = {
        let ids = checks.texts("check_id");
        ids.into_iter().map(|id| known.get(id?).copied()).collect::<Vec<_>>()
    };
    for (name, way) in WAYS {
        checks.with_texts(name, of_rows.iter().map(|mend| mend.map(way)));
    }
}
