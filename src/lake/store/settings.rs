//! The settings of a bucket that bear on the lake. Each can be looked at or not: none of it is needed to write there.

use std::{error::Error as StdError, fmt};

use aws_sdk_s3::{
    error::{ProvideErrorMetadata, SdkError},
    types::{BucketVersioningStatus, ObjectLockEnabled, PublicAccessBlockConfiguration, ServerSideEncryption},
};
use serde_json::Value;

use super::{
    StoreError,
    s3::{Bucket, LIST},
};

/// The IAM actions of these looks, beside those that the lake needs anyway. Nobody has to grant them.
pub const ACTIONS: &[&str] = &[ENCRYPTION, PUBLIC_ACCESS, VERSIONING, OBJECT_LOCK, POLICY];
const ENCRYPTION: &str = "s3:GetEncryptionConfiguration";
const PUBLIC_ACCESS: &str = "s3:GetBucketPublicAccessBlock";
const VERSIONING: &str = "s3:GetBucketVersioning";
const OBJECT_LOCK: &str = "s3:GetBucketObjectLockConfiguration";
const POLICY: &str = "s3:GetBucketPolicy";

/// Whether a bucket is where it should be.
#[derive(Debug)]
pub enum Whereabouts {
    /// There is one, in this region where it says so.
    Here(Option<String>),
    /// It is in another region than the one that was asked.
    Elsewhere(String),
    /// There is none of this name.
    Missing,
    /// We are not allowed to ask, or got no answer.
    Untold(StoreError),
}

/// What a bucket says of itself; an error is a look that was not allowed or did not succeed.
#[derive(Debug)]
pub struct Settings {
    /// The encryption of objects that ask for none: `AES256` or `aws:kms` with its key.
    pub encryption: Result<Option<String>, StoreError>,
    /// Whether all four switches of the public access block are on.
    pub public_access_blocked: Result<bool, StoreError>,
    /// Whether versions are kept.
    pub versioned: Result<bool, StoreError>,
    /// Whether object lock is on.
    pub object_lock: Result<bool, StoreError>,
    /// Whether the policy denies what comes without TLS.
    pub tls_only: Result<bool, StoreError>,
}

impl Bucket {
    /// The bucket's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The region that the bucket is asked for in.
    pub fn region(&self) -> Option<String> {
        self.client.config().region().map(ToString::to_string)
    }

    /// Whether the bucket is where we look for it, from `HeadBucket`.
    pub async fn whereabouts(&self) -> Whereabouts {
        match self.client.head_bucket().bucket(&*self.name).send().await {
            Ok(answer) => Whereabouts::Here(answer.bucket_region().map(ToOwned::to_owned)),
            Err(error) => {
                let answer = error.raw_response();
                let region = answer.and_then(|answer| answer.headers().get("x-amz-bucket-region")).map(str::to_owned);
                match (answer.map(|answer| answer.status().as_u16()), region) {
                    (Some(404), _) => Whereabouts::Missing,
                    (Some(_), Some(region)) if Some(&region) != self.region().as_ref() => {
                        Whereabouts::Elsewhere(region)
                    }
                    _ => Whereabouts::Untold(self.refused(LIST, "", &error)),
                }
            }
        }
    }

    /// Looks at the settings, each by itself.
    pub async fn settings(&self) -> Settings {
        let (client, name) = (&self.client, &*self.name);
        let (encryption, access, versions, lock, policy) = tokio::join!(
            client.get_bucket_encryption().bucket(name).send(),
            client.get_public_access_block().bucket(name).send(),
            client.get_bucket_versioning().bucket(name).send(),
            client.get_object_lock_configuration().bucket(name).send(),
            client.get_bucket_policy().bucket(name).send(),
        );
        let encryption = self.unless(encryption, ENCRYPTION, "ServerSideEncryptionConfigurationNotFoundError");
        let access = self.unless(access, PUBLIC_ACCESS, "NoSuchPublicAccessBlockConfiguration");
        let lock = self.unless(lock, OBJECT_LOCK, "ObjectLockConfigurationNotFoundError");
        let policy = self.unless(policy, POLICY, "NoSuchBucketPolicy");
        Settings {
            encryption: encryption.map(|answer| {
                let rules = answer?.server_side_encryption_configuration?.rules;
                let rule = rules.into_iter().find_map(|rule| rule.apply_server_side_encryption_by_default)?;
                Some(described(&rule.sse_algorithm, rule.kms_master_key_id.as_deref()))
            }),
            public_access_blocked: access.map(|answer| {
                answer.and_then(|answer| answer.public_access_block_configuration).is_some_and(|block| is_shut(&block))
            }),
            versioned: self
                .unless(versions, VERSIONING, "")
                .map(|answer| answer.is_some_and(|answer| answer.status == Some(BucketVersioningStatus::Enabled))),
            object_lock: lock.map(|answer| {
                let lock = answer.and_then(|answer| answer.object_lock_configuration);
                lock.is_some_and(|lock| lock.object_lock_enabled == Some(ObjectLockEnabled::Enabled))
            }),
            tls_only: policy.map(|answer| {
                let text = answer.and_then(|answer| answer.policy);
                text.and_then(|text| serde_json::from_str(&text).ok()).is_some_and(|policy| denies_plain_http(&policy))
            }),
        }
    }

    /// The answer; none where the service says by this code that there is nothing set.
    fn unless<T, E, R>(
        &self,
        result: Result<T, SdkError<E, R>>,
        action: &'static str,
        absent: &str,
    ) -> Result<Option<T>, StoreError>
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: fmt::Debug + 'static,
    {
        match result {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.code() == Some(absent) => Ok(None),
            Err(error) => Err(self.refused(action, "", &error)),
        }
    }
}

fn described(algorithm: &ServerSideEncryption, key: Option<&str>) -> String {
    match key {
        Some(key) => format!("{algorithm} with {key}"),
        None => algorithm.to_string(),
    }
}

fn is_shut(block: &PublicAccessBlockConfiguration) -> bool {
    let switches =
        [block.block_public_acls, block.ignore_public_acls, block.block_public_policy, block.restrict_public_buckets];
    switches.iter().all(|switch| *switch == Some(true))
}

/// Whether a policy has a statement that denies everything without TLS.
fn denies_plain_http(policy: &Value) -> bool {
    let Some(written) = policy.get("Statement") else { return false };
    // One statement may stand without a list around it, and one value too.
    let statements = written.as_array().map_or_else(|| std::slice::from_ref(written), Vec::as_slice);
    let is_false = |value: &Value| {
        let value = value.get(0).unwrap_or(value);
        value.as_bool() == Some(false) || value.as_str() == Some("false")
    };
    statements.iter().any(|statement| {
        let effect = statement.get("Effect").and_then(Value::as_str);
        effect == Some("Deny") && statement.pointer("/Condition/Bool/aws:SecureTransport").is_some_and(is_false)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_policy_that_denies_plain_http_is_known_in_each_way_of_writing_it() {
        let with = |condition: Value| json!({"Statement": [{"Effect": "Deny", "Condition": condition}]});
        for value in [json!("false"), json!(false), json!(["false"])] {
            assert!(denies_plain_http(&with(json!({"Bool": {"aws:SecureTransport": value}}))));
        }
        let single = json!({"Statement": {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}});
        assert!(denies_plain_http(&single));
        assert!(!denies_plain_http(&with(json!({"Bool": {"aws:SecureTransport": "true"}}))));
        assert!(!denies_plain_http(&json!({})));
    }

    #[test]
    fn a_block_is_shut_when_all_four_switches_are_on() {
        let block = PublicAccessBlockConfiguration::builder().block_public_acls(true).ignore_public_acls(true);
        assert!(!is_shut(&block.clone().build()));
        assert!(is_shut(&block.block_public_policy(true).restrict_public_buckets(true).build()));
    }
}
