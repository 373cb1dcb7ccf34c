//! Private workforces. Their listing carries all that is looked at, so that none is described; there is at most one in
//! a place.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use aws_sdk_sagemaker::{operation::list_workforces::ListWorkforcesOutput, types};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Read, Resource, Settled,
    answer::{all_said, moment, said},
    listed,
};
use crate::{
    coverage::{Method, Outcome},
    organization::Target,
    outcome::Refusal,
    paging::Pages,
    scan::cell::{Cell, Collected},
    session::gate::Gate,
};

const LIST: &str = "sagemaker:ListWorkforces";

/// The facts of a private workforce.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Workforce {
    /// `SourceIpConfig.Cidrs`, the addresses from which its people may sign in; none lets them in from everywhere.
    pub source_cidrs: Vec<String>,
    /// `WorkforceVpcConfig.VpcId`, from where the portal can be reached too.
    pub vpc: Option<String>,
    /// `IpAddressType`: `ipv4` or `dualstack`.
    pub ip_address_type: Option<String>,
}

impl Kind for Workforce {
    const NAME: &'static str = "AWS::SageMaker::Workforce";
    const SLUG: &'static str = "workforce";
    const ACTIONS: &'static [&'static str] = &[LIST];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }
}

impl Read for Workforce {
    async fn collect(cell: &Arc<Cell>) -> Collected {
        let mut collected = Collected { method: Some(Method::ListDescribe), ..Collected::complete(0) };
        let (workforces, nameless, broken) = list(cell).await;
        if let Some(refusal) = broken {
            if workforces.is_empty() {
                return Collected::refused(refusal);
            }
            collected.partial(format!("the listing broke off: {}", refusal.code));
            collected.refusal = Some(refusal);
        }
        collected.nameless(nameless);
        match cell.deliver(workforces, None).await {
            Ok(delivered) => collected.listed += delivered,
            Err(refusal) => {
                collected.outcome = Outcome::Partial;
                collected.refusal.get_or_insert(refusal);
            }
        }
        collected
    }

    async fn probe(gate: &Gate, _target: &Target, _action: &'static str) -> Result<(), Refusal> {
        page(gate, None).await.map(drop)
    }
}

async fn page(gate: &Gate, token: Option<String>) -> Result<ListWorkforcesOutput, Refusal> {
    let client = gate.sagemaker();
    gate.call(LIST, || client.list_workforces().max_results(100).set_next_token(token.clone()).send()).await
}

/// The workforces of the whole listing, each once, how many lines have no name, and the refusal at which it broke off.
async fn list(cell: &Cell) -> (Vec<Resource>, u64, Option<Refusal>) {
    let (mut workforces, mut nameless, mut seen) = (Vec::new(), 0, HashSet::new());
    let mut pages = Pages::new(LIST);
    while pages.more() {
        let answer = match page(&cell.gate, pages.token()).await {
            Ok(answer) => answer,
            Err(refusal) => return (workforces, nameless, Some(refusal)),
        };
        cell.step(LIST);
        let Some(lines) = answer.workforces.as_deref() else {
            return (workforces, nameless, Some(Refusal::lacks(LIST, "Workforces")));
        };
        for line in lines {
            match resource(cell, line) {
                Some(workforce) if seen.insert(workforce.arn.clone()) => workforces.push(workforce),
                Some(_twice) => {}
                None => nameless += 1,
            }
        }
        if let Err(refusal) = pages.turn(answer.next_token(), lines.len()) {
            return (workforces, nameless, Some(refusal));
        }
    }
    (workforces, nameless, None)
}

fn resource(cell: &Cell, line: &types::Workforce) -> Option<Resource> {
    let name = said(line.workforce_name())?;
    let arn =
        said(line.workforce_arn()).unwrap_or_else(|| listed::arn(&cell.target, &format!("{}/{name}", Workforce::SLUG)));
    Some(Resource {
        arn,
        name,
        created_at: moment(line.create_date()),
        modified_at: moment(line.last_updated_date()),
        state: said(line.status().map(types::WorkforceStatus::as_str)),
        origin: None,
        role_arn: None,
        tags: BTreeMap::new(),
        observed_at: cell.now(),
        facts: facts(line).into(),
    })
}

fn facts(line: &types::Workforce) -> Workforce {
    Workforce {
        source_cidrs: line.source_ip_config().map(|config| all_said(config.cidrs())).unwrap_or_default(),
        vpc: said(line.workforce_vpc_config().and_then(|config| config.vpc_id())),
        ip_address_type: said(line.ip_address_type().map(types::WorkforceIpAddressType::as_str)),
    }
}
