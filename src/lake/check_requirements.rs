//! The table `check_requirements`: which requirements of which frameworks each check serves, one row for each.

use std::borrow::Cow;

use super::{
    checks::Listed,
    column::{Column, Read},
    placed::run_columns,
};
use crate::check::Requirement;

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Served {
    /// The id of the check.
    pub check_id: &'static str,
    /// The requirement.
    pub requirement: Requirement,
}

/// What these checks serve, in their order.
pub fn served(checks: &[Listed]) -> Vec<Served> {
    let of_check = |row: &Listed| {
        let check_id = row.check.id;
        row.check.requirements().into_iter().map(move |requirement| Served { check_id, requirement })
    };
    checks.iter().flat_map(of_check).collect()
}

/// The columns of the table.
pub fn columns() -> Vec<Column<Served>> {
    let own: Vec<Column<Served>> = vec![
        Column {
            name: "check_id",
            meaning: "The check, by its stable id.",
            read: Read::Text(|row| Cow::Borrowed(row.check_id)),
        },
        Column {
            name: "framework",
            meaning: "The framework, by the name for programs, such as nist-800-53.",
            read: Read::Text(|row| Cow::Borrowed(row.requirement.0.slug())),
        },
        Column {
            name: "framework_name",
            meaning: "The name of the framework with its version.",
            read: Read::Text(|row| Cow::Borrowed(row.requirement.0.title())),
        },
        Column {
            name: "requirement",
            meaning: "The id of the requirement in its framework.",
            read: Read::Text(|row| Cow::Borrowed(row.requirement.1)),
        },
        Column {
            name: "standard",
            meaning: "Both as one text, as findings hold it in standards.",
            read: Read::Text(|row| Cow::Owned(row.requirement.to_string())),
        },
    ];
    [run_columns(), own].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config, lake::checks::listed};

    #[test]
    fn the_texts_of_a_check_are_the_standards_of_its_findings() {
        for row in listed(&config::Checks::default()) {
            let texts = served(&[row]).iter().map(|served| served.requirement.to_string()).collect::<Vec<_>>();
            assert_eq!(texts, row.check.standards());
        }
    }
}
