//! Where a container image comes from: the registry in its name, and whether SageMaker's own images are there.

use std::{collections::BTreeSet, sync::LazyLock};

use serde::Deserialize;

use crate::place::AccountId;

const FILE: &str = include_str!("../config/image-registries.toml");

/// A file that cannot be read leaves every registry unknown, which no check takes for a PASS; a test reads it.
static OWN: LazyLock<BTreeSet<AccountId>> =
    LazyLock::new(|| toml::from_str(FILE).map(|File { accounts }| accounts).unwrap_or_default());

/// How the hosts of private registries end, in every partition and with dual-stack names (Amazon ECR endpoints; botocore,
/// partitions.json).
const OF_AMAZON: [&str; 11] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
    ".on.aws",
    ".on.amazonwebservices.com.cn",
    ".on.amazonwebservices.eu",
    ".api.aws",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    accounts: BTreeSet<AccountId>,
}

/// The registry that an image is pulled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registry<'a> {
    /// A private registry of ECR: `<account>.dkr.ecr.<region>.amazonaws.com`.
    Ecr {
        /// The account.
        account: AccountId,
        /// The whole host.
        host: &'a str,
    },
    /// Any other one, such as `public.ecr.aws`.
    Other(&'a str),
}

impl<'a> Registry<'a> {
    /// The registry in the name of an image. A name without a host means Docker Hub, as for Docker itself.
    pub fn of(image: &'a str) -> Self {
        let host = image.split_once('/').map_or("", |(host, _)| host);
        if !host.contains(['.', ':']) && host != "localhost" {
            return Self::Other("docker.io");
        }
        let name = host.split_once(':').map_or(host, |(name, _port)| name);
        let account =
            name.split_once(".dkr.ecr").or_else(|| name.split_once(".dkr-ecr")).and_then(|(account, rest)| {
                account
                    .parse()
                    .ok()
                    .filter(|_| rest.starts_with(['.', '-']) && OF_AMAZON.iter().any(|end| rest.ends_with(end)))
            });
        match account {
            Some(account) => Self::Ecr { account, host },
            None => Self::Other(host),
        }
    }

    /// The host.
    pub fn host(self) -> &'a str {
        match self {
            Self::Ecr { account: _, host } | Self::Other(host) => host,
        }
    }

    /// Whether SageMaker's own images are there.
    pub fn is_of_sagemaker(self) -> bool {
        matches!(self, Self::Ecr { account, host: _ } if OWN.contains(&account))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_can_be_read_and_is_sorted() {
        let File { accounts } = toml::from_str(FILE).unwrap();
        assert!(accounts.len() >= 360, "{}", accounts.len());
        let listed = FILE.split('"').filter(|text| text.len() == 12).collect::<Vec<_>>();
        assert!(listed.is_sorted() && listed.len() == accounts.len());
    }

    #[test]
    fn the_registry_is_what_stands_before_the_first_slash() {
        let account = |image: &str| match Registry::of(image) {
            Registry::Ecr { account, host: _ } => Some(account.to_string()),
            Registry::Other(_) => None,
        };
        assert_eq!(account("111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/train:1").unwrap(), "111111111111");
        assert_eq!(account("111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn/a").unwrap(), "111111111111");
        for image in
            ["111111111111.dkr.ecr-fips.us-east-1.amazonaws.com/a", "111111111111.dkr-ecr.us-east-1.on.aws:443/a"]
        {
            assert_eq!(account(image).as_deref(), Some("111111111111"), "{image}");
        }
        for host in ["dkr.ecr.evil.example", "dkr.ecr.us-east-1.amazonaws.com.evil.example", "dkr.ecrs.on.aws"] {
            let image = format!("111111111111.{host}/a");
            assert_eq!(account(&image), None, "{host}");
        }
        assert_eq!(Registry::of("public.ecr.aws/docker/library/python:3"), Registry::Other("public.ecr.aws"));
        assert_eq!(Registry::of("pytorch/pytorch:2"), Registry::Other("docker.io"));
        assert_eq!(Registry::of("python:3"), Registry::Other("docker.io"));
        assert!(Registry::of("763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3").is_of_sagemaker());
        assert!(!Registry::of("111111111111.dkr.ecr.us-east-1.amazonaws.com/a").is_of_sagemaker());
    }
}
