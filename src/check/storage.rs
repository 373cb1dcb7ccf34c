//! The volume half of a control on keys: what is said where no volume key is set depends on where the instances store.

use super::{
    Context,
    key::{KeyVerdict, Role, judge},
};
use crate::{
    finding::Reason,
    instance_type::{InstanceStorage, instance_storage},
};

/// Judges the volume key of a resource that runs on these instance types. Without one it fails, but for types with local
/// NVMe storage, which hardware encrypts and for which no key can be set (SageMaker API reference, `ResourceConfig`).
pub fn volume(key: Option<&str>, types: &[String], context: Context<'_>) -> KeyVerdict {
    match key {
        Some(_) => judge(Role::Volume, key, context),
        None => without_key(types),
    }
}

/// What is said of the volumes of these instance types without a key.
pub fn without_key(types: &[String]) -> KeyVerdict {
    let with = |storage: InstanceStorage| types.iter().find(|name| instance_storage(name) == storage);
    if types.is_empty() {
        let text = "no instance types are named, so whether a volume key can be set is not known";
        KeyVerdict::Unknown(Reason::new("instance_storage_unknown", text))
    } else if let Some(name) = with(InstanceStorage::EbsOnly) {
        let text = format!(
            "no volume key is set on {name}, so the volume is encrypted with a transient key that is discarded"
        );
        KeyVerdict::Fail(Reason::new("volume_key_absent", text))
    } else if let Some(name) = with(InstanceStorage::Unknown) {
        let text = format!(
            "whether {name} has local storage is not known to this version, so whether a volume key can be set is not known"
        );
        KeyVerdict::Unknown(Reason::new("instance_storage_unknown", text))
    } else {
        KeyVerdict::Exempt(Reason::new(
            "volume_on_local_storage",
            "every instance has local NVMe storage, which its hardware encrypts and for which no key can be set",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_unknown_storage_beside_one_without_local_storage_fails_and_beside_one_with_it_is_unknown() {
        let code = |types: &[&str]| match without_key(&types.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        {
            KeyVerdict::Fail(reason) | KeyVerdict::Unknown(reason) | KeyVerdict::Exempt(reason) => reason.code,
            KeyVerdict::Pass(_) => "pass",
        };
        assert_eq!(code(&["ml.zz9.48xlarge", "ml.m5.large"]), "volume_key_absent");
        assert_eq!(code(&["ml.zz9.48xlarge", "ml.g5.xlarge"]), "instance_storage_unknown");
        assert_eq!(code(&["ml.p4d.24xlarge", "ml.g5.xlarge"]), "volume_on_local_storage");
        assert_eq!(code(&["", "ml.g5.xlarge"]), "instance_storage_unknown");
        assert_eq!(code(&[]), "instance_storage_unknown");
    }
}
