//! What the summary of a run says of what changed since the run before.

use std::fmt::{Result, Write as _};

use super::terminal::{BAD, DIM, GOOD, UNSURE, grouped, heading, painted};
use crate::lake::{events::Event, publish::Tally};

/// The section. In the first run of a lake everything that fails is new, which says nothing.
pub(super) fn section(out: &mut String, tally: &Tally) -> Result {
    let Some(since) = &tally.since else {
        heading(out, "Changes")?;
        writeln!(out, "  {DIM}the first run: from the next one on, what is new and what is resolved{DIM:#}")?;
        return writeln!(out);
    };
    heading(out, &format!("Changes since {since}"))?;
    for (event, style, words) in [
        (Event::New, BAD, "fail now, and never did before"),
        (Event::Reopened, BAD, "fail again"),
        (Event::Resolved, GOOD, "do not fail any more"),
        (Event::ResourceDeleted, DIM, "ended with their resource"),
        (Event::Excepted, UNSURE, "are covered by an exception now"),
        (Event::Unexcepted, BAD, "are not covered by an exception any more"),
    ] {
        let count = tally.events.get(&event).copied().unwrap_or_default();
        if count > 0 || matches!(event, Event::New | Event::Resolved) {
            let style = if count > 0 { style } else { DIM };
            let count = painted(style, &format!("{:>9}", grouped(count)));
            writeln!(out, "  {count}  {:<17} {DIM}{words}{DIM:#}", event.as_str())?;
        }
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_run_has_no_changes_and_later_ones_tell_new_and_resolved_also_where_there_are_none() {
        let said = |tally: &Tally| {
            let mut out = String::new();
            section(&mut out, tally).unwrap();
            let out = anstream::adapter::strip_str(&out).to_string();
            assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
            out
        };
        let first = Tally { events: [(Event::New, 7)].into(), ..Tally::default() };
        let later = Tally { since: Some("20261124T031500Z-9f3a".parse().unwrap()), ..Tally::default() };
        let events = Event::ALL.into_iter().zip([1_204, 3, 0, 41, 1_000_000, 2]).collect();
        let busy = Tally { events, ..later.clone() };
        insta::assert_snapshot!([first, later, busy].iter().map(said).collect::<String>());
    }
}
