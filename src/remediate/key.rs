//! The key that is filled in: the one that is named, else one of the configuration, else one that the job already has, else a
//! place that is left for it.

use std::str::FromStr;

use crate::{
    config::Parameters,
    place::{AccountId, Region},
};

/// The ARN of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyArn {
    /// The whole of it.
    pub arn: String,
    /// Its region.
    pub region: Region,
    /// Its account.
    pub account: AccountId,
}

impl FromStr for KeyArn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            "not the ARN of a key, such as arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab; \
             an alias will not do, since volumes take none"
                .to_owned()
        };
        let is_harmless = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/:".contains(&byte));
        match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["arn", _partition, "kms", region, account, key] if is_harmless => {
                key.strip_prefix("key/").filter(|id| !id.is_empty()).ok_or_else(wrong)?;
                let (Ok(region), Ok(account)) = (region.parse(), account.parse()) else { return Err(wrong()) };
                Ok(Self { arn: text.to_owned(), region, account })
            }
            _ => Err(wrong()),
        }
    }
}

/// Where a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// From the command line.
    Here,
    /// From `parameters.approved_keys`.
    Approved,
    /// The resource uses it already, for what does not fail.
    InUse,
    /// Nowhere: it is a place for one.
    Nowhere,
}

impl Named {
    /// As a sentence says it.
    pub fn why(self) -> &'static str {
        match self {
            Self::Here => "the key of --key",
            Self::Approved => {
                "the first in parameters.approved_keys that is of the region, one of the account itself before others"
            }
            Self::InUse => "the key that the job already uses for what does not fail",
            Self::Nowhere => "a place for a key: name one with --key, or in parameters.approved_keys",
        }
    }
}

/// A key to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its ARN, or what stands in its place.
    pub arn: String,
    /// Its account, where it is one.
    pub account: Option<AccountId>,
    /// Where it comes from.
    pub named: Named,
}

/// The key for a resource of an account and region; `in_use` are ARNs that it names without fault.
pub fn choose(
    given: Option<&KeyArn>,
    parameters: &Parameters,
    in_use: &[String],
    (partition, region, account): (&str, &str, &str),
) -> Choice {
    let of = |key: KeyArn, named| Choice { arn: key.arn, account: Some(key.account), named };
    if let Some(key) = given {
        return of(key.clone(), Named::Here);
    }
    if let Some(key) = usable_in(parameters.approved_keys.iter(), region, account) {
        return of(key, Named::Approved);
    }
    let approved = in_use.iter().filter(|arn| parameters.approves_key(arn));
    if let Some(key) = usable_in(approved, region, account) {
        return of(key, Named::InUse);
    }
    Choice { arn: format!("arn:{partition}:kms:{region}:{account}:key/KEY-ID"), account: None, named: Named::Nowhere }
}

/// The first of these keys that is of a region; those of the account itself, which need no policy of another one, come first.
fn usable_in<'t>(texts: impl Iterator<Item = &'t String>, region: &str, account: &str) -> Option<KeyArn> {
    let mut keys = texts.filter_map(|text| text.parse::<KeyArn>().ok()).collect::<Vec<_>>();
    keys.retain(|key| key.region.as_str() == region);
    keys.sort_by_key(|key| key.account.as_str() != account);
    keys.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: (&str, &str, &str) = ("aws", "eu-west-1", "111111111111");

    fn arn(region: &str, account: &str, id: &str) -> String {
        format!("arn:aws:kms:{region}:{account}:key/{id}")
    }

    #[test]
    fn a_key_is_named_by_its_arn_alone() {
        assert!(arn("eu-west-1", "111111111111", "1234abcd").parse::<KeyArn>().is_ok());
        for wrong in [
            "alias/lake",
            "1234abcd",
            "arn:aws:kms:eu-west-1:111111111111:alias/lake",
            "arn:aws:kms:eu-west-1:111111111111:key/",
            "arn:aws:kms:eu-west-1:1:key/x",
            "arn:aws:kms:eu-west-1:111111111111:key/$(reboot)",
        ] {
            assert!(wrong.parse::<KeyArn>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_named_wins_over_the_configuration_and_that_over_what_is_in_use() {
        let mut parameters = Parameters::default();
        let choice = |given: Option<&KeyArn>, parameters: &Parameters, in_use: &[String]| {
            let choice = choose(given, parameters, in_use, PLACE);
            (choice.arn, choice.named)
        };
        assert_eq!(choice(None, &parameters, &[]).1, Named::Nowhere);
        let used = [arn("eu-west-1", "111111111111", "used")];
        assert_eq!(choice(None, &parameters, &used), (used[0].clone(), Named::InUse));
        parameters.approved_keys = [
            arn("eu-west-1", "*", "*"),
            arn("eu-west-1", "000000000000", "other-account"),
            arn("eu-west-1", "111111111111", "own"),
            arn("us-east-1", "111111111111", "other-region"),
        ]
        .into();
        assert_eq!(choice(None, &parameters, &used), (arn("eu-west-1", "111111111111", "own"), Named::Approved));
        let given = arn("eu-west-1", "222222222222", "given").parse().unwrap();
        assert_eq!(choice(Some(&given), &parameters, &used).1, Named::Here);
    }
}
