//! What doctor saw, for people at 80 columns: a line for each thing, and under each problem what mends it.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::{
    Examination,
    observation::{Advice, Group, Level, Named, Observation},
    verdict::Verdict,
};
use crate::{printable::shown, wrap::wrapped};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const UNSURE: Style = AnsiColor::Yellow.on_default().bold();

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns of what was looked at; `sagemaker:DescribeTrainingJob` fits.
const SUBJECT: usize = 29;
/// Columns before the text of a line.
const BEFORE: usize = 2 + 4 + 2 + SUBJECT + 1;
/// Columns before what stands under a line.
const UNDER: usize = 8;
/// Accounts that are named.
const NAMED: usize = 3;

/// The report; `quiet` leaves out what is well. Colours are escape codes, which the writer drops where nobody wants them.
pub fn report(examination: &Examination, quiet: bool) -> String {
    let mut text = String::new();
    // Writing into a text cannot fail.
    let _infallible = write_report(&mut text, examination, quiet);
    text
}

fn write_report(out: &mut String, examination: &Examination, quiet: bool) -> fmt::Result {
    for group in Group::ALL {
        let of_group = examination.observations.iter().filter(|observation| observation.group == group);
        let told = of_group.filter(|observation| !quiet || observation.level >= Level::Warn).collect::<Vec<_>>();
        if told.is_empty() {
            continue;
        }
        let extent = match group {
            Group::Accounts => format!(" ({} of {} looked at)", examination.examined, examination.active),
            Group::Configuration | Group::Identity | Group::Organization | Group::Lake => String::new(),
        };
        writeln!(out, "{BOLD}{}{BOLD:#}{extent}", group.title())?;
        for observation in told {
            line(out, observation)?;
        }
        writeln!(out)?;
    }
    let style = match examination.verdict {
        Verdict::Complete => GOOD,
        Verdict::Incomplete => UNSURE,
        Verdict::Failed => BAD,
    };
    for (index, text) in wrapped(&format!("Verdict: {}", examination.sentence), WIDTH).into_iter().enumerate() {
        writeln!(out, "{}{style}{text}{style:#}", if index == 0 { "" } else { "  " })?;
    }
    Ok(())
}

fn line(out: &mut String, observation: &Observation) -> fmt::Result {
    let style = match observation.level {
        Level::Ok => GOOD,
        Level::Note => DIM,
        Level::Warn => UNSURE,
        Level::Fail => BAD,
    };
    let text = shown(&observation.text);
    let mut lines = wrapped(&text, WIDTH - BEFORE).into_iter();
    let subject = shown(&observation.subject);
    let first = lines.next().unwrap_or_default();
    writeln!(out, "  {style}{:<4}{style:#}  {subject:<SUBJECT$} {first}", observation.level.as_str())?;
    for text in lines {
        writeln!(out, "{:BEFORE$}{text}", "")?;
    }
    // What is well with many accounts names none of them.
    if !observation.accounts.is_empty() {
        under(out, UNDER, &accounts(&observation.accounts))?;
    }
    if let Some(answer) = &observation.answer {
        under(out, UNDER, &format!("{} answered {}: {}", answer.api, answer.code, answer.message))?;
    }
    for advice in &observation.advice {
        match advice {
            Advice::Say(text) => under(out, UNDER, text)?,
            Advice::Command(command) => unbroken(out, &format!("$ {command}"))?,
            Advice::Setting(setting) => unbroken(out, setting)?,
            Advice::Policy(policy) => format!("{policy:#}").lines().try_for_each(|line| unbroken(out, line))?,
        }
    }
    Ok(())
}

/// Some text under a line, in lines of its own.
fn under(out: &mut String, indent: usize, text: &str) -> fmt::Result {
    wrapped(&shown(text), WIDTH - indent).into_iter().try_for_each(|text| writeln!(out, "{:indent$}{text}", ""))
}

/// What is to be copied stays in one line.
fn unbroken(out: &mut String, text: &str) -> fmt::Result {
    writeln!(out, "{:width$}{}", "", shown(text), width = UNDER + 2)
}

fn accounts(accounts: &[Named]) -> String {
    let one = |account: &Named| {
        if account.name == account.id.as_str() {
            account.name.clone()
        } else {
            format!("{} {}", account.id, account.name)
        }
    };
    let named = accounts.iter().take(NAMED).map(one).collect::<Vec<_>>().join(", ");
    match accounts.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examination(observations: Vec<Observation>) -> Examination {
        let verdict = Verdict::of(&observations);
        let sentence = verdict.sentence(&observations, 40, 40);
        Examination {
            version: "0",
            verdict,
            sentence,
            caller: None,
            in_scope: 40,
            active: 40,
            examined: 40,
            observations,
        }
    }

    fn refused(count: u64, name: &str) -> Observation {
        let accounts = (0..count).map(|number| Named::new(format!("{number:012}").parse().unwrap(), name)).collect();
        let observation = Observation::new(Group::Accounts, Level::Fail, "sts:AssumeRole", "refused");
        let consequence = super::super::observation::Consequence::AccountsMissed;
        Observation { consequence, accounts, ..observation }.advised(vec![Advice::Say("Make the role.".to_owned())])
    }

    #[test]
    fn many_accounts_with_one_problem_are_counted_and_a_few_named() {
        let text = anstream::adapter::strip_str(&report(&examination(vec![refused(37, "x")]), false)).to_string();
        assert!(text.contains("000000000000 x, 000000000001 x, 000000000002 x and 34 more"), "{text}");
        assert!(text.ends_with("Verdict: the first night would miss 37 accounts of 40\n"), "{text}");
    }

    #[test]
    fn a_hostile_name_is_shown_and_not_obeyed_and_no_line_is_too_long() {
        let hostile = format!("\u{1b}[2J\u{202e}\r\n{}", "long name ".repeat(20));
        let text = anstream::adapter::strip_str(&report(&examination(vec![refused(2, &hostile)]), false)).to_string();
        assert!(text.contains("\u{fffd}[2J\u{fffd}"), "{text}");
        assert!(text.lines().all(|line| !line.chars().any(crate::printable::is_unsafe) && line.chars().count() <= 80));
    }

    #[test]
    fn quiet_leaves_out_what_is_well() {
        let well = Observation::ok(Group::Lake, "writes", "all of them");
        assert!(report(&examination(vec![well.clone()]), false).contains("writes"));
        let text = report(&examination(vec![well]), true);
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), "Verdict: the first night would see everything\n");
    }
}
