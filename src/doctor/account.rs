//! One account: its role, its regions, and every action that a run needs there.

use std::sync::Arc;

use super::{
    ask::{self, Ask},
    observation::Named,
    symptom::{Kind, Symptom},
};
use crate::{
    check::selection::Selection,
    config::Config,
    coverage::{Outcome, RegionsFrom},
    organization::{Member, Target},
    outcome::Refusal,
    place::Region,
    region,
    resource::training_job,
    session::{
        Aws, Session,
        regions::{self, RegionsInScope, Standing},
    },
};

/// In so many open regions every action is tried, where the first one refuses any.
const REGIONS_TRIED: usize = 2;

/// What was seen of an account.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) account: Named,
    /// Whether its role could be assumed.
    pub(super) entered: bool,
    /// Whether it is audited with our own credentials.
    pub(super) directly: bool,
    /// Where its regions come from.
    pub(super) regions_from: Option<RegionsFrom>,
    /// Regions in which it can be read.
    pub(super) open: Vec<Region>,
    /// Actions that were tried.
    pub(super) tried: Vec<&'static str>,
    pub(super) symptoms: Vec<Symptom>,
}

impl Looked {
    fn complain(&mut self, kind: Kind, region: Option<&Region>, refusal: Option<Refusal>) {
        self.symptoms.push(Symptom { kind, region: region.cloned(), refusal });
    }
}

/// Looks at one account.
pub(super) async fn look(aws: &Aws, config: &Config, member: &Member) -> Looked {
    let account = Named { id: member.account.id, name: member.account.name.clone() };
    let mut looked = Looked {
        account,
        entered: false,
        directly: member.directly,
        regions_from: None,
        open: Vec::new(),
        tried: Vec::new(),
        symptoms: Vec::new(),
    };
    let session = match aws.session(member.account.id, member.directly).await {
        Ok(session) => session,
        Err(refusal) => {
            looked.complain(Kind::Role, None, Some(refusal));
            return looked;
        }
    };
    looked.entered = true;
    let scope = regions::in_scope(&aws.global_gate(&session), &config.regions, aws.caller().partition).await;
    looked.regions_from = Some(scope.from);
    if let Some(refusal) = &scope.refusal {
        looked.complain(Kind::RegionList, None, Some(refusal.clone()));
    }
    if scope.regions.is_empty() {
        looked.complain(Kind::NoRegion, None, None);
    }
    let asks = ask::asks(&Selection::configured(&config.checks));
    let (account, partition) = (Arc::new(member.account.clone()), aws.caller().partition);
    let target = |region: &Region| Target {
        account: Arc::clone(&account),
        region: region.clone(),
        partition,
        regions_from: scope.from,
    };
    first_calls(aws, &session, &scope, target, &asks, &mut looked).await;
    actions(aws, &session, target, &asks, &mut looked).await;
    looked
}

/// The call with which a run begins, in each region: it tells whether the region can be read at all.
async fn first_calls(
    aws: &Aws,
    session: &Session,
    scope: &RegionsInScope,
    target: impl Fn(&Region) -> Target,
    asks: &[Ask],
    looked: &mut Looked,
) {
    let mut enabled = Vec::new();
    for (region, standing) in &scope.regions {
        match standing {
            Standing::Enabled => enabled.push(region),
            Standing::NotListed => looked.complain(Kind::Unlisted, Some(region), None),
            Standing::Disabled | Standing::WithoutService => {}
        }
        if region::lookup(region).is_none() && *standing == Standing::Enabled {
            looked.complain(Kind::New, Some(region), None);
        }
    }
    let targets = enabled.iter().map(|region| target(region)).collect::<Vec<_>>();
    let calls = targets.iter().map(|target| first_call(aws, session, target, asks));
    for (region, answer) in enabled.iter().zip(futures::future::join_all(calls).await) {
        match answer {
            Ok(()) => looked.open.push((*region).clone()),
            // Identity policies hold in every region, so this is about the action.
            Err(refusal) if refusal.outcome == Outcome::AccessDenied => looked.open.push((*region).clone()),
            // Off, where the account was not asked: nothing is there to be missed.
            Err(refusal) if refusal.outcome == Outcome::RegionDisabled && scope.from != RegionsFrom::ListRegions => {}
            Err(refusal) => looked.complain(Kind::Region, Some(region), Some(refusal)),
        }
    }
}

async fn first_call(aws: &Aws, session: &Session, target: &Target, asks: &[Ask]) -> Result<(), Refusal> {
    let gate = aws.gate(session, &target.region);
    match asks.first() {
        Some(ask) => ask.put_to(&gate, target).await,
        None => Ok(()),
    }
}

/// Every action, in the first open region, and in another one where the first refuses any.
async fn actions(aws: &Aws, session: &Session, target: impl Fn(&Region) -> Target, asks: &[Ask], looked: &mut Looked) {
    for region in looked.open.clone().iter().take(REGIONS_TRIED) {
        let (gate, target) = (aws.gate(session, region), target(region));
        let mut refused = Vec::new();
        for ask in asks {
            looked.tried.push(ask.action);
            if let Err(refusal) = ask.put_to(&gate, &target).await {
                refused.push(ask.action);
                looked.complain(Kind::Action(ask.action), Some(region), Some(refusal));
            }
        }
        if refused.contains(&training_job::LIST) && refused.contains(&training_job::SEARCH) {
            looked.complain(Kind::Unreadable, Some(region), None);
        }
        if refused.is_empty() {
            break;
        }
    }
    looked.tried.sort_unstable();
    looked.tried.dedup();
}
