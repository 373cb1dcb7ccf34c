//! One account: its role, its regions, and every action that a run needs there.

use super::{
    ask::ASKS,
    observation::Named,
    symptom::{Kind, Symptom},
};
use crate::{
    config::Config,
    coverage::{Outcome, RegionsFrom},
    organization::Member,
    outcome::Refusal,
    place::Region,
    region,
    resource::{ResourceType, training_job},
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
    first_calls(aws, &session, &scope, &mut looked).await;
    actions(aws, &session, &mut looked).await;
    looked
}

/// The call with which a run begins, in each region: it tells whether the region can be read at all.
async fn first_calls(aws: &Aws, session: &Session, scope: &RegionsInScope, looked: &mut Looked) {
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
    let calls = enabled.iter().map(|region| first_call(aws, session, region));
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

async fn first_call(aws: &Aws, session: &Session, region: &Region) -> Result<(), Refusal> {
    let gate = aws.gate(session, region);
    for (action, ask) in ASKS {
        if ResourceType::ALL.iter().any(|resource_type| resource_type.first_api() == *action) {
            ask.put_to(&gate, action).await?;
        }
    }
    Ok(())
}

/// Every action, in the first open region, and in another one where the first refuses any.
async fn actions(aws: &Aws, session: &Session, looked: &mut Looked) {
    for region in looked.open.clone().iter().take(REGIONS_TRIED) {
        let gate = aws.gate(session, region);
        let mut refused = Vec::new();
        for (action, ask) in ASKS {
            looked.tried.push(action);
            if let Err(refusal) = ask.put_to(&gate, action).await {
                refused.push(*action);
                looked.complain(Kind::Action(action), Some(region), Some(refusal));
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
