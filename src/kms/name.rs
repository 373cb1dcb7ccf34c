//! The four forms in which a resource names a key: id, key ARN, alias name, alias ARN.

use crate::place::{AccountId, Region};

/// A key's name within one account and region.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum KeyName {
    /// The key id: a UUID, or `mrk-…` for a multi-Region key.
    Id(String),
    /// An alias with its prefix `alias/`. It points at what it points at today, not when the job ran.
    Alias(String),
}

impl KeyName {
    /// The text that `kms:DescribeKey` takes in the key's own account and region.
    pub fn as_key_id(&self) -> &str {
        match self {
            Self::Id(text) | Self::Alias(text) => text,
        }
    }
}

/// What a text names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Parsed {
    /// An alias that AWS reserves for its own keys, by name or ARN.
    AwsManagedAlias,
    /// A key of the resource's own account and region.
    Here(KeyName),
    /// A key by its ARN.
    Elsewhere { account: AccountId, region: Region, name: KeyName },
    /// No name of a key: no key can be behind it.
    Nonsense,
}

pub(super) fn parse(text: &str) -> Parsed {
    let Some(rest) = text.strip_prefix("arn:") else {
        return if text.starts_with("alias/aws/") { Parsed::AwsManagedAlias } else { Parsed::Here(local(text)) };
    };
    let mut parts = rest.splitn(5, ':');
    let (_partition, service, region, account, resource) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next());
    let (Some("kms"), Some(region), Some(account), Some(resource)) = (service, region, account, resource) else {
        return Parsed::Nonsense;
    };
    if resource.starts_with("alias/aws/") {
        return Parsed::AwsManagedAlias;
    }
    let name = match resource.strip_prefix("key/") {
        Some(id) if !id.is_empty() => KeyName::Id(id.to_owned()),
        None if resource.strip_prefix("alias/").is_some_and(|alias| !alias.is_empty()) => {
            KeyName::Alias(resource.to_owned())
        }
        _ => return Parsed::Nonsense,
    };
    match (account.parse(), region.parse()) {
        (Ok(account), Ok(region)) => Parsed::Elsewhere { account, region, name },
        _ => Parsed::Nonsense,
    }
}

fn local(text: &str) -> KeyName {
    if text.starts_with("alias/") { KeyName::Alias(text.to_owned()) } else { KeyName::Id(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn elsewhere(name: KeyName) -> Parsed {
        Parsed::Elsewhere { account: "111122223333".parse().unwrap(), region: "eu-west-1".parse().unwrap(), name }
    }

    #[test]
    fn the_four_forms_are_told_apart() {
        assert_eq!(parse(ID), Parsed::Here(KeyName::Id(ID.to_owned())));
        assert_eq!(parse("mrk-12"), Parsed::Here(KeyName::Id("mrk-12".to_owned())));
        assert_eq!(parse("alias/ml"), Parsed::Here(KeyName::Alias("alias/ml".to_owned())));
        let arn = |resource: &str| parse(&format!("arn:aws:kms:eu-west-1:111122223333:{resource}"));
        assert_eq!(arn(&format!("key/{ID}")), elsewhere(KeyName::Id(ID.to_owned())));
        assert_eq!(arn("alias/ml/team"), elsewhere(KeyName::Alias("alias/ml/team".to_owned())));
    }

    #[test]
    fn an_alias_of_aws_is_known_by_its_name_in_either_form() {
        assert_eq!(parse("alias/aws/s3"), Parsed::AwsManagedAlias);
        assert_eq!(parse("arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/aws/sagemaker"), Parsed::AwsManagedAlias);
        assert_eq!(parse("alias/awsome"), Parsed::Here(KeyName::Alias("alias/awsome".to_owned())));
    }

    #[test]
    fn what_names_no_key_is_nonsense() {
        for text in
            ["arn:aws:s3:::bucket", "arn:aws:kms:eu-west-1:1:key/x", "arn:aws:kms:eu-west-1:111122223333:key/", "arn:"]
        {
            assert_eq!(parse(text), Parsed::Nonsense, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_without_a_panic(text in "\\PC{0,80}") {
            let _parsed = parse(&text);
        }

        #[test]
        fn nothing_that_is_described_is_an_alias_of_aws(
            text in "(arn:)?(aws)?:?(kms|s3)?:?(eu-west-1)?:?([0-9]{12})?:?(key|alias|alias/aws)?/?[a-z0-9/-]{0,12}",
        ) {
            // Describing such an alias would create its key.
            match parse(&text) {
                Parsed::Here(name) | Parsed::Elsewhere { name, .. } => {
                    prop_assert!(!name.as_key_id().starts_with("alias/aws/"), "{}", text);
                    prop_assert!(text.ends_with(name.as_key_id()));
                }
                Parsed::AwsManagedAlias => prop_assert!(text.contains("alias/aws/")),
                Parsed::Nonsense => prop_assert!(text.starts_with("arn:")),
            }
        }
    }
}
