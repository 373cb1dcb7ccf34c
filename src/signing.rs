//! Signatures of manifests: how they are written down, and how they are verified, for which no AWS is needed.

use aws_lc_rs::{
    digest,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
        VerificationAlgorithm,
    },
};
use aws_smithy_types::base64;
use serde::{Deserialize, Serialize};

pub mod public_key;
pub mod signer;

use public_key::PublicKey;
pub use signer::{ACTIONS, SignError, Signer};

use crate::lake::hash::Digest;

/// A signature as it stands beside the manifest that it signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The key that signed.
    pub key_arn: String,
    /// How it signed.
    pub algorithm: Algorithm,
    /// SHA-256 of the manifest, in hexadecimal.
    pub manifest_sha256: String,
    /// The signature as KMS answers it, in Base64.
    pub signature: String,
    /// The public key as DER `SubjectPublicKeyInfo`, in Base64.
    pub public_key: String,
}

/// How a key signs, in the words of KMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// By a key on the curve P-256.
    #[serde(rename = "ECDSA_SHA_256")]
    EcdsaSha256,
    /// By a key on the curve P-384.
    #[serde(rename = "ECDSA_SHA_384")]
    EcdsaSha384,
    /// By an RSA key of any size that KMS has.
    #[serde(rename = "RSASSA_PSS_SHA_256")]
    RsassaPssSha256,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// It was made for another manifest.
    #[error("it signs a manifest with another SHA-256")]
    OtherManifest,
    /// Its parts cannot be read.
    #[error("its signature or its public key is no Base64")]
    Unreadable,
    /// It was not made by the key over these bytes.
    #[error("it was not made over this manifest by the key that it is held against")]
    Wrong,
}

impl Algorithm {
    /// The digest that KMS is given to sign.
    pub(crate) fn digest(self, manifest: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::EcdsaSha256 | Self::RsassaPssSha256 => &digest::SHA256,
            Self::EcdsaSha384 => &digest::SHA384,
        };
        digest::digest(algorithm, manifest).as_ref().to_vec()
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::EcdsaSha256 => &ECDSA_P256_SHA256_ASN1,
            Self::EcdsaSha384 => &ECDSA_P384_SHA384_ASN1,
            Self::RsassaPssSha256 => &RSA_PSS_2048_8192_SHA256,
        }
    }
}

impl Signature {
    /// Whether the bytes of the manifest were signed with one of `keys`.
    pub fn verify(&self, manifest: &[u8], keys: &[PublicKey]) -> Result<(), Invalid> {
        if self.manifest_sha256 != Digest::of(manifest).sha256 {
            return Err(Invalid::OtherManifest);
        }
        let signature = base64::decode(&self.signature).map_err(|_not_base64| Invalid::Unreadable)?;
        let holds = |key: &PublicKey| {
            let key = UnparsedPublicKey::new(self.algorithm.verification(), key.as_der());
            key.verify(manifest, &signature).is_ok()
        };
        if keys.iter().any(holds) { Ok(()) } else { Err(Invalid::Wrong) }
    }

    /// The public key that it carries; who can write the bucket can write this, too.
    pub fn carried_key(&self) -> Result<PublicKey, Invalid> {
        base64::decode(&self.public_key).map(PublicKey::from_der).map_err(|_not_base64| Invalid::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::{
        encoding::AsDer as _,
        rand::SystemRandom,
        signature::{
            ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
            KeyPair as _, RSA_PSS_SHA256, RsaKeyPair,
        },
    };

    use super::*;

    const MANIFEST: &[u8] = b"{}\n";

    fn written(algorithm: Algorithm, signature: &[u8], public_key: &[u8]) -> Signature {
        Signature {
            key_arn: "arn:aws:kms:eu-west-1:123456789012:key/x".to_owned(),
            algorithm,
            manifest_sha256: Digest::of(MANIFEST).sha256,
            signature: base64::encode(signature),
            public_key: base64::encode(public_key),
        }
    }

    fn by_curve(algorithm: Algorithm, curve: &'static EcdsaSigningAlgorithm) -> Signature {
        let pair = EcdsaKeyPair::generate(curve).unwrap();
        let signature = pair.sign(&SystemRandom::new(), MANIFEST).unwrap();
        written(algorithm, signature.as_ref(), pair.public_key().as_der().unwrap().as_ref())
    }

    fn by_rsa() -> Signature {
        let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), MANIFEST, &mut signature).unwrap();
        written(Algorithm::RsassaPssSha256, &signature, pair.public_key().as_der().unwrap().as_ref())
    }

    #[test]
    fn a_signature_of_each_algorithm_holds_for_its_manifest_and_key_alone() {
        let signatures = [
            by_curve(Algorithm::EcdsaSha256, &ECDSA_P256_SHA256_ASN1_SIGNING),
            by_curve(Algorithm::EcdsaSha384, &ECDSA_P384_SHA384_ASN1_SIGNING),
            by_rsa(),
        ];
        let keys = signatures.each_ref().map(|signature| signature.carried_key().unwrap());
        for (index, signature) in signatures.iter().enumerate() {
            for (other, key) in keys.iter().enumerate() {
                let expected = if index == other { Ok(()) } else { Err(Invalid::Wrong) };
                assert_eq!(signature.verify(MANIFEST, std::slice::from_ref(key)), expected, "{index} {other}");
            }
            assert_eq!(signature.verify(MANIFEST, &keys), Ok(()));
            assert_eq!(signature.verify(b"{ }\n", &keys), Err(Invalid::OtherManifest));
            let moved = Signature { manifest_sha256: Digest::of(b"{ }\n").sha256, ..signature.clone() };
            assert_eq!(moved.verify(b"{ }\n", &keys), Err(Invalid::Wrong));
            let torn = Signature { signature: "?".to_owned(), ..signature.clone() };
            assert_eq!(torn.verify(MANIFEST, &keys), Err(Invalid::Unreadable));
        }
    }

    #[test]
    fn algorithms_are_spelt_as_kms_spells_them() {
        for algorithm in [Algorithm::EcdsaSha256, Algorithm::EcdsaSha384, Algorithm::RsassaPssSha256] {
            let ours = serde_json::to_value(algorithm).unwrap();
            assert_eq!(ours, signer::as_kms(algorithm).as_str());
        }
    }
}
