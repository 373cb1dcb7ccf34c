//! The accounts in scope: found as a run finds them, and each of the reads that this may take.

use super::{
    advice,
    observation::{Group, Level, Observation},
};
use crate::{
    config::Config,
    organization::{
        self, DESCRIBE_UNIT, LIST_ACCOUNTS_FOR_PARENT, LIST_ROOTS, LIST_TAGS, LIST_UNITS, Organization,
        OrganizationError, Standing,
    },
    outcome::Refusal,
    session::{Aws, gate::Gate},
};

/// A read of the organization that a run may need besides the lists of accounts and roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Units,
    AccountsOfUnit,
    Unit,
    Tags,
}

/// Each action, and the read that tells whether it is allowed.
const ASKS: &[(&str, Ask)] = &[
    (LIST_UNITS, Ask::Units),
    (LIST_ACCOUNTS_FOR_PARENT, Ask::AccountsOfUnit),
    (DESCRIBE_UNIT, Ask::Unit),
    (LIST_TAGS, Ask::Tags),
];
/// A root and a unit of the form that ids have, which no organization has.
const NO_ROOT: &str = "r-0000";
const NO_UNIT: &str = "ou-0000-00000000";

/// Finds the accounts in scope, and says how that went.
pub(super) async fn look(aws: &Aws, config: &Config) -> (Option<Organization>, Vec<Observation>) {
    let found = organization::discover(aws, &config.organization, &config.role).await;
    let mut observations = Vec::new();
    match &found {
        Ok(organization) => observations.extend(accounts(organization, config)),
        Err(error) => observations.push(refused(error, aws, config)),
    }
    if config.organization.accounts.is_empty() && !matches!(&found, Err(OrganizationError::Refused(_))) {
        observations.push(reads(aws, config).await);
    }
    (found.ok(), observations)
}

fn accounts(organization: &Organization, config: &Config) -> Vec<Observation> {
    let members = &organization.members;
    let inactive = members.iter().filter(|member| member.standing != Standing::Active).count();
    let asked = if config.organization.accounts.is_empty() { "" } else { ", as listed in organization.accounts" };
    let text = format!("{} in scope{asked}", members.len());
    let mut observations = vec![Observation::ok(Group::Organization, "accounts", text)];
    if inactive > 0 {
        let text = format!("{inactive} suspended, closed or on the way there; they are recorded so and do not count");
        observations.push(Observation::new(Group::Organization, Level::Note, "inactive accounts", text));
    }
    for note in &organization.notes {
        observations.push(Observation::new(Group::Organization, Level::Warn, "scope", note.clone()));
    }
    observations
}

fn refused(error: &OrganizationError, aws: &Aws, config: &Config) -> Observation {
    match error {
        OrganizationError::Refused(refusal) => {
            Observation::fatal(Group::Organization, refusal.api, "we may not ask which accounts there are")
                .answered(refusal)
                .advised(advice::organization(config, aws.caller()))
        }
        OrganizationError::NoSuch(_) | OrganizationError::Empty => {
            Observation::fatal(Group::Organization, "scope", error.to_string())
                .advised(vec![advice::say("Correct the [organization] section of the configuration.")])
        }
    }
}

/// The other reads, each by itself. The run went without those that are refused, or would say so above.
async fn reads(aws: &Aws, config: &Config) -> Observation {
    let gate = aws.home();
    let root = root(gate).await;
    let mut refusals = root.as_ref().err().cloned().into_iter().collect::<Vec<_>>();
    let root = root.as_deref().unwrap_or(NO_ROOT);
    for (action, ask) in ASKS {
        let answer = ask.put_to(gate, action, root, aws.caller().account.as_str()).await;
        refusals.extend(answer.err().filter(|refusal| !is_allowed(refusal)));
    }
    let Some(first) = refusals.first() else {
        return Observation::ok(Group::Organization, "units and tags", "can be read");
    };
    let names = refusals.iter().map(|refusal| refusal.api).collect::<Vec<_>>().join(", ");
    let text = format!("refused: {names}; the columns ou_path and owner may stay empty");
    Observation::new(Group::Organization, Level::Warn, "units and tags", text)
        .answered(first)
        .advised(advice::task(config))
}

/// The organization's root.
async fn root(gate: &Gate) -> Result<String, Refusal> {
    let client = gate.organizations();
    let answer = gate.call(LIST_ROOTS, || client.list_roots().max_results(1).send()).await?;
    Ok(answer.roots().first().and_then(|root| root.id()).unwrap_or(NO_ROOT).to_owned())
}

impl Ask {
    /// Makes the read, whose content nobody looks at.
    async fn put_to(self, gate: &Gate, action: &'static str, root: &str, account: &str) -> Result<(), Refusal> {
        let client = gate.organizations();
        match self {
            Self::Units => {
                let send = || client.list_organizational_units_for_parent().parent_id(root).max_results(1).send();
                gate.call(action, send).await.map(drop)
            }
            Self::AccountsOfUnit => {
                let send = || client.list_accounts_for_parent().parent_id(root).max_results(1).send();
                gate.call(action, send).await.map(drop)
            }
            Self::Unit => {
                let send = || client.describe_organizational_unit().organizational_unit_id(NO_UNIT).send();
                gate.call(action, send).await.map(drop)
            }
            Self::Tags => {
                gate.call(action, || client.list_tags_for_resource().resource_id(account).send()).await.map(drop)
            }
        }
    }
}

/// Whoever is told that there is no such thing was allowed to ask.
fn is_allowed(refusal: &Refusal) -> bool {
    refusal.is_not_found() || refusal.code.ends_with("NotFoundException")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_on_the_organization_is_tried() {
        let asked = ASKS.iter().map(|(action, _)| *action).chain([organization::LIST_ACCOUNTS, LIST_ROOTS]);
        assert_eq!(asked.collect::<BTreeSet<_>>(), organization::ACTIONS.iter().copied().collect());
    }
}
