//! What other catalogues have for SageMaker, which of our checks stands for each of their ids, and where the judgements
//! differ. A user who comes from one of them finds every id here, also those that have no counterpart.

use std::{fmt, sync::LazyLock};

use serde::{Serialize, Serializer};

mod config;
mod prowler;
mod security_hub;

/// A catalogue of checks that is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Catalogue {
    /// Prowler 5.46.
    Prowler,
    /// AWS Security Hub CSPM.
    SecurityHub,
    /// The managed rules of AWS Config.
    Config,
}

impl Catalogue {
    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Prowler => "Prowler 5.46",
            Self::SecurityHub => "AWS Security Hub",
            Self::Config => "AWS Config",
        }
    }

    /// The name for programs.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Prowler => "prowler",
            Self::SecurityHub => "security-hub",
            Self::Config => "config",
        }
    }
}

impl fmt::Display for Catalogue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.title())
    }
}

impl Serialize for Catalogue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

/// A check of another catalogue, and what stands for it in ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Equivalent {
    /// Whose check it is.
    pub catalogue: Catalogue,
    /// Its id there.
    pub id: &'static str,
    /// The ids of our checks that judge what it judges.
    pub checks: &'static [&'static str],
    /// Where the judgements differ, in a sentence or two.
    pub difference: &'static str,
}

/// An id of another catalogue, ours, and the difference.
type Row = (&'static str, &'static [&'static str], &'static str);

fn rows(catalogue: Catalogue, rows: &[Row]) -> impl Iterator<Item = Equivalent> {
    rows.iter().map(move |(id, checks, difference)| Equivalent { catalogue, id, checks, difference })
}

/// Every check of the other catalogues, in the order of these, and in each as it counts its own.
pub static EQUIVALENTS: LazyLock<Vec<Equivalent>> = LazyLock::new(|| {
    // Each control of Security Hub is a rule of Config, which judges alike.
    let hub = security_hub::CONTROLS.iter();
    let controls = hub.clone().map(|(id, _rule, checks, difference)| (*id, *checks, *difference)).collect::<Vec<Row>>();
    let rules = hub.map(|(_id, rule, checks, difference)| (*rule, *checks, *difference)).collect::<Vec<Row>>();
    let others =
        [rows(Catalogue::SecurityHub, &controls).collect(), rows(Catalogue::Config, &rules).collect::<Vec<_>>()];
    rows(Catalogue::Prowler, prowler::CHECKS)
        .chain(others.into_iter().flatten())
        .chain(rows(Catalogue::Config, config::RULES))
        .collect()
});

/// What other catalogues have for one of our checks, by its id.
pub fn equivalents(check: &str) -> impl Iterator<Item = &'static Equivalent> {
    EQUIVALENTS.iter().filter(move |equivalent| equivalent.id == check || equivalent.checks.contains(&check))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::CHECKS;

    fn ids(catalogue: Catalogue) -> Vec<&'static str> {
        EQUIVALENTS.iter().filter(|one| one.catalogue == catalogue).map(|one| one.id).collect()
    }

    #[test]
    fn every_control_of_security_hub_is_there_in_order() {
        let controls = (1..=25).map(|number| format!("SageMaker.{number}")).collect::<Vec<_>>();
        assert_eq!(ids(Catalogue::SecurityHub), controls);
    }

    #[test]
    fn every_check_of_prowler_and_every_rule_of_config_is_there_once() {
        for (catalogue, count) in [(Catalogue::Prowler, 17), (Catalogue::Config, 33)] {
            let ids = ids(catalogue);
            assert_eq!(ids.len(), count);
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), count);
        }
        assert!(ids(Catalogue::Prowler).iter().all(|id| id.starts_with("sagemaker_")));
        assert!(ids(Catalogue::Config).iter().all(|id| id.starts_with("sagemaker-")));
    }

    #[test]
    fn every_id_of_ours_that_is_named_exists() {
        let ours = CHECKS.iter().map(|check| check.id).collect::<BTreeSet<_>>();
        let named = EQUIVALENTS.iter().flat_map(|one| one.checks).copied().collect::<BTreeSet<_>>();
        assert_eq!(named.difference(&ours).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn a_check_names_a_control_of_security_hub_exactly_where_the_table_does() {
        for check in CHECKS {
            let serves = check.serves.iter().filter(|one| one.0 == crate::check::Framework::AwsFsbp).map(|one| one.1);
            let table = EQUIVALENTS.iter().filter(|one| one.catalogue == Catalogue::SecurityHub);
            let table = table.filter(|one| one.checks.contains(&check.id)).map(|one| one.id);
            assert_eq!(serves.collect::<BTreeSet<_>>(), table.collect(), "{}", check.id);
        }
    }

    #[test]
    fn every_difference_is_said_in_whole_sentences() {
        for one in EQUIVALENTS.iter() {
            assert!(one.difference.ends_with('.') && one.difference.len() > 20, "{}", one.id);
            assert!(!one.difference.contains("  "), "{}", one.id);
        }
    }
}
