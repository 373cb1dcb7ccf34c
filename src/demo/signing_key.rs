//! Key Management: `GetPublicKey` and `Sign` for the one asymmetric key that there is, made anew with each simulator.

use std::{fmt, io};

use aws_lc_rs::{
    digest::{Digest, SHA256},
    encoding::AsDer as _,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use aws_smithy_types::base64;
use serde::Deserialize;
use serde_json::json;

use super::operation::Operation;
use super::refusal::Refusal;
use super::world::Invocation;

/// The name of the key, in each account and region.
pub const SIGNING_KEY: &str = "alias/audit-evidence";

const ID: &str = "5167e1f0-0000-4000-a000-00000000a1ce";
const SPEC: &str = "ECC_NIST_P256";
const ALGORITHM: &str = "ECDSA_SHA_256";

/// A key on the curve P-256.
pub(super) struct SigningKey {
    pair: EcdsaKeyPair,
    public: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetPublicKey {
    key_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sign {
    key_id: String,
    message: String,
    message_type: String,
    signing_algorithm: String,
}

impl SigningKey {
    pub(super) fn generate() -> io::Result<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(io::Error::other)?;
        let public = pair.public_key().as_der().map_err(io::Error::other)?.as_ref().to_vec();
        Ok(Self { pair, public })
    }

    pub(super) fn public(&self) -> &[u8] {
        &self.public
    }

    pub(super) fn answer(&self, invocation: &Invocation) -> Result<String, Refusal> {
        if invocation.operation == Operation::GetPublicKey {
            let GetPublicKey { key_id } = invocation.members()?;
            return Ok(json!({
                "KeyId": known(invocation, &key_id)?,
                "PublicKey": base64::encode(&self.public),
                "KeyUsage": "SIGN_VERIFY",
                "KeySpec": SPEC,
                "CustomerMasterKeySpec": SPEC,
                "SigningAlgorithms": [ALGORITHM],
            })
            .to_string());
        }
        let Sign { key_id, message, message_type, signing_algorithm } = invocation.members()?;
        let arn = known(invocation, &key_id)?;
        if signing_algorithm != ALGORITHM {
            let message = format!("Algorithm {signing_algorithm} is incompatible with key spec {SPEC}.");
            return Err(Refusal::new(400, "InvalidKeyUsageException", message));
        }
        let digest = base64::decode(message).ok().filter(|_| message_type == "DIGEST");
        let digest = digest.and_then(|bytes| Digest::import_less_safe(&bytes, &SHA256).ok());
        let signature = digest.and_then(|digest| self.pair.sign_digest(&digest).ok());
        let signature = signature.ok_or_else(|| Refusal::validation("Digest is invalid length for algorithm"))?;
        let signature = base64::encode(signature.as_ref());
        Ok(json!({ "KeyId": arn, "Signature": signature, "SigningAlgorithm": ALGORITHM }).to_string())
    }
}

/// The ARN of the key, when it is the one that is asked for.
fn known(invocation: &Invocation, name: &str) -> Result<String, Refusal> {
    let place = format!("arn:aws:kms:{}:{}", invocation.caller.region, invocation.caller.account);
    let arn = format!("{place}:key/{ID}");
    if name == SIGNING_KEY || name == ID || name == arn || name == format!("{place}:{SIGNING_KEY}") {
        return Ok(arn);
    }
    let what = if name.contains("alias/") { "Alias" } else { "Key" };
    Err(Refusal::new(400, "NotFoundException", format!("{what} {name} is not found.")))
}
