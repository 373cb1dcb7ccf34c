//! `iam-policy`: the policies that the program needs, of each identity that takes part.

use super::Failure;
use crate::{
    check::selection::Selection,
    cli::{PolicyArgs, PolicyIdentity},
    exit::ExitStatus,
    session::policy,
};

/// Prints the policy of an identity as indented JSON.
pub(super) fn print(args: &PolicyArgs) -> Result<ExitStatus, Failure> {
    let config = super::load(&args.config)?;
    let selection =
        if args.checks.is_empty() { Selection::configured(&config.checks) } else { Selection::named(&args.checks) };
    let checks = selection.checks();
    let org_id = args.organization.as_deref();
    let policy = match args.identity {
        PolicyIdentity::Member => policy::member_policy(checks),
        PolicyIdentity::Task => policy::task_policy(&config, checks, org_id),
        PolicyIdentity::Hub if config.role.hub_role_arn.is_none() => {
            return Err(Failure::Usage("no hub role is configured; set role.hub_role_arn"));
        }
        PolicyIdentity::Hub => policy::hub_policy(&config, checks, org_id),
        PolicyIdentity::Trust => {
            let principal = args.principal.as_deref().or(config.role.hub_role_arn.as_deref());
            let principal = principal.ok_or(Failure::Usage("nobody to trust: name the role with --principal"))?;
            policy::trust_policy(&config.role, principal, org_id)
        }
    };
    super::print(&format!("{policy:#}\n"))
}
