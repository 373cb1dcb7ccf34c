//! What to do, for people: in 80 columns, but for what has no place to be broken.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use super::{Advice, job_input::JobInput, permission::Permission, recorded::Found, source::Source, ways::Way};
use crate::{
    finding::{Severity, Status},
    pretty,
    printable::shown,
    wrap::{self, command, wrapped},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Columns of a line.
const WIDTH: usize = 80;

/// What tells of an unknown.
const TO_KNOW: &str = "Whether it fails is not known. To know it, let the role of the audit read what the reason names (of a key \
                       also in the policy of that key): `sagesweep doctor` tries it, `sagesweep iam-policy` prints what the \
                       role needs. The next run tells.";

/// The advice on each resource, of all the findings that are meant, with escape codes for colours; `others` fail too, and are
/// not named by `--check`.
pub fn text(advice: &[Advice], all: &[Found], others: usize) -> String {
    let mut out = String::new();
    // Writing into a text cannot fail.
    let _infallible = write(&mut out, advice, all, others);
    out
}

fn write(out: &mut String, advice: &[Advice], all: &[Found], others: usize) -> fmt::Result {
    let told = advice.iter().map(|one| one.findings.len()).sum::<usize>();
    if others > 0 && !advice.iter().flat_map(|one| &one.findings).any(Found::fails) {
        let do_it = if others == 1 { "other finding does" } else { "other findings do" };
        writeln!(out, "Nothing that --check names fails; {others} {do_it}.")?;
        if advice.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
    }
    if advice.is_empty() {
        return writeln!(out, "Nothing of it fails and nothing is unknown: there is nothing to mend.");
    }
    if told < all.len() {
        summary(out, all)?;
        let more = "It is told of the newest; --limit tells of more, --format json names all.";
        writeln!(out, "{DIM}{more}{DIM:#}\n")?;
    }
    for (number, one) in advice.iter().enumerate() {
        if number > 0 {
            writeln!(out, "\n{DIM}{}{DIM:#}\n", "-".repeat(WIDTH))?;
        }
        resource(out, one)?;
    }
    Ok(())
}

/// How many resources fail what.
fn summary(out: &mut String, all: &[Found]) -> fmt::Result {
    let mut counts = BTreeMap::<(std::cmp::Reverse<Severity>, &str), usize>::new();
    for found in all {
        *counts.entry((std::cmp::Reverse(found.severity), &found.check_id)).or_default() += 1;
    }
    writeln!(out, "{BOLD}{} findings{BOLD:#}", all.len())?;
    for ((severity, check), count) in counts {
        writeln!(out, "  {count:>7}  {:<13} {check}", severity.0.as_str())?;
    }
    Ok(())
}

fn resource(out: &mut String, advice: &Advice) -> fmt::Result {
    let resource = &advice.resource;
    folded(out, 0, &resource.arn, BOLD)?;
    let created = resource.created_at.map(|at| at.strftime(", created %Y-%m-%d %H:%M UTC").to_string());
    let state = resource.state.as_ref().map(|state| format!(", {state}")).unwrap_or_default();
    let kind = resource.resource_type.as_str();
    let line =
        format!("{kind} of {} ({}){}{state}", resource.account_name, resource.account_id, created.unwrap_or_default());
    paragraph(out, 0, &line)?;

    let fails = advice.findings.iter().any(Found::fails);
    heading(out, if fails { "What fails" } else { "What was found" })?;
    for found in &advice.findings {
        let style = if found.fails() && found.severity >= Severity::High { BAD } else { Style::new() };
        writeln!(out, "  {style}{} {}{style:#} {}", found.status.as_str(), found.severity.as_str(), found.check_id)?;
        paragraph(out, 4, &format!("{}.", found.reason))?;
        if found.status == Status::Unknown {
            paragraph(out, 4, TO_KNOW)?;
        }
        writeln!(out, "    {DIM}{}{DIM:#}", found.uid)?;
    }
    if !fails {
        return paragraph(out, 2, "Nothing of this fails, so that there is nothing to mend.");
    }
    heading(out, "Where it came from")?;
    source(out, &advice.source)?;
    for way in &advice.ways {
        heading(out, &format!("What mends {}", way.check_id))?;
        self::way(out, way)?;
    }
    if let Some(key) = &advice.key {
        paragraph(out, 2, &format!("The key {} is {}.", key.arn, key.named.why()))?;
    }
    if let Some(job) = &advice.job {
        heading(out, "The job again: the input of create-training-job")?;
        self::job(out, job, &advice.resource.region, advice.unread.as_deref())?;
    }
    if let Some(permission) = &advice.permission {
        heading(out, "What the execution role needs for the key")?;
        self::permission(out, permission)?;
    }
    Ok(())
}

fn source(out: &mut String, source: &Source) -> fmt::Result {
    paragraph(out, 2, &source.summary)?;
    for (what, value) in &source.traces {
        folded(out, 2, &format!("{what}: {value}"), Style::new())?;
    }
    source.commands.iter().try_for_each(|line| code(out, line))
}

fn way(out: &mut String, way: &Way) -> fmt::Result {
    paragraph(out, 2, &way.summary)?;
    writeln!(out, "  {DIM}Console{DIM:#}")?;
    paragraph(out, 4, &way.console)?;
    for (name, text) in [("AWS CLI", &way.cli), ("SDK for Python", &way.python), ("Infrastructure as code", &way.code)]
    {
        writeln!(out, "  {DIM}{name}{DIM:#}")?;
        text.lines().try_for_each(|line| code(out, &commented(line)))?;
    }
    if !way.is_filled {
        let why =
            "Its name holds letters that a shell would obey, so that {name} and the rest are left to be filled in.";
        paragraph(out, 2, why)?;
    }
    Ok(())
}

/// A line of code; prose that says where the code belongs as a comment, which has places to be broken.
fn commented(line: &str) -> Cow<'_, str> {
    let is_prose = line.starts_with(|letter: char| letter.is_ascii_uppercase())
        && line.contains(' ')
        && !line.contains(['{', '=', '"', '('])
        && line.strip_suffix(':').is_some_and(|start| !start.contains(": "));
    if is_prose { Cow::Owned(format!("# {line}")) } else { Cow::Borrowed(line) }
}

fn job(out: &mut String, job: &JobInput, region: &str, unread: Option<&str>) -> fmt::Result {
    let from =
        if job.is_whole { "Read from DescribeTrainingJob just now." } else { "Made of the facts in the tables." };
    paragraph(out, 2, from)?;
    if let Some(why) = unread {
        let why = why.trim_end_matches('.');
        paragraph(out, 2, &format!("The service was asked and did not tell: {why}."))?;
    }
    for line in pretty::lines(&Value::Object(job.input.clone()), WIDTH) {
        writeln!(out, "{}", shown(&line))?;
    }
    for (what, lines) in [("Set", &job.filled), ("Left out", &job.left_out), ("Note", &job.notes)] {
        for line in lines {
            paragraph(out, 2, &format!("{what}: {line}"))?;
        }
    }
    let create = format!("aws sagemaker create-training-job --region {region} --cli-input-json file://job-input.json");
    code(out, &create)
}

fn permission(out: &mut String, permission: &Permission) -> fmt::Result {
    writeln!(out, "  {DIM}Statements for the policy of the key{DIM:#}")?;
    for line in pretty::lines(&Value::Array(permission.key_policy.clone()), WIDTH) {
        writeln!(out, "{}", shown(&line))?;
    }
    folded(out, 2, &format!("A policy for {}", permission.role_arn), DIM)?;
    for line in pretty::lines(&permission.role_policy, WIDTH) {
        writeln!(out, "{}", shown(&line))?;
    }
    permission.notes.iter().try_for_each(|note| paragraph(out, 2, note))
}

fn heading(out: &mut String, text: &str) -> fmt::Result {
    writeln!(out, "\n{BOLD}{text}{BOLD:#}")
}

fn paragraph(out: &mut String, indent: usize, text: &str) -> fmt::Result {
    wrapped(&shown(text), WIDTH - indent).iter().try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
}

/// A line of code, a long command on several as a shell reads it.
fn code(out: &mut String, line: &str) -> fmt::Result {
    const INDENT: usize = 4;
    command(&shown(line), WIDTH - INDENT).iter().try_for_each(|line| writeln!(out, "{:INDENT$}{line}", ""))
}

/// A text without a place to be broken, cut into lines of the width.
fn folded(out: &mut String, indent: usize, text: &str, style: Style) -> fmt::Result {
    let lines = wrap::folded(text, WIDTH - indent);
    lines.iter().try_for_each(|line| writeln!(out, "{:indent$}{style}{line}{style:#}", ""))
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::{
        config::Parameters,
        remediate::{
            Described,
            key::KeyArn,
            samples::{found, recorded},
        },
    };

    fn plain(advice: &[Advice], all: &[Found]) -> String {
        anstream::adapter::strip_str(&text(advice, all, 0)).to_string()
    }

    fn advice(key: Option<&str>) -> Advice {
        let key = key.map(|key| key.parse::<KeyArn>().unwrap());
        let findings = vec![found("volume_key_absent,output_key_absent")];
        Advice::of(recorded(), findings, key.as_ref(), &Parameters::default(), &Described::NotAsked).unwrap()
    }

    #[test]
    fn a_page_says_what_fails_where_it_came_from_and_what_mends_it() {
        let one = advice(Some("arn:aws:kms:eu-west-1:222222222222:key/1234abcd"));
        let all = one.findings.clone();
        insta::assert_snapshot!("page", plain(&[one], &all));
    }

    #[test]
    fn prose_fits_80_columns_and_hostile_names_are_shown() {
        let mut one = advice(None);
        one.resource.arn = format!("arn:aws:sagemaker:eu-west-1:111111111111:training-job/{}", "\u{1b}[31m".repeat(30));
        one.source.summary = "a\u{202e}b".to_owned();
        let page = plain(&[one], &[]);
        assert!(!page.contains(['\u{1b}', '\u{202e}']));
        let before = page.split("AWS CLI").next().unwrap();
        // An option has no place to be broken.
        assert!(
            before.lines().filter(|line| !line.contains("--lookup")).all(|line| line.chars().count() <= WIDTH),
            "{before}"
        );
    }

    #[test]
    fn of_many_findings_there_is_a_summary_first() {
        let one = advice(None);
        let all = vec![one.findings[0].clone(); 3];
        let page = plain(&[one], &all);
        assert!(
            page.starts_with("3 findings\n        3  high          training-job-customer-managed-keys\n"),
            "{page}"
        );
        assert!(plain(&[], &[]).starts_with("Nothing of it fails"));
        assert_eq!(text(&[], &[], 2), "Nothing that --check names fails; 2 other findings do.\n");
    }

    #[test]
    fn what_is_unknown_is_not_mended_and_it_is_told_how_to_know() {
        let findings = vec![Found { status: Status::Unknown, ..found("volume_key_unreadable") }];
        let one = Advice::of(recorded(), findings, None, &Parameters::default(), &Described::NotAsked).unwrap();
        let page = plain(&[one], &[]);
        assert!(page.contains("What was found\n  UNKNOWN") && page.contains("sagesweep iam-policy"), "{page}");
        assert!(!page.contains("create-training-job") && !page.contains("What fails"), "{page}");
    }

    #[test]
    fn prose_among_code_is_a_comment_and_the_job_is_made_in_its_region() {
        assert_eq!(
            commented("In a state machine, in the Arguments of x:"),
            "# In a state machine, in the Arguments of x:"
        );
        for line in ["Properties:", "Type: AWS::SageMaker::Model", "  Subnets: [a, b]", "VpcConfig: { Subnets: [a] }"] {
            assert_eq!(commented(line), line);
        }
        assert!(plain(&[advice(None)], &[]).contains("aws sagemaker create-training-job --region eu-west-1"));
    }

    #[test]
    fn a_key_of_another_region_is_refused_and_why_the_service_did_not_tell_is_told() {
        let key: KeyArn = "arn:aws:kms:us-east-1:111111111111:key/1234abcd".parse().unwrap();
        let of = |key: Option<&KeyArn>, described: &Described| {
            Advice::of(recorded(), vec![found("output_key_absent")], key, &Parameters::default(), described)
        };
        assert!(of(Some(&key), &Described::NotAsked).unwrap_err().to_string().contains("us-east-1"));
        let unread = of(None, &Described::Unread("denied".to_owned())).unwrap();
        assert!(plain(&[unread], &[]).contains("did not tell: denied."));
        let read = of(None, &Described::Read(Map::new())).unwrap();
        assert!(read.job.unwrap().is_whole);
    }
}
