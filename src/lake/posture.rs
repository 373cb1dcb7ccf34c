//! The table `posture_daily`: the findings of a run counted, so that trends need not read the findings themselves.

use super::{
    column::{Column, Read},
    findings::{of_finding, place_of_finding},
    placed::run_columns,
};

/// What one row of the table counts; what it counts by is copied from one of the findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Findings.
    pub findings: u64,
    /// Of these, those that an exception covers.
    pub excepted: u64,
}

/// The columns of the table.
pub fn columns() -> Vec<Column<Count>> {
    let counts: Vec<Column<Count>> = vec![
        Column {
            name: "findings",
            meaning: "Findings of this place, check and status; a resource has one of each check.",
            read: Read::BigInt(|row| row.findings),
        },
        Column {
            name: "excepted",
            meaning: "Of the findings, those that an exception covers.",
            read: Read::BigInt(|row| row.excepted),
        },
    ];
    [run_columns(), place_of_finding(), of_finding(&["check_id", "severity_id", "severity", "status"]), counts].concat()
}
