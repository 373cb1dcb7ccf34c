//! `explain`: everything that is known of a check, on a page of 80 columns or as JSON.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use super::{
    Failure,
    checks::{json, written},
};
use crate::{
    check::{
        Check, Control, Evidence, Remediation,
        catalogue::{Entry, by_framework},
        compatibility::Equivalent,
        prowler,
    },
    cli::{ExplainArgs, ResourceArn},
    finding::Severity,
    wrap::{command, wrapped},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GRAVE: Style = AnsiColor::Red.on_default().bold();

/// Columns of a line.
const WIDTH: usize = 80;
/// Columns of a framework's name and the space behind it.
const FRAMEWORK: usize = 26;

/// The answer, with escape codes for colours. A resource that the check does not judge is refused.
pub(super) fn text(args: &ExplainArgs) -> Result<String, Failure> {
    let (check, resource) = (args.check, args.resource.as_ref());
    if resource.is_some() && args.form.is_json() {
        return Err(Failure::Usage("the names of a resource are filled into text only: leave out --resource or JSON"));
    }
    if let Some(resource) = resource
        && !resource.is_of(check.resource_type())
    {
        let (arn, judged) = (&resource.arn, check.resource_type().as_str());
        return Err(Failure::OtherType(format!(
            "{arn} is not what {} judges, which is {judged}; give the ARN of such a resource",
            check.id
        )));
    }
    Ok(if args.form.is_json() { json(&Entry::of(check)) } else { written(|out| page(out, check, resource)) })
}

fn page(out: &mut String, check: &'static Check, resource: Option<&ResourceArn>) -> fmt::Result {
    let entry = Entry::of(check);
    let style = if check.severity >= Severity::High { GRAVE } else { Style::new() };
    writeln!(out, "{BOLD}{}{BOLD:#}", check.id)?;
    for line in wrapped(check.title, WIDTH) {
        writeln!(out, "{line}")?;
    }
    let default = if check.by_default { "on" } else { "off" };
    writeln!(out, "{style}{}{style:#}  {DIM}{}{DIM:#}", check.severity.as_str(), entry.resource_type)?;
    writeln!(out, "{DIM}a control of {}, {default} by default, version {}{DIM:#}", entry.control, check.version)?;

    heading(out, "Why it matters")?;
    paragraph(out, 2, check.rationale)?;

    heading(out, "How it is judged")?;
    for text in judgement(check) {
        paragraph(out, 2, text)?;
    }
    writeln!(out, "  {DIM}What is read:{DIM:#}")?;
    for line in check.reads.iter().flat_map(|member| at_dots(member, WIDTH - 4)) {
        writeln!(out, "    {line}")?;
    }
    writeln!(out, "  {DIM}IAM actions:{DIM:#}")?;
    for action in &entry.actions {
        writeln!(out, "    {action}")?;
    }

    heading(out, "What mends a FAIL")?;
    let mend = check.remediation;
    paragraph(out, 2, &filled(mend.summary, resource))?;
    writeln!(out, "  {DIM}Console{DIM:#}")?;
    paragraph(out, 4, &filled(mend.console, resource))?;
    for (name, code) in [("AWS CLI", mend.cli), ("SDK for Python", mend.python), ("Infrastructure as code", mend.code)]
    {
        writeln!(out, "  {DIM}{name}{DIM:#}")?;
        for line in filled(code, resource).lines().flat_map(|line| command(line, WIDTH - 4)) {
            writeln!(out, "    {line}")?;
        }
    }
    if resource.is_none() {
        writeln!(out, "  {DIM}--resource ARN fills in {{name}}, {{arn}}, {{region}} and {{account}}.{DIM:#}")?;
    }

    heading(out, "Requirements that it serves")?;
    for (framework, ids) in by_framework(check) {
        let mut name = framework.title();
        for line in wrapped(&ids.join(", "), WIDTH - 2 - FRAMEWORK) {
            writeln!(out, "  {name:<FRAMEWORK$}{line}")?;
            name = "";
        }
    }

    if !entry.equivalents.is_empty() {
        heading(out, "Elsewhere")?;
        for Equivalent { catalogue, id, checks, difference } in entry.equivalents {
            for line in hanging(&catalogue.to_string(), id) {
                writeln!(out, "  {line}")?;
            }
            for other in checks.iter().filter(|other| **other != check.id) {
                writeln!(out, "    here: {other}")?;
            }
            paragraph(out, 4, difference)?;
        }
    }
    Ok(())
}

/// A catalogue with an id of it, on one line where they fit.
fn hanging(catalogue: &str, id: &str) -> Vec<String> {
    let line = format!("{catalogue}: {id}");
    if line.len() <= WIDTH - 2 { vec![line] } else { vec![format!("{catalogue}:"), format!("  {id}")] }
}

/// What can be said of the judgement without reading its code.
fn judgement(check: &Check) -> impl Iterator<Item = &'static str> {
    let theirs = prowler::RULES.iter().any(|rule| rule.check.id == check.id);
    let keys = check.needs.contains(&Evidence::Keys);
    let secrets = check.control == Control::Secrets;
    let tags = check.needs.contains(&Evidence::Tags);
    [
        (
            theirs,
            "As Prowler 5.46 judges, with what it gets wrong, on the facts that are read here; what it calls MANUAL is UNKNOWN. It is put to resources where checks.profile is prowler or both.",
        ),
        (
            keys,
            "A key is judged by what kms:DescribeKey shows. It passes when the customer manages it and it can be used, and when it is among parameters.approved_keys where these are set. No key, a key that AWS manages, and one that is disabled, to be deleted, of another region or gone are FAIL; one that cannot be described is UNKNOWN. What no key can be set for does not count, and is NOT_APPLICABLE where there is nothing else.",
        ),
        (
            secrets,
            "Rules for known forms of tokens and, for names such as password, for texts of high entropy are put to it. The \
             finding names rule, place and line, and never the value, which is kept nowhere. Text that cannot be read is UNKNOWN.",
        ),
        (
            tags,
            "Tags of AWS do not count. Where parameters.required_tag_keys are set, all of these have to be there, else any tag. Tags that cannot be read are UNKNOWN.",
        ),
        (!theirs, "A resource that cannot be described is UNKNOWN, never PASS and never FAIL. FAIL and UNKNOWN carry what was read as evidence."),
        (!check.by_default, "It is off by default, since it would fail nearly everywhere; its id in checks.also switches it on."),
    ]
    .into_iter()
    .filter_map(|(applies, text)| applies.then_some(text))
}

fn heading(out: &mut String, text: &str) -> fmt::Result {
    writeln!(out, "\n{BOLD}{text}{BOLD:#}")
}

fn paragraph(out: &mut String, indent: usize, text: &str) -> fmt::Result {
    wrapped(text, WIDTH - indent).iter().try_for_each(|line| writeln!(out, "{:indent$}{line}", ""))
}

/// A text with the names of the resource filled in.
fn filled(text: &str, resource: Option<&ResourceArn>) -> String {
    let Some(ResourceArn { arn, region, account, name, resource_type: _ }) = resource else { return text.to_owned() };
    Remediation::filled(text, name, arn, region, account)
}

/// A path on lines of bounded width, broken before its dots.
fn at_dots(path: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (index, part) in path.split('.').enumerate() {
        let part = if index == 0 { part.to_owned() } else { format!(".{part}") };
        match lines.last_mut() {
            Some(line) if line.chars().count() + part.chars().count() <= width => line.push_str(&part),
            _ => lines.push(format!("  {part}")),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::{
        check::profile::Profile,
        cli::{Cli, Command, FormatArg},
    };

    fn plain(check: &'static Check, resource: Option<&str>) -> String {
        let resource = resource.map(|arn| arn.parse().unwrap());
        anstream::adapter::strip_str(&text(&ExplainArgs { check, resource, form: FormatArg::default() }).unwrap())
            .to_string()
    }

    #[test]
    fn every_page_fits_80_columns_but_for_code() {
        for check in Profile::Both.checks() {
            let page = plain(check, None);
            let (prose, code) = page.split_once("  AWS CLI\n").unwrap();
            let after = code.split_once("\nRequirements that it serves").unwrap().1;
            for line in prose.lines().chain(after.lines()) {
                assert!(line.chars().count() <= WIDTH, "{}: {line}", check.id);
            }
        }
    }

    #[test]
    fn the_names_of_a_resource_are_filled_in() {
        for check in Profile::Both.checks() {
            let slug = check.resource_type().slug();
            let page = plain(check, Some(&format!("arn:aws:sagemaker:eu-central-1:111111111111:{slug}/mine")));
            assert!(
                !["{name}", "{arn}", "{region}", "{account}"].iter().any(|left| page.contains(left)),
                "{}",
                check.id
            );
        }
    }

    #[test]
    fn a_resource_of_another_type_is_refused() {
        let check = crate::check::selection::check("training-job-vpc").unwrap();
        let resource = Some("arn:aws:sagemaker:eu-central-1:111111111111:model/x".parse().unwrap());
        let refused = text(&ExplainArgs { check, resource, form: FormatArg::default() }).unwrap_err();
        assert_eq!(
            refused.text(),
            "error: arn:aws:sagemaker:eu-central-1:111111111111:model/x is not what training-job-vpc judges, \
             which is AWS::SageMaker::TrainingJob; give the ARN of such a resource"
        );
    }

    #[test]
    fn a_long_path_is_broken_before_a_dot() {
        assert_eq!(at_dots("Describe.Config.Key", 15), ["Describe.Config", "  .Key"]);
        assert_eq!(at_dots("Describe.Config.Key", 19), ["Describe.Config.Key"]);
    }

    #[test]
    fn a_page_says_all_that_is_known_of_a_check() {
        let check = |id| crate::check::selection::check(id).unwrap();
        insta::assert_snapshot!("ours", plain(check("training-job-customer-managed-keys"), None));
        let arn = "arn:aws:sagemaker:eu-central-1:111111111111:notebook-instance/lab-1";
        insta::assert_snapshot!("ours_of_a_resource", plain(check("notebook-instance-root-access"), Some(arn)));
        insta::assert_snapshot!("prowlers", plain(check("sagemaker_clarify_exists"), None));
        let json = Cli::try_parse_from(["sagesweep", "explain", "training-job-vpc", "--format", "json"]).unwrap();
        let Command::Explain(json) = json.command else { panic!("another command") };
        insta::assert_snapshot!("json", text(&json).unwrap());
    }
}
