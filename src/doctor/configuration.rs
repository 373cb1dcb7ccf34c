//! The configuration in effect, which is well formed by now: where it comes from, and what is odd about it.

use super::{
    advice::say,
    observation::{Group, Level, Observation},
};
use crate::config::Config;

/// Says where the configuration comes from and where it leads.
pub(super) fn look(config: &Config, source: &str) -> Vec<Observation> {
    let mut observations = vec![
        Observation::ok(Group::Configuration, "configuration", source),
        Observation::ok(Group::Configuration, "destination", config.lake.destination.to_string()),
        Observation::ok(Group::Configuration, "role in each account", config.role.name.clone()),
    ];
    let unknown = config.regions.unknown();
    if !unknown.is_empty() {
        let names = unknown.iter().map(|region| region.as_str()).collect::<Vec<_>>().join(", ");
        let text = format!("not known to this version: {names}; if misspelt, nothing is audited there");
        let mut observation = Observation::new(Group::Configuration, Level::Warn, "regions", text)
            .advised(vec![say("Compare the [regions] section with the region codes of AWS.")]);
        observation.regions = unknown.into_iter().cloned().collect();
        observations.push(observation);
    }
    observations
}
