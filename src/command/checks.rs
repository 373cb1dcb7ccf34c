//! `checks`: the catalogue as a table, narrowed, or as JSON; and the table of what other catalogues have.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::{
    check::{
        Check,
        catalogue::Entry,
        compatibility::{Catalogue, EQUIVALENTS},
        profile::Profile,
    },
    cli::ChecksArgs,
    finding::Severity,
    wrap::wrapped,
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GRAVE: Style = AnsiColor::Red.on_default().bold();

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns before an id: the severity, the mark, and a space. The longest id of Prowler fits behind them.
const BEFORE: usize = 10;

/// The answer, with escape codes for colours.
pub(super) fn text(args: &ChecksArgs) -> String {
    if args.compatibility {
        return if args.form.is_json() { json(&*EQUIVALENTS) } else { written(compatibility) };
    }
    let checks = args.profile.checks().filter(|check| is_asked_for(args, check)).collect::<Vec<_>>();
    if args.form.is_json() {
        return json(&checks.into_iter().map(Entry::of).collect::<Vec<_>>());
    }
    written(|out| {
        table(out, &checks)?;
        if checks.is_empty() { elsewhere(out, args) } else { Ok(()) }
    })
}

fn is_asked_for(args: &ChecksArgs, check: &Check) -> bool {
    let serves = || check.requirements().iter().any(|requirement| args.framework.contains(&requirement.0));
    (args.patterns.is_empty() || args.patterns.iter().any(|pattern| pattern.names(check)))
        && args.severity.is_none_or(|least| check.severity >= least)
        && (args.framework.is_empty() || serves())
        && (args.resource_types.is_empty() || args.resource_types.contains(&check.resource_type()))
}

/// A value as indented JSON.
pub(super) fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string_pretty(value).map_or_else(|error| format!("{{\"error\": \"{error}\"}}\n"), |json| json + "\n")
}

/// What is written into a text, which cannot fail.
pub(super) fn written(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    let _infallible = write(&mut out);
    out
}

fn table(out: &mut String, checks: &[&'static Check]) -> fmt::Result {
    for check in checks {
        let style = if check.severity >= Severity::High { GRAVE } else { Style::new() };
        let mark = if check.by_default { ' ' } else { '*' };
        writeln!(out, "{style}{:<8}{style:#}{mark} {BOLD}{}{BOLD:#}", check.severity.as_str(), check.id)?;
        for line in wrapped(check.title, WIDTH - BEFORE) {
            writeln!(out, "{:BEFORE$}{DIM}{line}{DIM:#}", "")?;
        }
    }
    let off = checks.iter().filter(|check| !check.by_default).count();
    let noun = if checks.len() == 1 { "check" } else { "checks" };
    writeln!(out, "\n{} {noun}; `sagesweep explain ID` says more of each", checks.len())?;
    if off > 0 {
        writeln!(out, "* off by default: {off}; switched on by id or pattern in `checks.also`")?;
    }
    Ok(())
}

/// Says which profile has what was asked for, where the one that was asked has nothing.
fn elsewhere(out: &mut String, args: &ChecksArgs) -> fmt::Result {
    for profile in [Profile::Sagesweep, Profile::Prowler] {
        let count = profile.checks().filter(|check| is_asked_for(args, check)).count();
        if count > 0 {
            writeln!(out, "`--profile {}` lists {count}", profile.as_str())?;
        }
    }
    Ok(())
}

fn compatibility(out: &mut String) -> fmt::Result {
    for catalogue in [Catalogue::Prowler, Catalogue::SecurityHub, Catalogue::Config] {
        writeln!(out, "{BOLD}{catalogue}{BOLD:#}\n")?;
        for one in EQUIVALENTS.iter().filter(|one| one.catalogue == catalogue) {
            writeln!(out, "  {}", one.id)?;
            let here = if one.checks.is_empty() { &["no check"] } else { one.checks };
            for id in here {
                writeln!(out, "    here: {BOLD}{id}{BOLD:#}")?;
            }
            for line in wrapped(one.difference, WIDTH - 4) {
                writeln!(out, "    {DIM}{line}{DIM:#}")?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::{
        check::{CHECKS, Framework},
        cli::{Cli, Command},
        resource::ResourceType,
    };

    fn told(arguments: &[&str]) -> String {
        let cli = Cli::try_parse_from(["sagesweep", "checks"].iter().chain(arguments)).unwrap();
        let Command::Checks(args) = cli.command else { panic!("another command") };
        anstream::adapter::strip_str(&text(&args)).to_string()
    }

    fn ids(arguments: &[&str]) -> Vec<String> {
        let json = told(&[arguments, &["--json"]].concat());
        let entries: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
        entries.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_table_and_the_compatibility_fit_80_columns() {
        for table in [told(&[]), told(&["--profile", "both"]), told(&["--compatibility"])] {
            for line in table.lines() {
                assert!(line.chars().count() <= WIDTH, "{line}");
            }
        }
        insta::assert_snapshot!("table", told(&["domain-*", "*-approved-package"]));
    }

    #[test]
    fn without_a_filter_every_check_is_listed_and_each_filter_narrows() {
        let of = |is_meant: &dyn Fn(&Check) -> bool| {
            CHECKS.iter().filter(|check| is_meant(check)).map(|check| check.id.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&[]), of(&|_| true));
        assert_eq!(ids(&["--severity", "high"]), of(&|check| check.severity >= Severity::High));
        let of_type = of(&|check| check.resource_type() == ResourceType::TrainingJob);
        assert_eq!(ids(&["--type", "training-job"]), of_type);
        let serves = |check: &Check| check.requirements().iter().any(|one| one.0 == Framework::PciDss);
        assert_eq!(ids(&["--framework", "pci-dss"]), of(&serves));
        assert_eq!(ids(&["*-vpc", "--type", "training-job"]), ["training-job-vpc"]);
        assert!(ids(&["--profile", "prowler"]).iter().all(|id| id.starts_with("sagemaker_")));
    }

    #[test]
    fn what_another_profile_has_is_hinted_at() {
        assert!(told(&["sagemaker_clarify_exists"]).ends_with("\n`--profile prowler` lists 2\n"));
        assert!(told(&["training-job-vpc", "--profile", "prowler"]).ends_with("\n`--profile sagesweep` lists 1\n"));
        assert!(!told(&["training-job-vpc"]).contains("--profile"));
        assert!(!told(&["*-vpc", "--type", "workforce"]).contains("--profile"));
    }

    #[test]
    fn compatibility_as_json_has_a_row_for_each_id() {
        let rows: Vec<serde_json::Value> = serde_json::from_str(&told(&["--compatibility", "--json"])).unwrap();
        assert_eq!(rows.len(), EQUIVALENTS.len());
        for row in rows {
            assert!(row["catalogue"].is_string() && row["id"].is_string() && row["difference"].is_string());
            assert!(row["checks"].as_array().unwrap().iter().all(serde_json::Value::is_string));
        }
    }

    #[test]
    fn a_filter_that_names_nothing_is_refused_with_what_there_is() {
        let refused =
            |arguments: &[&str]| Cli::try_parse_from(["sagesweep"].iter().chain(arguments)).unwrap_err().to_string();
        assert!(refused(&["checks", "--framework", "sox"]).contains("pci-dss"));
        assert!(refused(&["checks", "--type", "bucket"]).contains("training-job"));
        assert!(refused(&["explain", "training-job-vcp"]).contains("did you mean `training-job-vpc`?"));
        assert!(refused(&["explain", "TRAINING-JOB-VPC"]).contains("did you mean `training-job-vpc`?"));
    }
}
