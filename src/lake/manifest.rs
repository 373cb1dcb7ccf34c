//! The manifest of a run: every object that it published with its hash, and the manifest of the run before it.
//!
//! Manifests have consecutive numbers, which the store gives out once each, so that they form one chain. What a manifest
//! says is final once the object in `runs` names its hash; see [`crate::verify`], which holds the bucket against it.

use serde::{Deserialize, Serialize};

use super::{
    RunId,
    runs::{Object, RunRow},
};

/// The version of the form of manifests.
pub const FORMAT: u32 = 1;

/// The folder of the manifests. Its name begins with `_`, so that query engines pass over it.
pub const FOLDER: &str = "v1/_manifests/";

/// What a run published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The number in the chain, from one.
    pub sequence: u64,
    /// The run before it; none for the first.
    pub previous: Option<Previous>,
    /// Numbers between the two whose publish died before it counted.
    #[serde(default)]
    pub passed_over: Vec<u64>,
    /// Everything that the row in `runs` says, the objects among it.
    pub run: RunRow,
}

/// The run before, as it stood when the next one was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its number.
    pub sequence: u64,
    /// The run.
    pub run_id: RunId,
    /// SHA-256 of its manifest, in hexadecimal.
    pub manifest_sha256: String,
    /// Its object in `runs`, whose hash its own manifest cannot hold.
    pub commit: Object,
}

impl Manifest {
    /// The bytes that are stored, hashed and signed.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads what [`Self::to_json`] wrote.
    pub fn from_json(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// The key of the manifest of a number.
pub fn key(sequence: u64) -> String {
    format!("{FOLDER}{sequence:08}_manifest.json")
}

/// The key of its signature.
pub fn signature_key(sequence: u64) -> String {
    format!("{FOLDER}{sequence:08}_manifest.sig.json")
}

/// The number of the manifest with this key; none when it is the key of something else.
pub fn sequence_of(manifest_key: &str) -> Option<u64> {
    let digits = manifest_key.strip_prefix(FOLDER)?.strip_suffix("_manifest.json")?;
    let sequence = digits.parse().ok()?;
    (key(sequence) == manifest_key).then_some(sequence)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::lake::{
        runs::{Link, RunStatus},
        samples::{facts, start},
    };

    #[test]
    fn a_key_is_read_back_as_its_number_and_other_keys_are_none() {
        assert_eq!(key(17), "v1/_manifests/00000017_manifest.json");
        for sequence in [1, 99_999_999, 100_000_000] {
            assert_eq!(sequence_of(&key(sequence)), Some(sequence));
            assert_eq!(sequence_of(&signature_key(sequence)), None);
        }
        for other in ["v1/_manifests/17_manifest.json", "v1/_manifests/+0000017_manifest.json", "v1/_manifests/"] {
            assert_eq!(sequence_of(other), None, "{other}");
        }
    }

    #[test]
    fn a_manifest_is_read_back_as_it_was_but_for_what_is_about_itself() {
        let object =
            |key: &str| Object { key: key.to_owned(), bytes: u64::from(u32::MAX), rows: 3, sha256: "ab".repeat(32) };
        let run = RunRow {
            facts: facts(),
            status: RunStatus::Complete,
            published_at: start(),
            cells_total: 3,
            cells_counted: 2,
            cells_complete: 2,
            coverage_percent: Some(100.0),
            findings: BTreeMap::from([("PASS".to_owned(), 2)]),
            exceptions: BTreeMap::new(),
            rows: BTreeMap::from([("findings".to_owned(), 2)]),
            objects: vec![object("v1/findings/x")],
            link: Link::default(),
        };
        let previous = Previous {
            sequence: 1,
            run_id: facts().run_id,
            manifest_sha256: "cd".repeat(32),
            commit: object("v1/runs/x"),
        };
        let manifest = Manifest { format: FORMAT, sequence: 2, previous: Some(previous), passed_over: Vec::new(), run };
        let bytes = manifest.to_json().unwrap();
        assert_eq!(Manifest::from_json(&bytes).unwrap(), manifest);
        assert_eq!(manifest.to_json().unwrap(), bytes);
    }
}
