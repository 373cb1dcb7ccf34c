//! The signature of a manifest, held against the user's keys or, for want of such, against the key that it carries.

use super::{
    Kind, Verifier, VerifyError,
    chain::Found,
    problem::{Step, Subject},
};
use crate::{
    lake::{hash::Digest, manifest, store::StoreError},
    signing::Signature,
};

impl Verifier<'_> {
    /// Verifies the signature of a manifest, if there is one or there has to be.
    pub(super) async fn signature(&mut self, subject: &Subject, found: &Found) -> Result<(), VerifyError> {
        let key = manifest::signature_key(found.sequence);
        let problem = |kind, why: String| subject.problem(Step::Signature, key.clone(), kind, vec![why]);
        let bytes = match self.store.read(&key).await {
            Ok(bytes) => bytes,
            Err(StoreError::NotFound(_)) if self.public_keys.is_some() => {
                self.report
                    .add(problem(Kind::Removed, "there is no signature, and --public-key asks for one".to_owned()));
                return Ok(());
            }
            Err(StoreError::NotFound(_)) => {
                self.report.signatures.absent += 1;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let signature: Signature = match serde_json::from_slice(&bytes) {
            Ok(signature) => signature,
            Err(error) => {
                self.report.add(problem(Kind::Changed, format!("it is no signature: {error}")));
                return Ok(());
            }
        };
        let verified = match self.public_keys {
            Some(keys) => signature.verify(&found.bytes, keys),
            None => signature.carried_key().and_then(|key| signature.verify(&found.bytes, &[key])),
        };
        match verified {
            Ok(()) => {
                self.report.as_published(Digest::of(&bytes).bytes);
                self.report.signatures.valid += 1;
                self.report.signatures.keys.insert(signature.key_arn);
            }
            Err(invalid) => self.report.add(problem(Kind::Changed, invalid.to_string())),
        }
        Ok(())
    }
}
