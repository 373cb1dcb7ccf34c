//! What the summary of a run says of what to do next: the commands, as they are typed.

use std::{
    fmt::{Result, Write as _},
    path::Path,
};

use super::terminal::heading;
use crate::{
    lake::{Table, publish::Published, runs::RunStatus},
    printable::shown,
    width::width,
    wrap::wrapped,
};

/// What fits on a line.
const COLUMNS: usize = 80;

/// Where the tables are.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'a> {
    /// As a person would write it.
    pub place: &'a str,
    /// The file of the configuration that names the place, if there was one.
    pub config: Option<&'a Path>,
}

/// The sections.
pub(super) fn sections(out: &mut String, published: &Published, tables: Tables<'_>) -> Result {
    heading(out, "Tables")?;
    writeln!(out, "  {}", shown(&format!("{}/v1/", tables.bare().trim_end_matches('/'))))?;
    let names = Table::ALL.iter().map(|table| table.as_str()).collect::<Vec<_>>().join(", ");
    wrapped(&names, COLUMNS - 4).iter().try_for_each(|line| writeln!(out, "    {line}"))?;
    writeln!(out)?;
    heading(out, "Next")?;
    let option = tables.option();
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
        command_line(out, command, &option)?;
    }
    Ok(())
}

impl<'a> Tables<'a> {
    /// The place without a slash behind it, unless it is one.
    fn bare(self) -> &'a str {
        match self.place.trim_end_matches('/') {
            "" => self.place,
            bare => bare,
        }
    }

    /// The option by which a command finds them: the configuration knows more than the place.
    fn option(self) -> String {
        match self.config {
            Some(file) => format!("--config {}", quoted(&file.display().to_string())),
            None => format!("--lake {}", quoted(self.bare())),
        }
    }
}

/// A command with its last option, which goes on a line of its own where both do not fit.
pub(crate) fn command_line(out: &mut String, command: &str, option: &str) -> Result {
    if 5 + width(command) + width(option) <= COLUMNS {
        return writeln!(out, "    {command} {option}");
    }
    writeln!(out, "    {command} \\")?;
    writeln!(out, "      {option}")
}

/// A word as a shell reads it.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/:._-".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    shown(&format!("'{}'", word.replace('\'', "'\\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_stays_one_word_whatever_is_in_it() {
        let words = ["s3://audit/sagesweep", "my lake", "it's", ""].map(quoted);
        assert_eq!(words, ["s3://audit/sagesweep", "'my lake'", "'it'\\''s'", "''"]);
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
