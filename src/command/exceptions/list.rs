//! `exceptions list`: the exceptions of a file as a table of 80 columns, or as JSON.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{Read, WIDTH, harmless_json, load, read};
use crate::{
    cli::ListArgs,
    command::{Failure, Screen, checks::written, print},
    exception::{
        Exception, Exceptions, Standing, in_days,
        scope::{Accounts, Scope},
    },
    exit::ExitStatus,
    wrap::folded,
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default().bold();
const UNSURE: Style = AnsiColor::Yellow.on_default().bold();

/// Columns before the text of a line: the state and a space.
const BEFORE: usize = 10;
/// Columns of an identity in the line of the last day.
const ID: usize = 38;

/// An exception with how it stands. Members are added, and none changes its meaning.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    exception: &'a Exception,
    standing: Standing,
    days_left: i32,
}

/// Reads and prints.
pub(super) async fn run(args: ListArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let config = load(&args.config)?;
    let Read { exceptions, source: _ } = read(&config, args.file.file, screen).await?;
    let today = exceptions.today();
    let listed =
        |exception| Listed { exception, standing: exception.standing(today), days_left: exception.days_left(today) };
    let all = || exceptions.all().iter().map(|exception| listed(&**exception));
    print(&if args.form.is_json() {
        harmless_json(&all().collect::<Vec<_>>())
    } else {
        written(|out| table(out, &exceptions))
    })
}

fn table(out: &mut String, exceptions: &Exceptions) -> fmt::Result {
    let today = exceptions.today();
    for exception in exceptions.all() {
        let days = exception.days_left(today);
        let (style, state, left) = match exception.standing(today) {
            Standing::InForce => (GOOD, "in force", format!("{} left", in_days(days))),
            Standing::Expiring => (UNSURE, "expiring", format!("{} left", in_days(days))),
            Standing::Expired => (BAD, "expired", format!("{} ago", in_days(-days))),
        };
        // An id, which is ASCII, stands alone where the day does not fit behind it.
        let id = &exception.id;
        let gap = if id.len() > ID { format!("\n{:BEFORE$}", "") } else { "  ".to_owned() };
        writeln!(out, "{style}{state:<BEFORE$}{style:#}{BOLD}{id}{BOLD:#}{gap}{} ({left})", exception.expires)?;
        let check = exception.check.iter().map(ToString::to_string).collect::<Vec<_>>();
        paragraph(out, &check.join(", "), Style::new())?;
        paragraph(out, &scope(&exception.scope), Style::new())?;
        let ticket = exception.ticket.as_ref().map_or_else(String::new, |ticket| format!(", {ticket}"));
        paragraph(out, &format!("{}{ticket}: {}", exception.owner, exception.reason), DIM)?;
    }
    let (all, in_force) = (exceptions.all().len(), exceptions.in_force().count());
    let noun = if all == 1 { "exception" } else { "exceptions" };
    writeln!(out, "\n{all} {noun}, {in_force} in force on {today}; the first that covers a finding counts")
}

fn paragraph(out: &mut String, text: &str, style: Style) -> fmt::Result {
    for line in folded(text, WIDTH - BEFORE) {
        writeln!(out, "{:BEFORE$}{style}{line}{style:#}", "")?;
    }
    Ok(())
}

/// Where an exception applies, in a sentence.
fn scope(scope: &Scope) -> String {
    let Scope { account, ou_path, region, resource, tags } = scope;
    let mut parts = vec![match account {
        Accounts::Every => "every account".to_owned(),
        Accounts::These(accounts) => accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "),
    }];
    let mut add = |what: &str, patterns: &[String]| {
        if !patterns.is_empty() {
            parts.push(format!("{what} {}", patterns.join(" or ")));
        }
    };
    add("in", ou_path);
    add("in", region);
    add("of", resource);
    for (key, values) in tags {
        add(&format!("tagged {key} ="), values);
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::exception::{EXAMPLE, Terms, read as read_text};

    #[test]
    fn the_table_fits_80_columns_and_says_how_each_stands() {
        let terms = Terms { today: "2026-12-01".parse().unwrap(), max_days: 365 };
        let ended =
            "[[exception]]\ncheck = 'domain-*'\naccount = '*'\nreason = 'over'\nowner = 'me'\nexpires = 2026-11-30\n";
        let name = format!("{}-end", "name".repeat(30));
        let long = format!(
            "[[exception]]\nid = '{}'\ncheck = 'model-*'\nresource = 'arn:*:model/{name}'\nreason = 'r'\nowner = 'o'\n\
             expires = 2026-12-02\n",
            "i".repeat(64)
        );
        let text = format!("{EXAMPLE}\n{ended}{long}");
        let exceptions = read_text(Path::new("x.toml"), &text, terms).unwrap();
        let table = written(|out| table(out, &exceptions));
        let table = anstream::adapter::strip_str(&table).to_string();
        for line in table.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        let unbroken = table.replace(['\n', ' '], "");
        assert!(
            unbroken.contains(&name) && unbroken.contains(&"i".repeat(64)) && table.contains("(1 day left)"),
            "{table}"
        );
        insta::assert_snapshot!("table", table);
    }
}
