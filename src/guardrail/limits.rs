//! What nobody should take a guardrail for: what it lets through though a check fails it, and what it refuses though none does.

use super::{Guardrail, condition::Condition, policy::PolicyKind};

/// The SCPs that a root, a unit or an account takes besides `FullAWSAccess`.
const PLACES: usize = 4;

/// The sentences.
pub(super) fn of(guardrail: &Guardrail) -> Vec<String> {
    let ids = || guardrail.checks.iter().map(|check| check.id);
    let has = |suffix: &str| ids().any(|id| id.ends_with(suffix));
    let names = |wanted: &str| ids().any(|id| id == wanted);
    let mut limits = Vec::new();
    let mut say = |applies: bool, text: &str| {
        if applies {
            limits.push(text.to_owned());
        }
    };
    say(
        has("-keys") || has("-key"),
        "A policy sees whether a key is named, and not what it is: keys that AWS manages, are disabled or do not exist pass \
         it, and the audit still finds them. parameters.approved_keys narrows it to keys of yours.",
    );
    say(
        names("labeling-job-customer-managed-keys"),
        "Of labeling jobs the output alone must name a key: no condition key tells whether there is a volume, so that jobs \
         whose volume has no key pass.",
    );
    say(
        names("processing-job-customer-managed-keys"),
        "No condition key tells of the keys of Athena and Redshift datasets, so that processing jobs without them pass. One \
         that writes nothing to S3 is refused without an output key, although the check asks for none.",
    );
    say(
        has("inter-container-encryption"),
        "No condition key tells how many instances there are: jobs of one instance are refused too, and serverless training \
         jobs, although they have no traffic between containers and the check does not apply to them.",
    );
    say(
        names("cluster-vpc"),
        "A cluster passes the check where all of its groups have subnets of their own (OverrideVpcConfig). Whether the \
         condition key tells of those is not documented: it may be refused without subnets for the whole cluster.",
    );
    let excepts = |condition: &Condition| matches!(condition, Condition::SomeUnlike(..));
    say(
        guardrail.statements().iter().flat_map(|statement| &statement.conditions).any(excepts),
        "Instance types with local NVMe storage are excepted by family, since no volume key can be set there. A new family \
         is refused until it is in the list: print the policy again after an update.",
    );
    say(
        names("training-job-customer-managed-keys"),
        "A training job whose instance groups mix types with and without local NVMe storage must name a volume key here, and \
         AWS documents that none can be requested with a type that has such storage: it may have to be split in two.",
    );
    match guardrail.kind {
        PolicyKind::Scp => {
            say(
                true,
                "An SCP binds neither the management account, which the tables do not tell from the others (--except-account \
                 leaves it out), nor service-linked roles. It takes nothing from what already runs, and gives no permission.",
            );
            limits.push(places(guardrail.policies.len()));
        }
        PolicyKind::Iam => say(
            true,
            "A policy of IAM binds the roles and users that it is attached to, or whose boundary it is, and nobody else. As \
             a boundary it needs a statement beside it that allows the rest.",
        ),
    }
    limits
}

/// Whether so many SCPs can be attached to one target.
fn places(policies: usize) -> String {
    if policies > PLACES {
        format!(
            "{policies} SCPs cannot be attached to one root, unit or account: it takes five, FullAWSAccess among them. Name \
             fewer checks, or attach some of them above or below."
        )
    } else {
        "Each SCP takes one of the five places that a root, a unit or an account has, FullAWSAccess among them."
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::CHECKS;

    fn told(ids: &[&str], kind: PolicyKind) -> String {
        let checks = CHECKS.iter().filter(|check| ids.contains(&check.id)).copied().collect::<Vec<_>>();
        Guardrail::of(&checks, &BTreeSet::new(), kind).unwrap().limits().join("\n")
    }

    #[test]
    fn what_a_check_asks_for_and_no_request_tells_is_said_where_it_is_guarded() {
        let processing = told(&["processing-job-customer-managed-keys"], PolicyKind::Scp);
        assert!(processing.contains("Athena") && !processing.contains("labeling"), "{processing}");
        assert!(processing.contains("service-linked roles") && processing.contains("five places"), "{processing}");
        let labeling = told(&["labeling-job-customer-managed-keys", "cluster-vpc"], PolicyKind::Iam);
        assert!(labeling.contains("volume has no key") && labeling.contains("OverrideVpcConfig"), "{labeling}");
        assert!(!labeling.contains("SCP"), "{labeling}");
    }

    #[test]
    fn more_policies_than_a_target_takes_are_said_to_be_too_many() {
        assert!(places(5).starts_with("5 SCPs cannot") && places(4).starts_with("Each SCP"));
    }
}
