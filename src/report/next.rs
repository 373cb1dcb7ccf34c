//! What the summary of a run says of what to do next: the commands, as they are typed.

use std::fmt::{Result, Write as _};

use super::terminal::heading;
use crate::lake::{Table, publish::Published, runs::RunStatus};

/// What fits on a line.
const COLUMNS: usize = 80;

/// The sections; `place` is where the tables are.
pub(super) fn sections(out: &mut String, published: &Published, place: &str) -> Result {
    let place = place.trim_end_matches('/');
    heading(out, "Tables")?;
    for tables in Table::ALL.chunks(5) {
        let names = tables.iter().map(|table| table.as_str()).collect::<Vec<_>>().join(",");
        writeln!(out, "  {place}/v1/{{{names}}}")?;
    }
    writeln!(out)?;
    heading(out, "Next")?;
    let lake = format!("--lake {}", quoted(place));
    let unseen = ("What was not seen, and why:", "sagesweep query --view coverage_gaps");
    let all = ("All of it, as a page:", "sagesweep report --output report.html");
    let (first, last) = if published.run.status == RunStatus::Complete { (all, unseen) } else { (unseen, all) };
    for (what, command) in [
        first,
        ("What fails, check by check:", "sagesweep query --view posture_by_check"),
        ("What to do about a resource, by its ARN:", "sagesweep remediate ARN"),
        last,
    ] {
        writeln!(out, "  {what}")?;
        command_line(out, command, &lake)?;
    }
    Ok(())
}

/// A command with its last option, which goes on a line of its own where both do not fit.
fn command_line(out: &mut String, command: &str, lake: &str) -> Result {
    if 5 + command.len() + lake.len() <= COLUMNS {
        return writeln!(out, "    {command} {lake}");
    }
    writeln!(out, "    {command} \\")?;
    writeln!(out, "      {lake}")
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    if word.chars().all(|letter| letter.is_ascii_alphanumeric() || "/:._-".contains(letter)) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stays_one_word_whatever_is_in_it() {
        let words = ["s3://audit/sagesweep", "my lake", "it's"].map(quoted);
        assert_eq!(words, ["s3://audit/sagesweep", "'my lake'", "'it'\\''s'"]);
    }

    #[test]
    fn what_does_not_fit_goes_on_below() {
        let mut out = String::new();
        command_line(&mut out, "sagesweep report --output report.html", "--lake out").unwrap();
        command_line(&mut out, "sagesweep report --output report.html", &format!("--lake s3://{}", "x".repeat(50)))
            .unwrap();
        let lines = out.lines().collect::<Vec<_>>();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].ends_with(" \\") && lines[2].trim_start().starts_with("--lake"), "{out}");
    }
}
