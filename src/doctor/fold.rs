//! Many accounts told of at once: what is well with how many, and each problem with all who share it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    account::Looked,
    advice,
    observation::{Answer, Consequence, Group, Level, Named, Observation},
    symptom::Kind,
};
use crate::{
    config::Config,
    coverage::{Outcome, RegionsFrom},
    outcome::Refusal,
    place::{AccountId, Region},
    session::{Caller, credentials::ASSUME_ROLE, regions::LIST_REGIONS},
};

/// Regions that a line names with the number of their accounts.
const REGIONS_COUNTED: usize = 4;

/// The accounts with one problem.
#[derive(Debug, Default)]
struct Folded {
    accounts: BTreeMap<Named, BTreeSet<Region>>,
    refusal: Option<Refusal>,
}

/// What was seen of all accounts that were looked at.
pub(super) fn fold(
    looked: &[Looked],
    config: &Config,
    caller: &Caller,
    management: Option<AccountId>,
) -> Vec<Observation> {
    let mut folded = BTreeMap::<(Kind, Option<Outcome>), Folded>::new();
    for account in looked {
        for symptom in &account.symptoms {
            let key = (symptom.kind, symptom.refusal.as_ref().map(|refusal| refusal.outcome));
            let problem = folded.entry(key).or_default();
            problem.accounts.entry(account.account.clone()).or_default().extend(symptom.region.clone());
            problem.refusal = problem.refusal.take().or_else(|| symptom.refusal.clone());
        }
    }
    let mut observations = well(looked);
    for ((kind, outcome), problem) in folded {
        let closed = management.filter(|id| kind == Kind::Role && problem.accounts.keys().any(|named| named.id == *id));
        let mut observation = told(kind, outcome, problem, looked.len(), config, caller);
        observation.advice.extend(closed.map(advice::management_account));
        observations.push(observation);
    }
    observations
}

/// What works, by how many accounts; nothing about what works nowhere.
fn well(looked: &[Looked]) -> Vec<Observation> {
    let all = looked.len();
    let mut observations = Vec::new();
    let mut say = |subject: &str, count: usize, text: String| {
        if count > 0 {
            observations.push(Observation::ok(Group::Accounts, subject, text));
        }
    };
    let assumed = looked.iter().filter(|account| account.entered && !account.directly).count();
    say(ASSUME_ROLE, assumed, format!("in {}", of(assumed, all)));
    let directly = looked.iter().filter(|account| account.directly).count();
    say("our own credentials", directly, format!("in {}, without the role", of(directly, all)));
    let listed = looked.iter().filter(|account| account.regions_from == Some(RegionsFrom::ListRegions)).count();
    say(LIST_REGIONS, listed, format!("in {}", of(listed, all)));
    let cells = looked.iter().map(|account| account.open.len()).sum::<usize>();
    say("regions", cells, format!("{cells} can be read, in all these accounts together"));
    let tried = looked.iter().flat_map(|account| account.tried.iter().copied()).collect::<BTreeSet<_>>();
    for action in tried {
        let refuses = |account: &Looked| account.symptoms.iter().any(|symptom| symptom.kind == Kind::Action(action));
        let count = looked.iter().filter(|account| account.tried.contains(&action) && !refuses(account)).count();
        say(action, count, format!("in {}", of(count, all)));
    }
    observations
}

fn told(
    kind: Kind,
    outcome: Option<Outcome>,
    problem: Folded,
    all: usize,
    config: &Config,
    caller: &Caller,
) -> Observation {
    let meaning = kind.meaning(outcome);
    let mut by_region = BTreeMap::<Region, usize>::new();
    for region in problem.accounts.values().flatten() {
        *by_region.entry(region.clone()).or_default() += 1;
    }
    let regions = by_region.keys().cloned().collect::<Vec<_>>();
    let mut text = format!("in {}: {}", of(problem.accounts.len(), all), meaning.text);
    // Elsewhere the regions are only those in which it was tried.
    if matches!(kind, Kind::Region | Kind::Unlisted | Kind::New) {
        text = format!("{text} ({})", counted(&by_region));
    }
    Observation {
        level: meaning.level,
        consequence: meaning.consequence,
        accounts: problem.accounts.into_keys().collect(),
        answer: problem.refusal.as_ref().map(Answer::from),
        advice: kind.advice(problem.refusal.as_ref(), &regions, config, caller),
        regions,
        ..Observation::new(Group::Accounts, Level::Ok, meaning.subject, text)
    }
}

fn counted(by_region: &BTreeMap<Region, usize>) -> String {
    let mut texts =
        by_region.iter().take(REGIONS_COUNTED).map(|(region, count)| format!("{region}: {count}")).collect::<Vec<_>>();
    if by_region.len() > REGIONS_COUNTED {
        texts.push(format!("and {} regions more", by_region.len() - REGIONS_COUNTED));
    }
    texts.join(", ")
}

fn of(count: usize, all: usize) -> String {
    let plural = if all == 1 { "account" } else { "accounts" };
    format!("{count} of {all} {plural}")
}

/// The accounts of which a night would miss all, and those of which it would miss a part.
pub(super) fn missed(observations: &[Observation]) -> (BTreeSet<&Named>, BTreeSet<&Named>) {
    let with = |consequence| {
        let such = observations.iter().filter(move |observation| observation.consequence == consequence);
        such.flat_map(|observation| &observation.accounts).collect::<BTreeSet<_>>()
    };
    let whole = with(Consequence::AccountsMissed);
    let parts = with(Consequence::PartsMissed).difference(&whole).copied().collect();
    (whole, parts)
}
