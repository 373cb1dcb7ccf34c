//! Keys that are right one by one and cannot all be meant, or leave nothing to judge by.

use std::{collections::BTreeSet, fmt::Display};

use super::{
    Checks, Config,
    draft::Origins,
    problem::{Place, Problem},
};
use crate::{check::selection::Selection, finding::Severity};

/// Seconds that a session of a role assumed through another role may last: STS refuses more (IAM user guide, role chaining).
pub(super) const LONGEST_CHAINED_SESSION: u16 = 3_600;

/// The contradictions, each at the place of the key that says the second thing.
pub(super) fn find(config: &Config, origins: &Origins) -> Vec<Problem> {
    let mut found = Found { origins, problems: Vec::new() };
    let Config { organization, role, regions, checks, parameters, .. } = config;

    found.both(
        "organization.accounts",
        &organization.accounts,
        "organization.exclude_accounts",
        &organization.exclude_accounts,
    );
    found.both(
        "organization.include_accounts",
        &organization.include_accounts,
        "organization.exclude_accounts",
        &organization.exclude_accounts,
    );
    found.both(
        "organization.include_ous",
        &organization.include_ous,
        "organization.exclude_ous",
        &organization.exclude_ous,
    );
    found.both("regions.include", &regions.include, "regions.exclude", &regions.exclude);
    found.both("regions.fallback", &regions.fallback, "regions.exclude", &regions.exclude);

    if !organization.accounts.is_empty() {
        if !organization.include_accounts.is_empty() {
            found.add(
                "organization.include_accounts",
                "organization.accounts",
                "organization.accounts already names every account; remove one of the two",
            );
        }
        for (key, used) in [
            ("organization.include_ous", !organization.include_ous.is_empty()),
            ("organization.exclude_ous", !organization.exclude_ous.is_empty()),
            ("organization.include_tags", !organization.include_tags.is_empty()),
            ("organization.exclude_tags", !organization.exclude_tags.is_empty()),
        ] {
            if used {
                found.add(
                    key,
                    "organization.accounts",
                    format!("{key} cannot be applied: organization.accounts asks nothing of Organizations; remove one of the two"),
                );
            }
        }
    }
    if role.hub_role_arn.is_some() && role.duration_seconds > LONGEST_CHAINED_SESSION {
        let message = format!(
            "sessions reached through role.hub_role_arn last {LONGEST_CHAINED_SESSION} seconds at most, not {}",
            role.duration_seconds
        );
        found.add("role.duration_seconds", "role.hub_role_arn", message);
    }
    if role.hub_external_id.is_some() && role.hub_role_arn.is_none() {
        found.add(
            "role.hub_external_id",
            "role.hub_role_arn",
            "an external id for a hub role, but no role.hub_role_arn",
        );
    }
    if Selection::configured(checks).checks().is_empty() {
        let narrowing = narrowing(checks);
        let key = narrowing.last().copied().unwrap_or("checks.profile");
        let message = format!(
            "no check is selected: none of the profile {} passes {}; look at checks.profile too",
            checks.profile.as_str(),
            narrowing.join(", ")
        );
        found.add(key, key, message);
    }
    if parameters.notebook_platforms.is_empty() {
        let key = "parameters.notebook_platforms";
        found.add(key, key, "without a supported platform every notebook instance would fail; name one at least");
    }
    found.problems
}

/// The keys of `[checks]` that keep checks out.
fn narrowing(checks: &Checks) -> Vec<&'static str> {
    [
        ("checks.include", !checks.include.is_empty()),
        ("checks.exclude", !checks.exclude.is_empty()),
        ("checks.resource_types", !checks.resource_types.is_empty()),
        ("checks.frameworks", !checks.frameworks.is_empty()),
        ("checks.minimum_severity", checks.minimum_severity > Severity::Informational),
    ]
    .into_iter()
    .filter_map(|(key, narrows)| narrows.then_some(key))
    .collect()
}

struct Found<'o> {
    origins: &'o Origins,
    problems: Vec<Problem>,
}

impl Found<'_> {
    /// Reports at the first of two keys that was set; neither can be, for the defaults contradict nothing.
    fn add(&mut self, key: &str, other: &str, message: impl Into<String>) {
        let place = self.origins.get(key).or_else(|| self.origins.get(other)).cloned();
        let place = place.unwrap_or_else(|| Place::File(key.into()));
        self.problems.push(Problem { place, message: message.into() });
    }

    /// Reports what stands in both of two lists.
    fn both<T: Ord + Display>(&mut self, one: &str, first: &BTreeSet<T>, other: &str, second: &BTreeSet<T>) {
        for element in first.intersection(second) {
            self.add(other, one, format!("{element} is in {one} too; remove it from one of the two"));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::draft::read;

    #[test]
    fn contradictions_are_refused_where_they_stand() {
        let cases = [
            "organization.accounts = ['111111111111']\norganization.include_accounts = ['111111111111']",
            "organization.accounts = ['111111111111']\norganization.include_ous = ['/A']",
            "organization.include_accounts = ['111111111111']\norganization.exclude_accounts = ['111111111111']",
            "regions.include = ['eu-west-1']\nregions.exclude = ['eu-west-1']",
            "regions.exclude = ['eu-west-1']\nregions.fallback = ['eu-west-1']",
            "role.hub_role_arn = 'arn:aws:iam::111111111111:role/hub'\nrole.duration_seconds = 3601",
            "role.hub_external_id = 'abc'",
        ];
        let reports: Vec<String> = cases.iter().map(|text| read(text, []).unwrap_err().to_string()).collect();
        insta::assert_snapshot!(reports.join("\n"), @r#"
        sagesweep.toml:2:14: organization.accounts already names every account; remove one of the two
        sagesweep.toml:2:14: organization.include_ous cannot be applied: organization.accounts asks nothing of Organizations; remove one of the two
        sagesweep.toml:2:14: 111111111111 is in organization.include_accounts too; remove it from one of the two
        sagesweep.toml:2:9: eu-west-1 is in regions.include too; remove it from one of the two
        sagesweep.toml:1:9: eu-west-1 is in regions.fallback too; remove it from one of the two
        sagesweep.toml:2:6: sessions reached through role.hub_role_arn last 3600 seconds at most, not 3601
        sagesweep.toml:1:6: an external id for a hub role, but no role.hub_role_arn
        "#);
    }

    #[test]
    fn a_selection_of_nothing_is_refused_with_the_keys_that_leave_nothing() {
        let cases = [
            "checks.include = ['training-job-vpc']\nchecks.exclude = ['training-job-*']",
            "checks.include = ['sagemaker_*']",
            "checks.resource_types = ['workforce']\nchecks.minimum_severity = 'critical'",
        ];
        let reports: Vec<String> = cases.iter().map(|text| read(text, []).unwrap_err().to_string()).collect();
        insta::assert_snapshot!(reports.join("\n"), @r#"
        sagesweep.toml:2:8: no check is selected: none of the profile sagesweep passes checks.include, checks.exclude; look at checks.profile too
        sagesweep.toml:1:8: no check is selected: none of the profile sagesweep passes checks.include; look at checks.profile too
        sagesweep.toml:2:8: no check is selected: none of the profile sagesweep passes checks.resource_types, checks.minimum_severity; look at checks.profile too
        "#);
        let of_prowler = "checks.include = ['sagemaker_*']\nchecks.profile = 'prowler'";
        assert!(read(of_prowler, []).is_ok());
        let variable = read("", [("SAGESWEEP_CHECKS_EXCLUDE", "*")]).unwrap_err().to_string();
        assert!(variable.starts_with("SAGESWEEP_CHECKS_EXCLUDE: no check is selected"), "{variable}");
    }

    #[test]
    fn a_list_of_no_platform_is_refused() {
        assert_eq!(
            read("parameters.notebook_platforms = []", []).unwrap_err().to_string(),
            "sagesweep.toml:1:12: without a supported platform every notebook instance would fail; name one at least"
        );
    }
}
