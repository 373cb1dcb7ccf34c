//! Public keys in files: PEM as `openssl` and the console of KMS write it.

use aws_smithy_types::base64;
use thiserror::Error;

/// A public key as DER `SubjectPublicKeyInfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// A text without a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidPublicKey {
    /// No block, or one of something else.
    #[error(
        "no block that begins with `{BEGIN}`; `aws kms get-public-key` gives the key, and `openssl pkey -pubin -inform DER` makes PEM of it"
    )]
    Absent,
    /// A block that has no end or holds something else than Base64.
    #[error("a block that is torn: it must hold Base64 and end with `{END}`")]
    Torn,
}

impl PublicKey {
    /// The key with this encoding, which is looked into only when a signature is verified.
    pub fn from_der(der: Vec<u8>) -> Self {
        Self(der)
    }

    /// All keys of a PEM text, at least one. Several are for a key that was replaced by another.
    pub fn from_pem(text: &str) -> Result<Vec<Self>, InvalidPublicKey> {
        let mut keys = Vec::new();
        let mut rest = text;
        while let Some((_, block)) = rest.split_once(BEGIN) {
            let (body, after) = block.split_once(END).ok_or(InvalidPublicKey::Torn)?;
            let body: String = body.split_whitespace().collect();
            let der = base64::decode(body).map_err(|_not_base64| InvalidPublicKey::Torn)?;
            if der.is_empty() {
                return Err(InvalidPublicKey::Torn);
            }
            keys.push(Self(der));
            rest = after;
        }
        if keys.is_empty() { Err(InvalidPublicKey::Absent) } else { Ok(keys) }
    }

    /// The encoding.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// The key as PEM.
    pub fn to_pem(&self) -> String {
        let body = base64::encode(&self.0);
        let mut text = format!("{BEGIN}\n");
        for (index, letter) in body.chars().enumerate() {
            if index > 0 && index.is_multiple_of(64) {
                text.push('\n');
            }
            text.push(letter);
        }
        text + "\n" + END + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_pem_with_whatever_stands_around_them() {
        let keys = [PublicKey(vec![7; 91]), PublicKey(vec![0, 255])];
        let text = format!("# the old one\r\n{}# the new one\n{}", keys[0].to_pem(), keys[1].to_pem());
        assert_eq!(PublicKey::from_pem(&text).as_deref(), Ok(keys.as_slice()));
        assert_eq!(PublicKey::from_pem(&text.replace('\n', "\r\n")).as_deref(), Ok(keys.as_slice()));
        assert!(text.lines().all(|line| line.len() <= 64));
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let text = PublicKey(vec![7; 91]).to_pem();
        let cases = [
            ("", InvalidPublicKey::Absent),
            ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", InvalidPublicKey::Absent),
            (&text[..60], InvalidPublicKey::Torn),
            (&text.replace("BwcH", "?"), InvalidPublicKey::Torn),
            (&format!("{BEGIN}\n{END}\n"), InvalidPublicKey::Torn),
        ];
        for (wrong, expected) in cases {
            assert_eq!(PublicKey::from_pem(wrong), Err(expected), "{wrong}");
        }
    }
}
