//! The environment over the file: `SAGESWEEP_<SECTION>_<KEY>`.

use toml::{
    Spanned,
    de::{DeArray, DeString, DeValue},
};

use super::{
    draft::Draft,
    keys::{Bare, KEYS, Key, VARIABLES},
    nearest::nearest,
    problem::{Place, Problems, Source, not_toml},
    read::Value,
};

/// Lays the variables whose names are ours over a draft.
pub(super) fn read(draft: &mut Draft, variables: impl Iterator<Item = (String, String)>) {
    for (name, text) in variables.filter(|(name, _)| name.starts_with(VARIABLES)) {
        let mut problems = Problems::new(Source::Variable(&name));
        match KEYS.iter().find(|key| key.variable() == name) {
            Some(key) => match value_of(key, &text) {
                Ok(value) => draft.set(key, &value, Place::Variable(name.clone()), &mut problems),
                Err(message) => problems.add(&(0..0), message),
            },
            None => problems.add(&(0..0), unknown_variable(&name)),
        }
        draft.refuse(problems.into_found());
    }
}

/// A variable's value: TOML if it is TOML of the key's type, else what the key takes a bare text for.
fn value_of<'t>(key: &Key, text: &'t str) -> Result<Value<'t>, String> {
    let parsed = DeValue::parse(text.trim());
    // What starts like a list, a table or a quoted text was meant as TOML: what is wrong with it is of most use.
    let is_meant = text.trim_start().starts_with(['[', '{', '"', '\'']);
    let spanned = |text: &'t str| Spanned::new(0..0, DeValue::String(DeString::Borrowed(text)));
    match (key.bare, parsed) {
        (Bare::Text, Ok(value)) if value.get_ref().is_str() => Ok(value),
        (Bare::List, Ok(value)) if value.get_ref().is_array() => Ok(value),
        (Bare::Refused, Ok(value)) => Ok(value),
        (Bare::List | Bare::Refused, Err(error)) if is_meant => Err(not_toml(&error)),
        // Where a text is wrong, the reader says what it expects instead.
        (Bare::Text, _) | (Bare::Refused, Err(_)) => Ok(spanned(text)),
        (Bare::List, Ok(value)) if value.get_ref().is_str() => {
            Ok(Spanned::new(0..0, DeValue::Array(std::iter::once(value).collect())))
        }
        (Bare::List, _) => {
            let elements = text.split(',').map(str::trim).filter(|element| !element.is_empty());
            Ok(Spanned::new(0..0, DeValue::Array(elements.map(spanned).collect::<DeArray<'_>>())))
        }
    }
}

fn unknown_variable(name: &str) -> String {
    let variables: Vec<String> = KEYS.iter().map(Key::variable).collect();
    let hint = nearest(name, variables.iter().map(String::as_str))
        .map_or_else(|| format!("names are {VARIABLES}<SECTION>_<KEY>"), |near| format!("did you mean `{near}`?"));
    format!("unknown variable; {hint}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{KEYS, Place};
    use crate::config::draft::{read, tests::FULL};

    #[test]
    fn the_environment_overrides_the_file() {
        let config = read(
            FULL,
            [
                ("HOME", "/root"),
                ("SAGESWEEP_ROLE_NAME", "123"),
                ("SAGESWEEP_ROLE_EXTERNAL_ID", ""),
                ("SAGESWEEP_ROLE_SESSION_NAME", "'in-quotes'"),
                ("SAGESWEEP_ROLE_DURATION_SECONDS", " 1800 "),
                ("SAGESWEEP_ORGANIZATION_INCLUDE_ACCOUNTS", "444444444444"),
                ("SAGESWEEP_ORGANIZATION_INCLUDE_OUS", "[\"/A, B\"]"),
                ("SAGESWEEP_ORGANIZATION_EXCLUDE_OUS", ""),
                ("SAGESWEEP_REGIONS_INCLUDE", "eu-west-1, eu-west-2"),
                ("SAGESWEEP_PACING_RATES", "{ 'sts:AssumeRole' = { start = 5, burst = 5 } }"),
                ("SAGESWEEP_ORGANIZATION_MANAGEMENT_ACCOUNT", "true"),
            ],
        )
        .unwrap();
        assert_eq!((config.role.name.as_str(), config.role.session_name.as_str()), ("123", "in-quotes"));
        assert_eq!((config.role.external_id, config.role.duration_seconds), (None, 1800));
        assert_eq!(config.organization.include_accounts, BTreeSet::from(["444444444444".parse().unwrap()]));
        assert_eq!(config.organization.include_ous, BTreeSet::from(["/A, B".parse().unwrap()]));
        assert!(config.organization.exclude_ous.is_empty() && config.organization.management_account);
        assert_eq!(config.regions.include.len(), 2);
        assert_eq!(config.pacing.rates["sts:AssumeRole"].burst, 5);
        assert_eq!(config.pacing.rates["sagemaker:Search"].burst, 2, "the file's rates stay");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_value_of_any_variable_is_taken_or_refused_by_its_name(index in any::<prop::sample::Index>(), value in ".{0,60}") {
            let name = index.get(KEYS).variable();
            if let Err(errors) = read("", [(name.as_str(), value.as_str())]) {
                for problem in errors.problems() {
                    prop_assert_eq!(&problem.place, &Place::Variable(name.clone()));
                }
            }
        }
    }
}
