//! `exceptions convert`: what another tool leaves out, as a file of exceptions.

use std::{fs, path::Path};

use super::{load, terms};
use crate::{
    cli::{ConvertArgs, Foreign},
    command::{Failure, Screen, print},
    config::{ConfigErrors, problem::text_of},
    exception::{self, prowler, source::SourceError},
    exit::ExitStatus,
};

/// Converts, looks whether the result holds, and prints it.
pub(super) fn run(args: ConvertArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let config = load(&args.config)?;
    let terms = terms(&config, screen);
    let ConvertArgs { from: Foreign::Prowler, input, config: _, expires, owner, reason, ticket } = args;
    let Some(expires) = expires else {
        return Err(Failure::Usage(
            "a mute of Prowler never ends, and an exception does: name its last day with --expires, as in --expires 2027-03-31",
        ));
    };
    let wrong = |errors: ConfigErrors| Failure::Exceptions(errors.into());
    let place = input.display().to_string();
    let bytes = fs::read(&input).map_err(|source| Failure::Exceptions(SourceError::Input { place, source }))?;
    let text = text_of(&input, bytes).map_err(|problem| wrong(ConfigErrors::new(vec![problem])))?;
    let given = prowler::Given { profile: config.checks.profile, owner, reason, ticket, created: terms.today, expires };
    let converted = prowler::convert(&input, &text, &given).map_err(wrong)?;
    // What does not hold is never printed: a day that is too far ahead, an owner that is empty.
    exception::read(Path::new("the exceptions"), &converted, terms).map_err(wrong)?;
    print(&converted)
}
