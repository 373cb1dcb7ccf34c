//! Which night is asked what a resource was made with: the first one that tells it, since what was changed later was in no request
//! that made it.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use jiff::{Timestamp, civil::Date};

use crate::query::{QueryError, rows::Row};

/// How much the facts of a row tell, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// All that the audit keeps.
    Whole,
    /// All but the instances.
    Unconfirmed,
    /// Nothing.
    Unreadable,
}

impl Fit {
    /// How it is told in SQL, of a table of this alias: the column `fit`. A quote within a text of JSON stands behind a
    /// backslash, so that no text looks like a member.
    pub(super) fn column(alias: &str) -> String {
        format!(
            "CASE WHEN {alias}.config_json LIKE '{{\"unreadable\"%' THEN 'unreadable'
            WHEN {alias}.config_json LIKE '%\"instances\":{{\"unconfirmed\"%' THEN 'unconfirmed'
            ELSE 'whole' END AS fit"
        )
    }

    /// The column of a row.
    pub(super) fn of(row: Row<'_>) -> Result<Self, QueryError> {
        Ok(match row.known("fit")? {
            "whole" => Self::Whole,
            "unconfirmed" => Self::Unconfirmed,
            _ => Self::Unreadable,
        })
    }
}

/// A resource on a night.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting<'a> {
    account_id: &'a str,
    arn: &'a str,
    created_at: Option<Timestamp>,
    night: Date,
}

impl<'a> Sighting<'a> {
    /// That of a row.
    pub(super) fn of(row: Row<'a>) -> Result<Self, QueryError> {
        let night = row.known("run_partition")?.parse::<Date>();
        Ok(Self {
            account_id: row.known("account_id")?,
            arn: row.known("resource_arn")?,
            created_at: row.instant("created_at"),
            night: night.map_err(|error| QueryError::Engine(format!("a night is no day: {error}")))?,
        })
    }
}

/// The night of each resource, and the name that each account had last. Resources are known by a hash of 128 bits, since
/// there can be millions of them.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    hashers: [RandomState; 2],
    nights: HashMap<[u64; 2], (Fit, Date)>,
    names: HashMap<String, (Date, String)>,
}

impl Sightings {
    fn key(&self, sighting: Sighting<'_>) -> [u64; 2] {
        let Sighting { account_id, arn, created_at, night: _ } = sighting;
        self.hashers.each_ref().map(|hasher| hasher.hash_one((account_id, arn, created_at)))
    }

    /// Keeps a sighting in mind, if none tells more or as much earlier.
    pub(super) fn note(&mut self, sighting: Sighting<'_>, fit: Fit, account_name: &str) {
        let (key, found) = (self.key(sighting), (fit, sighting.night));
        self.nights.entry(key).and_modify(|known| *known = (*known).min(found)).or_insert(found);
        match self.names.get_mut(sighting.account_id) {
            Some(known) if known.0 >= sighting.night => {}
            Some(known) => *known = (sighting.night, account_name.to_owned()),
            None => {
                let name = (sighting.night, account_name.to_owned());
                self.names.insert(sighting.account_id.to_owned(), name);
            }
        }
    }

    /// Whether it is the one to ask; that is so once.
    pub(super) fn takes(&mut self, sighting: Sighting<'_>) -> bool {
        let key = self.key(sighting);
        let is_it = self.nights.get(&key).is_some_and(|(_, night)| *night == sighting.night);
        is_it && self.nights.remove(&key).is_some()
    }

    /// The name that an account had last.
    pub(super) fn name(&self, account_id: &str) -> Option<&str> {
        self.names.get(account_id).map(|(_, name)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(night: &str) -> Sighting<'static> {
        let created_at = Some("2026-11-20T03:15:00Z".parse().unwrap());
        Sighting { account_id: "111111111111", arn: "arn:job", created_at, night: night.parse().unwrap() }
    }

    /// The night that is taken of these.
    fn taken(nights: &[(&'static str, Fit)]) -> Vec<&'static str> {
        let mut sightings = Sightings::default();
        for (night, fit) in nights {
            sightings.note(on(night), *fit, night);
        }
        let taken = nights.iter().map(|(night, _)| *night).filter(|night| sightings.takes(on(night)));
        taken.collect()
    }

    #[test]
    fn the_first_night_that_tells_is_taken_in_whatever_order_they_come() {
        use Fit::{Unconfirmed, Unreadable, Whole};
        assert_eq!(taken(&[("2026-11-22", Whole), ("2026-11-21", Whole), ("2026-11-23", Whole)]), ["2026-11-21"]);
        assert_eq!(taken(&[("2026-11-21", Unreadable), ("2026-11-22", Unconfirmed)]), ["2026-11-22"]);
        assert_eq!(taken(&[("2026-11-21", Unconfirmed), ("2026-11-22", Whole), ("2026-11-23", Whole)]), ["2026-11-22"]);
        assert_eq!(taken(&[("2026-11-21", Unreadable), ("2026-11-22", Unreadable)]), ["2026-11-21"]);
    }

    #[test]
    fn an_account_has_the_name_of_its_last_night() {
        let mut sightings = Sightings::default();
        for (night, name) in [("2026-11-21", "old"), ("2026-11-23", "new"), ("2026-11-22", "old")] {
            sightings.note(on(night), Fit::Whole, name);
        }
        assert_eq!((sightings.name("111111111111"), sightings.name("2")), (Some("new"), None));
    }

    #[test]
    fn what_the_columns_are_told_by_is_what_facts_are_written_as() {
        use crate::resource::{
            Facts, ResourceType,
            training_job::{Instances, TrainingJob},
        };
        let instances = Instances::Unconfirmed("denied".to_owned());
        let facts = Facts::from(TrainingJob { instances, ..TrainingJob::default() });
        assert!(facts.to_json().unwrap().contains("\"instances\":{\"unconfirmed\""));
        let denied = Facts::Unreadable { resource_type: ResourceType::TrainingJob, why: "denied".to_owned() };
        assert!(denied.to_json().unwrap().starts_with("{\"unreadable\""));
    }
}
