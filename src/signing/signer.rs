//! Signing with an asymmetric key of KMS, as ourselves and not through any account's role.

use aws_config::{Region, SdkConfig};
use aws_sdk_kms::{
    Client,
    primitives::Blob,
    types::{KeySpec, KeyUsageType, MessageType, SigningAlgorithmSpec},
};
use aws_smithy_types::base64;
use thiserror::Error;

use super::{Algorithm, Invalid, PublicKey, Signature};
use crate::{config, lake::hash::Digest, outcome::Refusal, place::Partition};

/// The IAM actions of a signer, on its key alone.
pub const ACTIONS: &[&str] = &[GET_PUBLIC_KEY, SIGN];
const GET_PUBLIC_KEY: &str = "kms:GetPublicKey";
const SIGN: &str = "kms:Sign";

/// What signs the manifests of published runs.
#[derive(Debug, Clone)]
pub struct Signer {
    client: Client,
    key: String,
}

/// Why a manifest is not signed.
#[derive(Debug, Error)]
pub enum SignError {
    /// KMS refused.
    #[error("cannot use the key {key} of lake.signing_key; see `sagesweep iam-policy task` for what it must allow")]
    Refused {
        /// The key as configured.
        key: String,
        /// The refusal.
        #[source]
        refusal: Refusal,
    },
    /// A key that signs in no way that is known here.
    #[error(
        "the key {key} of lake.signing_key has the spec {spec} and the usage {usage}; take one of ECC_NIST_P256, ECC_NIST_P384 or RSA for SIGN_VERIFY"
    )]
    Unsuitable {
        /// The key as configured.
        key: String,
        /// Its spec.
        spec: String,
        /// Its usage.
        usage: String,
    },
    /// What KMS answered is no signature by the key that it told.
    #[error(
        "the signature that KMS made with {key} does not hold; publish again, and leave lake.signing_key empty if it stays"
    )]
    Invalid {
        /// The key as configured.
        key: String,
        /// Why.
        source: Invalid,
    },
}

impl Signer {
    /// The signer that the configuration names, if it names one, with our own credentials.
    pub fn open(lake: &config::Lake, sdk: &SdkConfig) -> Option<Self> {
        let key = lake.signing_key.clone()?;
        let mut settings = aws_sdk_kms::config::Builder::from(sdk);
        if let Some(region) = region_of(&key) {
            settings = settings.region(Region::new(region.to_owned()));
        } else if sdk.region().is_none() {
            settings = settings.region(Region::new(Partition::Aws.home_region()));
        }
        Some(Self { client: Client::from_conf(settings.build()), key })
    }

    /// Signs the bytes of a manifest, and looks whether the signature holds.
    pub async fn sign(&self, manifest: &[u8]) -> Result<Signature, SignError> {
        let refused = |refusal| SignError::Refused { key: self.key.clone(), refusal };
        let answer = self.client.get_public_key().key_id(&self.key).send().await;
        let answer = answer.map_err(|error| refused(Refusal::from_sdk(GET_PUBLIC_KEY, &error)))?;
        let algorithm = algorithm_of(answer.signing_algorithms(), answer.key_spec());
        let algorithm = algorithm.ok_or_else(|| SignError::Unsuitable {
            key: self.key.clone(),
            spec: answer.key_spec().map_or("unknown", KeySpec::as_str).to_owned(),
            usage: answer.key_usage().map_or("unknown", KeyUsageType::as_str).to_owned(),
        })?;
        // An alias may be pointed elsewhere between the two calls; the key itself cannot.
        let key_id = answer.key_id().ok_or_else(|| refused(Refusal::lacks(GET_PUBLIC_KEY, "KeyId")))?;
        let public_key = answer.public_key().ok_or_else(|| refused(Refusal::lacks(GET_PUBLIC_KEY, "PublicKey")))?;

        let request = self.client.sign().key_id(key_id).message_type(MessageType::Digest);
        let request = request.message(Blob::new(algorithm.digest(manifest))).signing_algorithm(as_kms(algorithm));
        let signed = request.send().await.map_err(|error| refused(Refusal::from_sdk(SIGN, &error)))?;
        let signature = signed.signature().ok_or_else(|| refused(Refusal::lacks(SIGN, "Signature")))?;
        let key_arn = signed.key_id().ok_or_else(|| refused(Refusal::lacks(SIGN, "KeyId")))?;

        let signature = Signature {
            key_arn: key_arn.to_owned(),
            algorithm,
            manifest_sha256: Digest::of(manifest).sha256,
            signature: base64::encode(signature),
            public_key: base64::encode(public_key),
        };
        let carried = [PublicKey::from_der(public_key.as_ref().to_vec())];
        let holds = signature.verify(manifest, &carried);
        holds.map_err(|source| SignError::Invalid { key: self.key.clone(), source })?;
        Ok(signature)
    }
}

/// The region in a key's ARN.
fn region_of(key: &str) -> Option<&str> {
    key.strip_prefix("arn:")?.split(':').nth(2)
}

/// How a key signs, of the ways that are known here.
fn algorithm_of(offered: &[SigningAlgorithmSpec], spec: Option<&KeySpec>) -> Option<Algorithm> {
    // Its curve is of the same length as P-256 and its algorithm has the same name.
    if spec == Some(&KeySpec::EccSecgP256K1) {
        return None;
    }
    let known = [Algorithm::EcdsaSha256, Algorithm::EcdsaSha384, Algorithm::RsassaPssSha256];
    known.into_iter().find(|algorithm| offered.contains(&as_kms(*algorithm)))
}

pub(super) fn as_kms(algorithm: Algorithm) -> SigningAlgorithmSpec {
    match algorithm {
        Algorithm::EcdsaSha256 => SigningAlgorithmSpec::EcdsaSha256,
        Algorithm::EcdsaSha384 => SigningAlgorithmSpec::EcdsaSha384,
        Algorithm::RsassaPssSha256 => SigningAlgorithmSpec::RsassaPssSha256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_in_the_way_that_it_offers_and_that_can_be_verified() {
        use SigningAlgorithmSpec as Kms;
        let rsa = [Kms::RsassaPkcs1V15Sha256, Kms::RsassaPssSha512, Kms::RsassaPssSha256];
        for (offered, spec, expected) in [
            (&[Kms::EcdsaSha256][..], Some(KeySpec::EccNistP256), Some(Algorithm::EcdsaSha256)),
            (&[Kms::EcdsaSha256], Some(KeySpec::EccSecgP256K1), None),
            (&[Kms::EcdsaSha384], Some(KeySpec::EccNistP384), Some(Algorithm::EcdsaSha384)),
            (&rsa, Some(KeySpec::Rsa3072), Some(Algorithm::RsassaPssSha256)),
            (&[Kms::EcdsaSha512], Some(KeySpec::EccNistP521), None),
            (&[Kms::EcdsaSha256], None, Some(Algorithm::EcdsaSha256)),
            (&[], Some(KeySpec::Rsa2048), None),
        ] {
            assert_eq!(algorithm_of(offered, spec.as_ref()), expected, "{spec:?}");
        }
    }

    #[test]
    fn the_region_of_the_key_is_that_of_its_arn() {
        assert_eq!(region_of("arn:aws:kms:eu-west-1:123456789012:key/x"), Some("eu-west-1"));
        assert_eq!(region_of("arn:aws:kms:eu-west-1:123456789012:alias/x"), Some("eu-west-1"));
        assert_eq!((region_of("alias/x"), region_of("1234abcd")), (None, None));
    }
}
