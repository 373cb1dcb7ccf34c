//! What TLS would add to a call: AES-GCM of what goes to and fro, and a part of a handshake.

use std::{hint::black_box, time::Instant};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    error::Unspecified,
    rand::SystemRandom,
    signature::{self, EcdsaKeyPair, KeyPair as _},
};

use super::Trouble;

/// Bytes of a small request, with its signature and session token, and of its answer.
const REQUEST: usize = 2_048;
const ANSWER: usize = 512;
/// Calls over one connection: fewer than there are in a night.
const CALLS_PER_CONNECTION: f64 = 100.0;
const ROUNDS: u32 = 2_000;

/// Microseconds of processor time, estimated from the ciphers and signatures alone.
pub(super) fn microseconds_per_call() -> Result<f64, Trouble> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[7; 32])?);
    let seal = |length: usize| -> Result<Vec<u8>, Unspecified> {
        let mut text = vec![0; length];
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key([1; 12]), Aad::empty(), &mut text)?;
        Ok(text)
    };
    let answer = seal(ANSWER)?;
    let ciphers = each(ROUNDS, || {
        black_box(seal(REQUEST)?);
        let mut text = answer.clone();
        key.open_in_place(Nonce::assume_unique_for_key([1; 12]), Aad::empty(), &mut text)?;
        black_box(text);
        Ok(())
    })?;
    Ok(ciphers + handshake()? / CALLS_PER_CONNECTION)
}

/// A client's part: an agreement on X25519, and three signatures of a chain of certificates.
fn handshake() -> Result<f64, Trouble> {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &random)?;
    let pair = EcdsaKeyPair::from_pkcs8(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref())?;
    let signed = pair.sign(&random, b"handshake")?;
    let public = signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, pair.public_key().as_ref());
    let peer = EphemeralPrivateKey::generate(&X25519, &random)?.compute_public_key()?;
    each(ROUNDS / 10, || {
        let ours = EphemeralPrivateKey::generate(&X25519, &random)?;
        black_box(ours.compute_public_key()?);
        let peer = UnparsedPublicKey::new(&X25519, peer.as_ref());
        agree_ephemeral(ours, peer, Unspecified, |secret| {
            black_box(secret);
            Ok(())
        })?;
        (0..3).try_for_each(|_| public.verify(b"handshake", signed.as_ref()))
    })
}

/// Microseconds of one round.
fn each(rounds: u32, mut work: impl FnMut() -> Result<(), Unspecified>) -> Result<f64, Trouble> {
    let began = Instant::now();
    (0..rounds).try_for_each(|_| work())?;
    Ok(began.elapsed().as_secs_f64() * 1e6 / f64::from(rounds))
}
