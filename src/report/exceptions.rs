//! What the summary of a run says of its exceptions: how many apply, and which of them somebody has to look at.

use std::fmt::{Result, Write as _};

use super::terminal::{BAD, DIM, UNSURE, cell, clipped, grouped, heading, painted};
use crate::exception::{
    Exception, Standing,
    usage::{States, Usage},
};

/// Exceptions of each kind that are named.
const NAMED: u64 = 5;

/// The section, where exceptions are configured.
pub(super) fn section(out: &mut String, usage: &Usage) -> Result {
    heading(out, "Exceptions")?;
    let States { in_force, expiring, expired, unused } = usage.states();
    let (in_force, covered) = (grouped(in_force), grouped(usage.covered()));
    writeln!(out, "  {in_force} in force, which cover {covered} findings that fail")?;
    named(out, &painted(BAD, "ended   "), usage.with(Standing::Expired), expired)?;
    named(out, &painted(UNSURE, "ends    "), usage.with(Standing::Expiring), expiring)?;
    named(out, &painted(UNSURE, "unused  "), usage.unused(), unused)?;
    writeln!(out)
}

fn named<'a>(out: &mut String, state: &str, exceptions: impl Iterator<Item = &'a Exception>, all: u64) -> Result {
    for (exception, _) in exceptions.zip(0..NAMED) {
        let (id, owner) = (cell(&exception.id, 30), clipped(&exception.owner, 25));
        writeln!(out, "  {state}  {}  {id} {DIM}{owner}{DIM:#}", exception.expires)?;
    }
    match all.saturating_sub(NAMED) {
        0 => Ok(()),
        more => writeln!(out, "  {state}  {DIM}and {more} more, which `sagesweep exceptions check` names{DIM:#}"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::exception::{Terms, read};

    #[test]
    fn who_has_to_look_at_what_is_named_within_80_columns() {
        let entry = |id: &str, expires: &str| {
            let owner = "somebody-whose-name-is-long@example.com";
            format!(
                "[[exception]]\nid = '{id}'\ncheck = '*'\naccount = '*'\nreason = 'r'\nowner = '{owner}'\nexpires = {expires}\n"
            )
        };
        let mut text =
            entry("RISK-1", "2027-03-31") + &entry("an-identity-of-very-many-letters-in-a-row", "2026-12-01");
        for number in 0..7 {
            text += &entry(&format!("OLD-{number}"), "2026-11-01");
        }
        let terms = Terms { today: "2026-11-24".parse().unwrap(), max_days: 365 };
        let exceptions = read(Path::new("x.toml"), &text, terms).unwrap();
        let usage = Usage::of(&exceptions, &[("RISK-1".to_owned(), 1_204)].into());
        let mut out = String::new();
        section(&mut out, &usage).unwrap();
        let out = anstream::adapter::strip_str(&out).to_string();
        for line in out.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        insta::assert_snapshot!(out);
    }
}
