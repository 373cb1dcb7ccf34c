//! The cheap reads that tell whether an action is allowed in a region of an account.

use crate::{
    check::{Evidence, selection::Selection},
    organization::Target,
    outcome::Refusal,
    resource::ResourceType,
    session::gate::Gate,
};

/// An action with the read that tries it, whose content nobody looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ask {
    pub(super) action: &'static str,
    /// The resource type that it reads.
    of: ResourceType,
}

/// Every action that these checks need in a region, each once.
pub(super) fn asks(selection: &Selection) -> Vec<Ask> {
    let mut asks = Vec::<Ask>::new();
    for resource_type in selection.resource_types() {
        for check in selection.of_type(resource_type) {
            for action in check.actions() {
                let is_of_keys = Evidence::Keys.actions().contains(&action);
                let of = if is_of_keys { ResourceType::KmsKey } else { resource_type };
                if !asks.iter().any(|ask| ask.action == action) {
                    asks.push(Ask { action, of });
                }
            }
        }
    }
    asks
}

impl Ask {
    /// Makes the read; an error is a refusal of the action, not of the name.
    pub(super) async fn put_to(self, gate: &Gate, target: &Target) -> Result<(), Refusal> {
        let answer = self.of.probe(gate, target, self.action).await;
        match answer {
            // Whoever is told that there is no such thing was allowed to ask.
            Err(refusal) if refusal.is_not_found() || refusal.code == "ValidationException" => Ok(()),
            answer => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        check::profile::Profile,
        session::{policy::member_actions, regions},
    };

    #[test]
    fn every_action_of_the_role_in_each_account_is_tried() {
        let selection = Selection::of(Profile::Both, |_| true);
        let asks = asks(&selection);
        let asked = asks.iter().map(|ask| ask.action).chain(regions::ACTIONS.iter().copied());
        assert_eq!(asked.collect::<BTreeSet<_>>(), member_actions(selection.checks()).into_iter().collect());
    }
}
