//! Every key of the configuration, once: what the file, the environment, the hints and the tests know comes from here.

use super::{
    Config, legal, notify,
    problem::Problems,
    read::{self, Value},
};

/// A key of the configuration.
#[derive(Debug)]
pub(super) struct Key {
    /// Its table in the file.
    pub(super) section: &'static str,
    /// Its name in that table.
    pub(super) name: &'static str,
    /// What a variable may hold besides TOML.
    pub(super) bare: Bare,
    /// Reads a value into its field.
    pub(super) read: fn(&mut Config, &Value<'_>, &mut Problems<'_>),
}

/// What a value in the environment that is not TOML of the key's type is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bare {
    /// The text itself.
    Text,
    /// Texts between commas.
    List,
    /// A mistake.
    Refused,
}

impl Key {
    /// The key with its section, as messages name it.
    pub(super) fn path(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    /// The variable of the environment that overrides it.
    pub(super) fn variable(&self) -> String {
        format!("{VARIABLES}{}_{}", self.section.to_ascii_uppercase(), self.name.to_ascii_uppercase())
    }
}

/// What the names of our variables start with.
pub(super) const VARIABLES: &str = "SAGESWEEP_";

// The key is the path of its field, so that the two cannot differ: `section.name: bare, reader(rule or range)`.
macro_rules! keys {
    ($($section:ident.$name:ident: $bare:ident, $reader:ident($($rule:expr)?);)*) => {
        &[$(Key {
            section: stringify!($section),
            name: stringify!($name),
            bare: Bare::$bare,
            read: |config, value, problems| {
                read::$reader(&mut config.$section.$name, value, problems $(, $rule)?);
            },
        }),*]
    };
}

/// The keys in the order of the documented file.
pub(super) static KEYS: &[Key] = keys! {
    organization.accounts: List, set(str::parse);
    organization.include_ous: List, set(str::parse);
    organization.exclude_ous: List, set(str::parse);
    organization.include_accounts: List, set(str::parse);
    organization.exclude_accounts: List, set(str::parse);
    organization.include_tags: Refused, tag_filter();
    organization.exclude_tags: Refused, tag_filter();
    organization.management_account: Refused, flag();
    organization.account_tags: Refused, flag();
    role.name: Text, text(legal::role_name);
    role.external_id: Text, optional(legal::external_id);
    role.session_name: Text, text(legal::session_name);
    role.session_tags: Refused, session_tags();
    role.source_identity: Text, optional(legal::source_identity);
    role.duration_seconds: Refused, whole(900..=43_200);
    role.session_policy: Refused, flag();
    role.hub_role_arn: Text, optional(legal::role_arn);
    role.hub_external_id: Text, optional(legal::external_id);
    role.own_account_directly: Refused, flag();
    regions.include: List, set(str::parse);
    regions.exclude: List, set(str::parse);
    regions.fallback: List, set(str::parse);
    checks.profile: Text, text(str::parse);
    checks.include: List, set(str::parse);
    checks.also: List, set(str::parse);
    checks.exclude: List, set(str::parse);
    checks.resource_types: List, set(str::parse);
    checks.frameworks: List, set(str::parse);
    checks.minimum_severity: Text, text(legal::severity);
    parameters.approved_keys: List, set(legal::key_pattern);
    parameters.required_tag_keys: List, set(legal::required_tag_key);
    parameters.notebook_platforms: List, set(legal::platform);
    parameters.minimum_variant_instances: Refused, whole(1..=1_000);
    parameters.image_registries: List, set(legal::registry);
    pacing.max_in_flight: Refused, whole(1..=1_024);
    pacing.max_targets: Refused, whole(1..=4_096);
    pacing.slice_jobs: Refused, whole(100..=9_000);
    pacing.unit_deadline_seconds: Refused, whole(10..=86_400);
    pacing.share: Refused, decimal(0.05..=1.0);
    pacing.growth_seconds: Refused, whole(1..=3_600);
    pacing.rates: Refused, rates();
    exceptions.file: Text, optional(str::parse);
    exceptions.bucket_region: Text, optional(str::parse);
    exceptions.max_days: Refused, whole(1..=1_826);
    incremental.refresh_days: Refused, whole(1..=90);
    incremental.overlap_hours: Refused, whole(1..=720);
    incremental.idle_nights: Refused, whole(0..=365);
    incremental.idle_ask_days: Refused, whole(2..=90);
    lake.destination: Text, text(str::parse);
    lake.bucket_region: Text, optional(str::parse);
    lake.kms_key: Text, optional(legal::kms_key);
    lake.lease_seconds: Refused, whole(3..=3_600);
    lake.signing_key: Text, optional(legal::kms_key);
    coverage.floor_percent: Refused, decimal(0.0..=100.0);
    findings.owner_tag: Text, optional(legal::tag_key);
    metrics.emf: Refused, flag();
    metrics.namespace: Text, text(legal::namespace);
    notify.sns_topic: Text, optional(notify::topic);
    notify.event_bus: Text, optional(notify::event_bus);
    notify.webhook: Text, optional(str::parse);
    notify.minimum_severity: Text, text(legal::severity);
    notify.coverage_drop_points: Refused, decimal(0.1..=100.0);
    notify.expiring_days: Refused, whole(0..=365);
    notify.quiet_runs: Refused, flag();
    report.html: Refused, flag();
    report.findings: Refused, whole(1..=2_000_000);
};
