//! What the resources of a cell show of something else that is audited: for the types that are read last in a region, out
//! of what the cells before them saw there.
//!
//! It is staged with the slice or the end that it belongs to, so that a run which goes on knows it of the cells that are not
//! read again.

use std::{borrow::Borrow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use crate::{
    coverage::{Method, Outcome},
    resource::{Facts, ResourceType, account_region::Sign},
    scan::cell::Collected,
};

/// What resources show of something else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Seen {
    /// The texts by which they name keys, and how often each.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    keys: BTreeMap<String, u64>,
    /// What they show of the use of their region, and how many do.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    signs: BTreeMap<Sign, u64>,
}

impl Seen {
    /// What resources with these facts show.
    pub fn of<'f>(facts: impl IntoIterator<Item = &'f Facts>) -> Self {
        let mut seen = Self::default();
        for facts in facts {
            facts.keys().into_iter().for_each(|text| count(&mut seen.keys, text, 1));
            let undescribed = matches!(facts, Facts::Unreadable { resource_type: ResourceType::ProcessingJob, .. });
            let sign = facts.sign().or(undescribed.then_some(Sign::UndescribedJob));
            if let Some(sign) = sign {
                count(&mut seen.signs, &sign, 1);
            }
        }
        seen
    }

    /// Adds what other resources show.
    pub fn add(&mut self, other: &Self) {
        other.keys.iter().for_each(|(text, uses)| count(&mut self.keys, text.as_str(), *uses));
        other.signs.iter().for_each(|(sign, uses)| count(&mut self.signs, sign, *uses));
    }

    /// How many resources show a sign.
    pub fn shown(&self, sign: Sign) -> u64 {
        self.signs.get(&sign).copied().unwrap_or_default()
    }

    /// The texts by which keys are named, and how often each.
    pub fn keys(&self) -> impl Iterator<Item = (&str, u64)> {
        self.keys.iter().map(|(text, uses)| (text.as_str(), *uses))
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.signs.is_empty()
    }
}

/// Adds to a count; what is counted is copied only the first time.
fn count<K: Ord + Borrow<B>, B: Ord + ToOwned<Owned = K> + ?Sized>(
    counts: &mut BTreeMap<K, u64>,
    what: &B,
    times: u64,
) {
    match counts.get_mut(what) {
        Some(known) => *known += times,
        None => drop(counts.insert(what.to_owned(), times)),
    }
}

/// A cell that was read before, as far as the types that are read last look at it.
#[derive(Debug, Clone)]
pub struct Before {
    /// Its type.
    pub resource_type: ResourceType,
    /// How it ended.
    pub outcome: Outcome,
    /// What its resources show.
    pub seen: Seen,
}

impl Before {
    /// Whether what it saw may not be all that there is.
    pub fn is_gap(&self) -> bool {
        self.outcome != Outcome::Complete && self.outcome.counts()
    }
}

/// How a cell ends that is told from others: as they did where they all ended alike, completely when none has a gap, and
/// else in part. `what` names what they are looked at for.
pub fn told_from(cells: &[Before], what: &str) -> Collected {
    let mut collected = Collected { method: Some(Method::Derived), ..Collected::complete(0) };
    let is_read = |cell: &&Before| matches!(cell.outcome, Outcome::Complete | Outcome::Partial);
    if cells.is_empty() {
        collected.partial(format!("no resource type that shows {what} is audited"));
        return collected;
    }
    if !cells.iter().any(|cell| is_read(&cell)) {
        // That of a cell that could have been read, if there is one.
        let decisive = cells.iter().find(|cell| cell.outcome.counts()).or(cells.first());
        collected.outcome = decisive.map_or(Outcome::Error, |cell| cell.outcome);
        collected.method = None;
        collected.notes.push(format!("no resource type that shows {what} could be read"));
        return collected;
    }
    let gaps = cells.iter().filter(|cell| cell.is_gap()).map(|cell| cell.resource_type.slug()).collect::<Vec<_>>();
    if !gaps.is_empty() {
        collected.partial(format!(
            "{what} may be missing that only these show, which were not read whole: {}",
            gaps.join(", ")
        ));
    }
    let idle = cells.iter().filter(|cell| cell.outcome == Outcome::NotAsked).count();
    if idle > 0 {
        collected.notes.push(format!("{idle} resource types that may show {what} were empty for long and not asked"));
    }
    collected
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::resource::model_card::ModelCard;

    fn card(key: &str) -> Facts {
        ModelCard { key: Some(key.to_owned()) }.into()
    }

    proptest! {
        #[test]
        fn the_same_is_seen_however_resources_are_divided_and_written_down(
            keys in proptest::collection::vec("[a-d]", 0..20),
            cut in 0..20_usize,
        ) {
            let cards = keys.iter().map(|key| card(key)).collect::<Vec<_>>();
            let (first, rest) = cards.split_at(cut.min(cards.len()));
            let mut seen: Seen = serde_json::from_str(&serde_json::to_string(&Seen::of(first)).unwrap()).unwrap();
            seen.add(&Seen::of(rest));
            prop_assert_eq!(seen.keys().map(|(_, uses)| uses).sum::<u64>(), u64::try_from(keys.len()).unwrap());
            prop_assert_eq!(seen, Seen::of(&cards));
        }
    }

    #[test]
    fn a_processing_job_that_could_not_be_described_is_seen_as_such_and_nothing_else_is() {
        let shown = |resource_type| {
            let facts = Facts::Unreadable { resource_type, why: "denied".to_owned() };
            Seen::of([&facts]).shown(Sign::UndescribedJob)
        };
        assert_eq!((shown(ResourceType::ProcessingJob), shown(ResourceType::Model)), (1, 0));
    }

    #[test]
    fn gaps_make_it_partial_and_what_cannot_be_there_or_was_not_asked_does_not() {
        let told = |outcomes: &[Outcome]| {
            let before = |outcome: &Outcome| Before {
                resource_type: ResourceType::Model,
                outcome: *outcome,
                seen: Seen::default(),
            };
            let collected = told_from(&outcomes.iter().map(before).collect::<Vec<_>>(), "keys");
            (collected.outcome, collected.notes.len())
        };
        for (outcomes, outcome, notes) in [
            (&[][..], Outcome::Partial, 1),
            (&[Outcome::Complete, Outcome::Complete], Outcome::Complete, 0),
            (&[Outcome::Complete, Outcome::NotSupported], Outcome::Complete, 0),
            (&[Outcome::Complete, Outcome::NotAsked], Outcome::Complete, 1),
            (&[Outcome::Complete, Outcome::AccessDenied], Outcome::Partial, 1),
            (&[Outcome::Partial, Outcome::NotAsked], Outcome::Partial, 2),
            (&[Outcome::NotAsked, Outcome::NotAsked], Outcome::NotAsked, 1),
            (&[Outcome::NotSupported, Outcome::Throttled, Outcome::AccessDenied], Outcome::Throttled, 1),
        ] {
            assert_eq!(told(outcomes), (outcome, notes), "{outcomes:?}");
        }
    }
}
