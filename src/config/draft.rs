//! A configuration while it is read: the file first, then the environment over it, every problem kept.

use std::{collections::BTreeMap, path::Path};

use toml::{
    Spanned,
    de::{DeString, DeTable},
};

use super::{
    Config, contradiction,
    keys::{KEYS, Key},
    nearest::nearest,
    problem::{ConfigErrors, Place, Problem, Problems, Source},
    read::Value,
};

/// What was read so far.
#[derive(Debug, Default)]
pub(super) struct Draft {
    config: Config,
    origins: Origins,
    problems: Vec<Problem>,
}

/// Where each key that was set was set last, by its path.
pub(super) type Origins = BTreeMap<String, Place>;

impl Draft {
    pub(super) fn refuse(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
    }

    /// Reads a file.
    pub(super) fn file(&mut self, path: &Path, text: &str) {
        let source = Source::File { path, text };
        let mut problems = Problems::new(source);
        let (document, refused) = DeTable::parse_recoverable(text);
        for (section, content) in document.get_ref() {
            if !KEYS.iter().any(|key| key.section == section.get_ref()) {
                problems.add(&section.span(), unknown_section(section.get_ref()));
            } else if let Some(table) = content.get_ref().as_table() {
                self.section(section.get_ref(), table, source, &mut problems);
            } else {
                problems.add(
                    &section.span(),
                    format!("`{0}` is a section; write [{0}] and its keys below", section.get_ref()),
                );
            }
        }
        problems.add_syntax(&refused);
        self.refuse(problems.into_found());
    }

    fn section(&mut self, section: &str, table: &DeTable<'_>, source: Source<'_>, problems: &mut Problems<'_>) {
        for (name, value) in table {
            match KEYS.iter().find(|key| key.section == section && key.name == name.get_ref()) {
                Some(key) => self.set(key, value, source.place(name.span().start), problems),
                None => problems.add(&name.span(), unknown_key(section, name)),
            }
        }
    }

    /// Sets a key.
    pub(super) fn set(&mut self, key: &Key, value: &Value<'_>, origin: Place, problems: &mut Problems<'_>) {
        self.origins.insert(key.path(), origin);
        (key.read)(&mut self.config, value, problems);
    }

    /// The configuration, if nothing is wrong with it.
    pub(super) fn finish(mut self) -> Result<Config, ConfigErrors> {
        self.refuse(contradiction::find(&self.config, &self.origins));
        if self.problems.is_empty() { Ok(self.config) } else { Err(ConfigErrors::new(self.problems)) }
    }
}

fn unknown_section(name: &str) -> String {
    let mut sections: Vec<&str> = KEYS.iter().map(|key| key.section).collect();
    sections.dedup();
    let hint = if let Some(near) = nearest(name, sections.iter().copied()) {
        format!("did you mean `{near}`?")
    } else if let Some(key) = KEYS.iter().find(|key| key.name == name) {
        format!("the key of that name belongs into [{}]", key.section)
    } else {
        format!("the sections are {}", sections.join(", "))
    };
    format!("unknown section `{name}`; {hint}")
}

fn unknown_key(section: &str, name: &Spanned<DeString<'_>>) -> String {
    let name = name.get_ref().as_ref();
    let keys: Vec<&str> = KEYS.iter().filter(|key| key.section == section).map(|key| key.name).collect();
    let hint = if let Some(near) = nearest(name, keys.iter().copied()) {
        format!("did you mean `{near}`?")
    } else if let Some(key) = KEYS.iter().find(|key| key.name == name) {
        format!("the key of that name belongs into [{}]", key.section)
    } else {
        format!("its keys are {}", keys.join(", "))
    };
    format!("unknown key `{name}` in [{section}]; {hint}")
}

/// Reads a text as if it were in a file, and variables over it.
#[cfg(test)]
pub(super) fn read<const N: usize>(text: &str, environment: [(&str, &str); N]) -> Result<Config, ConfigErrors> {
    let mut draft = Draft::default();
    draft.file(Path::new("sagesweep.toml"), text);
    super::environment::read(
        &mut draft,
        environment.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    draft.finish()
}

#[cfg(test)]
pub(super) mod tests {

    use proptest::prelude::*;

    use super::*;
    use crate::config::{Coverage, DOCUMENTED, Destination, OuSelector, Pacing, Rate, TagValues};

    pub(in crate::config) const FULL: &str = r#"
[organization]
include_ous = ['/Workloads/"Prod"\new', "ou-a1b2-12345678"]
exclude_ous = ["r-a1b2"]
include_accounts = ["111111111111", "000000000002"]
exclude_accounts = ["333333333333"]
include_tags = { "cost-center" = ["*"], environment = ["prod", "staging"] }
exclude_tags.sandbox = ["yes"]
management_account = false
[role]
name = "audit/sagesweep"
external_id = 'a:b/c'
session_tags = { purpose = "audit" }
duration_seconds = 9_00
hub_role_arn = "arn:aws:iam::111111111111:role/audit-hub"
[regions]
include = ["eu-west-1"]
[pacing]
slice_jobs = 0x64
rates = { "sagemaker:Search" = { start = 1, burst = 2, quota = 3.5 }, "kms:DescribeKey" = { burst = 3 } }
[lake]
destination = "s3://lake/a/b/"
bucket_region = "eu-west-1"
signing_key = "alias/audit-evidence"
[coverage]
floor_percent = 99
[findings]
owner_tag = ""
"#;

    #[test]
    fn every_kind_of_value_arrives() {
        let Config { organization, role, pacing, lake, coverage, findings, .. } = read(FULL, []).unwrap();
        let ous: Vec<OuSelector> = organization.include_ous.into_iter().collect();
        assert_eq!(
            ous,
            [OuSelector::Id("ou-a1b2-12345678".to_owned()), OuSelector::Path(r#"/Workloads/"Prod"\new"#.to_owned())]
        );
        assert_eq!(organization.include_tags["cost-center"], TagValues::Any);
        assert!(organization.exclude_tags["sandbox"].accepts("yes"));
        assert_eq!((role.external_id.as_deref(), role.duration_seconds), (Some("a:b/c"), 900));
        assert_eq!(pacing.slice_jobs, 100);
        assert_eq!(pacing.rates["sagemaker:Search"], Rate { start: 1.0, burst: 2, quota: 3.5 });
        assert_eq!(pacing.rates["kms:DescribeKey"], Rate { start: 20.0, burst: 3, quota: 50.0 });
        assert_eq!(pacing.rates.len(), Pacing::default().rates.len());
        assert_eq!(lake.destination, Destination::S3 { bucket: "lake".to_owned(), prefix: "a/b".to_owned() });
        assert_eq!(coverage, Coverage { floor_percent: 99.0 });
        assert_eq!(findings.owner_tag, None);
    }

    #[test]
    fn all_errors_are_reported_at_once_in_order() {
        let text = r#"
role = 1
[organisation]
accounts = []

[organization]
accounts = ["12345", "111111111111", 7]
include_ous = ["Workloads", "/Workloads"]
exclude_ous = ["/Workloads"]
exclude_accounts = ["111111111111"]
include_acounts = []
include_tags = { environment = [], "a,b" = "x" }
management_account = "yes"
hub_role_arn = ""

[regions]
include = ["eu-central"]
exclude = ["eu-west-1"]
fallback = ["eu-west-1"]
colour = "blue"

[pacing]
max_in_flight = 0
slice_jobs = 99999999999999999999
unit_deadline_seconds = 1.5

[pacing.rates]
"sagemaker:Serach" = { start = 1.0, burst = 1 }
"sagemaker:Search" = { start = nan, burst = 1, brust = 2 }
"ec2:DescribeRegions" = {}

[lake]
destination = "s3://Lake"
bucket_region = 1979-05-27

[coverage]
floor_percent = 101
"#;
        let environment = [
            ("SAGESWEEP_ROLE_NAME", "no spaces"),
            ("SAGESWEEP_ROLE_NMAE", "x"),
            ("SAGESWEEP_ROLE_HUB_ROLE_ARN", "arn:aws:iam::111111111111:role/hub"),
            ("SAGESWEEP_ROLE_DURATION_SECONDS", "7200"),
            ("SAGESWEEP_ROLE_SESSION_POLICY", "maybe"),
            ("SAGESWEEP_COVERAGE_FLOOR_PERCENT", "most"),
            ("SAGESWEEP_ORGANIZATION_INCLUDE_ACCOUNTS", "[\"1"),
        ];
        insta::assert_snapshot!(read(text, environment).unwrap_err().to_string(), @r#"
        sagesweep.toml:2:1: `role` is a section; write [role] and its keys below
        sagesweep.toml:3:2: unknown section `organisation`; did you mean `organization`?
        sagesweep.toml:7:13: `12345` is not an account id, which has twelve digits
        sagesweep.toml:7:38: expected a text in quotes, found a whole number
        sagesweep.toml:8:1: organization.include_ous cannot be applied: organization.accounts asks nothing of Organizations; remove one of the two
        sagesweep.toml:8:16: `Workloads` is neither the id of an OU (ou-…, r-…) nor a path of names such as /Workloads/Prod
        sagesweep.toml:9:1: /Workloads is in organization.include_ous too; remove it from one of the two
        sagesweep.toml:9:1: organization.exclude_ous cannot be applied: organization.accounts asks nothing of Organizations; remove one of the two
        sagesweep.toml:10:1: 111111111111 is in organization.accounts too; remove it from one of the two
        sagesweep.toml:11:1: unknown key `include_acounts` in [organization]; did you mean `include_accounts`?
        sagesweep.toml:12:1: organization.include_tags cannot be applied: organization.accounts asks nothing of Organizations; remove one of the two
        sagesweep.toml:12:32: an empty list accepts no account; write ["*"] for any value
        sagesweep.toml:12:36: `a,b` is no key of a tag: 1 to 128 letters, digits, spaces and _.:/=+-@
        sagesweep.toml:12:44: expected a list of texts, found a text
        sagesweep.toml:13:22: expected true or false, found a text
        sagesweep.toml:14:1: unknown key `hub_role_arn` in [organization]; the key of that name belongs into [role]
        sagesweep.toml:17:12: `eu-central` is not a region code such as `eu-central-1`
        sagesweep.toml:18:1: eu-west-1 is in regions.fallback too; remove it from one of the two
        sagesweep.toml:20:1: unknown key `colour` in [regions]; its keys are include, exclude, fallback
        sagesweep.toml:23:17: 0 is out of range, which is 1 to 1024
        sagesweep.toml:24:14: 99999999999999999999 is out of range, which is 100 to 9000
        sagesweep.toml:25:25: expected a whole number, found a number
        sagesweep.toml:28:1: unknown API `sagemaker:Serach`; did you mean `sagemaker:Search`?
        sagesweep.toml:29:32: nan is out of range, which is 0.01 to 1000
        sagesweep.toml:29:48: unknown key `brust`; a rate has start, burst and quota
        sagesweep.toml:30:1: unknown API `ec2:DescribeRegions`; `sagesweep config` prints the APIs of a run
        sagesweep.toml:33:15: `Lake` is no bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends
        sagesweep.toml:34:17: expected a text in quotes, found a date
        sagesweep.toml:37:17: 101 is out of range, which is 0 to 100
        SAGESWEEP_COVERAGE_FLOOR_PERCENT: expected a number, found a text
        SAGESWEEP_ORGANIZATION_INCLUDE_ACCOUNTS: not TOML: unclosed array, expected `]`
        SAGESWEEP_ROLE_DURATION_SECONDS: sessions reached through role.hub_role_arn last 3600 seconds at most, not 7200
        SAGESWEEP_ROLE_NAME: `no spaces` is not the name of a role, such as sagesweep-audit or, with its path, audit/sagesweep
        SAGESWEEP_ROLE_NMAE: unknown variable; did you mean `SAGESWEEP_ROLE_NAME`?
        SAGESWEEP_ROLE_SESSION_POLICY: expected true or false, found a text
        "#);
    }

    #[test]
    fn a_syntax_error_does_not_hide_the_others() {
        let text = "[role]\nname = \nsession_nmae = \"x\"\n[regions\ninclude = [\"x\"]\n[lake]\ndestination = \"\"\nname = \"a\"\nname = 'b'\n";
        insta::assert_snapshot!(read(text, []).unwrap_err().to_string(), @r#"
        sagesweep.toml:2:8: not TOML: string values must be quoted, expected literal string
        sagesweep.toml:3:1: unknown key `session_nmae` in [role]; did you mean `session_name`?
        sagesweep.toml:4:9: not TOML: unclosed table, expected `]`
        sagesweep.toml:7:15: a destination is a directory or s3://bucket/prefix, not an empty text
        sagesweep.toml:8:1: unknown key `name` in [lake]; the key of that name belongs into [role]
        sagesweep.toml:9:1: not TOML: duplicate key
        "#);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_makes_it_panic(text in "(?s).{0,200}", value in ".{0,60}") {
            let outcome = read(&text, [("SAGESWEEP_ORGANIZATION_ACCOUNTS", &value), ("SAGESWEEP_PACING_RATES", &value)]);
            drop(outcome.map_err(|errors| errors.to_string()));
        }

        #[test]
        fn no_change_to_the_documented_file_makes_it_panic(
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, "[\\[\\]{}=\"'#.\n a-z0-9é_-]{0,8}"), 1..6),
        ) {
            let mut text: Vec<char> = DOCUMENTED.chars().collect();
            for (index, length, inserted) in edits {
                let start = index.index(text.len());
                let end = (start + length).min(text.len());
                text.splice(start..end, inserted.chars());
            }
            let text: String = text.into_iter().collect();
            match read(&text, []) {
                Ok(config) => prop_assert_eq!(read(&config.to_toml(), []), Ok(config)),
                Err(errors) => {
                    for problem in errors.problems() {
                        let Place::Position { line, column, .. } = &problem.place else {
                            return Err(TestCaseError::fail(format!("no position: {problem}")));
                        };
                        prop_assert!(*line <= text.matches('\n').count() + 1 && *column >= 1, "{}", problem);
                    }
                }
            }
        }
    }
}
