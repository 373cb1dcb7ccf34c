//! Chaos by seed: what goes wrong in one run, drawn so that many seeds together try every fault at every API.

use std::time::Duration;

use super::behaviour::Behaviour;
use super::draw::Draw;
use super::fault::{Fault, FaultRule};
use super::organization::Organization;
use super::quota::Quotas;

/// The APIs that faults are drawn for: first those that read what is judged, which are drawn most often, at the end those
/// that a run cannot begin without, which are drawn seldom.
const APIS: [&str; 16] = [
    "sagemaker:ListTrainingJobs",
    "sagemaker:Search",
    "sagemaker:DescribeTrainingJob",
    "kms:DescribeKey",
    "account:ListRegions",
    "sts:AssumeRole",
    "s3:PutObject",
    "s3:GetObject",
    "s3:HeadObject",
    "s3:ListObjectsV2",
    "s3:DeleteObject",
    "organizations:ListTagsForResource",
    "organizations:DescribeOrganizationalUnit",
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "sts:GetCallerIdentity",
];
/// So many of [`APIS`] read what is judged.
const JUDGED: u64 = 4;
/// So many of [`APIS`] a run can begin without.
const DISPENSABLE: u64 = 14;

/// How bad it gets.
#[derive(Debug, Clone, Copy)]
enum Mood {
    /// Nothing goes wrong.
    Calm,
    /// Some calls fail now and then, or a few times.
    Mild,
    /// One API fails for good, perhaps in one place only.
    Harsh,
    /// Every call of every API may fail.
    Everywhere,
    /// Some rules of any kind.
    Mixed,
}

impl Behaviour {
    /// What goes wrong in a run against `organization`, by `seed` alone. The faults leave the truth what it is: no
    /// answer is made that is whole, well-formed and false.
    pub fn chaos(seed: u64, organization: &Organization) -> Self {
        let mut draw = Draw::new(&[seed, 0x0063_6861_6f73]);
        let moods = [(6, Mood::Calm), (24, Mood::Mild), (30, Mood::Harsh), (15, Mood::Everywhere)];
        let mood = draw.weighted(&moods, Mood::Mixed);
        let mut rules = |least: u64, most: u64, rule: fn(&mut Draw) -> FaultRule| {
            let count = least + draw.below(most - least + 1);
            (0..count).map(|_| rule(&mut draw)).collect::<Vec<_>>()
        };
        let faults = match mood {
            Mood::Calm => Vec::new(),
            Mood::Mild => rules(1, 3, mild),
            Mood::Harsh => rules(1, 1, harsh),
            Mood::Everywhere => rules(1, 2, everywhere),
            Mood::Mixed => rules(2, 6, |draw| if draw.percent(60) { mild(draw) } else { harsh(draw) }),
        };
        let faults = faults.into_iter().map(|rule| placed(&mut draw, rule, organization)).collect();
        let behaviour = Self { faults, omit_paths: draw.percent(15), ..Self::default() };
        if matches!(mood, Mood::Calm) { behaviour } else { behaviour.with_moods_of_the_services(&mut draw) }
    }

    /// What is no fault of a call: quotas, short sessions, and a search that lags, hides, miscounts or does not filter.
    fn with_moods_of_the_services(self, draw: &mut Draw) -> Self {
        Self {
            quotas: draw.percent(8).then(|| Quotas::realistic().scaled(20.0)),
            session_lifetime: draw.percent(10).then(|| Duration::from_secs(1 + draw.below(2))),
            search_lag: if draw.percent(10) { 3_600 << draw.below(12) } else { 0 },
            search_hides: if draw.percent(10) { 1 + draw.below(20) } else { 0 },
            search_ignores_filters: draw.percent(8),
            search_counts_nothing: draw.percent(8),
            ..self
        }
    }
}

fn api(draw: &mut Draw) -> &'static str {
    let bound = draw.weighted(&[(50, JUDGED), (42, DISPENSABLE)], u64::try_from(APIS.len()).unwrap_or(DISPENSABLE));
    let chosen = usize::try_from(draw.below(bound)).unwrap_or_default();
    APIS.get(chosen).copied().unwrap_or_default()
}

/// Whether each such call costs the whole patience of the caller, so that a run can bear a few only.
fn is_slow(fault: &Fault) -> bool {
    matches!(fault, Fault::Hang | Fault::StalledBody)
}

fn fault(draw: &mut Draw) -> Fault {
    match draw.below(24) {
        0 => Fault::Denied,
        1 => Fault::DeniedByScp,
        2 => Fault::DeniedByScpImplicitly,
        3 | 4 => Fault::Throttled,
        5 => Fault::Status(500),
        6 => Fault::Status(503),
        7 => Fault::HtmlError(draw.one_of(&[403, 404, 429, 502, 504])),
        8 => Fault::Reset,
        9 => Fault::DoneThenReset,
        10 => Fault::DoneThenStatus(draw.one_of(&[500, 503])),
        11 => Fault::CutBody,
        12 => Fault::SlowBody(Duration::from_millis(1 + draw.below(5))),
        13 => Fault::StalledBody,
        14 => Fault::MalformedBody,
        15 => Fault::ForeignBody,
        16 => Fault::WrongContentType,
        17 => Fault::ExpiredToken,
        18 => Fault::UnrecognizedClient,
        19 => Fault::InvalidClientToken,
        20 => Fault::ClockSkewed,
        21 => Fault::Hang,
        22 => Fault::RepeatToken,
        _ if draw.percent(50) => Fault::EmptyPage,
        _ => Fault::DuplicateRecord,
    }
}

/// Now and then, or a burst of some calls, at one API.
fn mild(draw: &mut Draw) -> FaultRule {
    let (api, fault) = (api(draw), fault(draw));
    let rule = FaultRule::at(api, fault).after(draw.below(6));
    if is_slow(&rule.fault) {
        rule.times(1 + draw.below(2))
    } else if draw.percent(50) {
        rule.one_in(2 + draw.below(8))
    } else {
        rule.times(1 + draw.below(12))
    }
}

/// Every call of one API, from some call on and for good.
fn harsh(draw: &mut Draw) -> FaultRule {
    let (api, fault) = (api(draw), fault(draw));
    let rule = FaultRule::at(api, fault).after(if draw.percent(60) { 0 } else { draw.below(10) });
    if is_slow(&rule.fault) { rule.times(3) } else { rule }
}

/// Any call of any API.
fn everywhere(draw: &mut Draw) -> FaultRule {
    let rule = FaultRule::everywhere(fault(draw)).after(draw.below(20)).one_in(3 + draw.below(30));
    if is_slow(&rule.fault) { rule.times(3) } else { rule }
}

/// A rule for all places, or for one region or the credentials of one account.
fn placed(draw: &mut Draw, rule: FaultRule, organization: &Organization) -> FaultRule {
    if draw.percent(25) {
        let regions: Vec<_> = organization.regions().collect();
        let chosen = draw.below(u64::try_from(regions.len()).unwrap_or_default());
        let region = usize::try_from(chosen).ok().and_then(|chosen| regions.get(chosen));
        return region.map_or_else(|| rule.clone(), |region| rule.clone().in_region(Clone::clone(*region)));
    }
    if draw.percent(25) {
        let accounts = organization.accounts();
        let chosen = draw.below(u64::try_from(accounts.len()).unwrap_or_default());
        let account = usize::try_from(chosen).ok().and_then(|chosen| accounts.get(chosen));
        return FaultRule { account: account.map(|account| account.id), ..rule };
    }
    rule
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Shape;
    use super::*;

    #[test]
    fn a_seed_always_draws_the_same_and_many_seeds_draw_every_api_and_fault() {
        let organization = Organization::new(&Shape { accounts: 5, regions: 2, jobs: 10, ..Shape::default() });
        assert_eq!(Behaviour::chaos(7, &organization), Behaviour::chaos(7, &organization));
        let all = (0..1_000).map(|seed| Behaviour::chaos(seed, &organization)).collect::<Vec<_>>();
        let rules = || all.iter().flat_map(|behaviour| &behaviour.faults);
        let apis = rules().filter_map(|rule| rule.operation.clone()).collect::<BTreeSet<_>>();
        assert_eq!(apis, APIS.map(str::to_owned).into());
        let name = |rule: &FaultRule| format!("{:?}", rule.fault).split('(').next().unwrap().to_owned();
        assert_eq!(rules().map(name).collect::<BTreeSet<_>>().len(), 23);
        assert!(rules().all(|rule| !is_slow(&rule.fault) || rule.times.is_some()), "a run would take too long");
        let calm = all.iter().filter(|behaviour| behaviour.faults.is_empty()).count();
        assert!((30..120).contains(&calm), "{calm}");
    }
}
