//! `guardrail`: from the arguments to policies and what they would have refused.

use std::io::Write as _;

use super::{Failure, load_of, print, store};
use crate::{
    check::selection::Selection,
    cli::{GuardrailArgs, ReportFormat},
    exit::ExitStatus,
    guardrail::{
        Guardrail, GuardrailError,
        history::{History, Scope},
        json,
        policy::Policy,
        text,
    },
    lake::published::PublishedRun,
};

/// Prints the policies and, unless they are all that is wanted, their blast radius.
pub(super) async fn run(args: GuardrailArgs) -> Result<ExitStatus, Failure> {
    let config = load_of(&args.lake)?;
    let selection =
        if args.checks.is_empty() { Selection::configured(&config.checks) } else { Selection::named(&args.checks) };
    let guardrail = Guardrail::of(selection.checks(), &config.parameters.approved_keys, args.policy);
    let guardrail = guardrail.map_err(Failure::Guardrail)?;
    if args.bare {
        let policies = guardrail.policies.len();
        if policies > 1 {
            tracing::warn!(
                policies,
                "each line is a policy: a file of several is no document, so keep each in its own"
            );
        }
        // Organizations counts white space, and the end of a line is some.
        let lines = guardrail.policies.iter().map(Policy::content).collect::<Vec<_>>();
        let status = print(&lines.join("\n"))?;
        anstream::stdout().flush().map_err(Failure::Output)?;
        return Ok(status);
    }
    let radius = if args.no_history {
        None
    } else {
        let store = store(&config).await;
        let run = PublishedRun::find(&store, &args.run).await.map_err(Failure::Find)?;
        let history =
            History::before(store, &run, args.days, Scope { only: args.account, except: args.except_account })
                .map_err(GuardrailError::Query);
        let history = history.map_err(Failure::Guardrail)?;
        Some(Box::pin(guardrail.radius(&history)).await.map_err(Failure::Guardrail)?)
    };
    print(&match args.form.asked() {
        ReportFormat::Text => text(&guardrail, radius.as_ref(), args.limit),
        ReportFormat::Json => json(&guardrail, radius.as_ref()),
    })
}
