//! Buckets in memory: objects by key, uploads in parts that are under way, and how often each key was written.

use std::collections::BTreeMap;

use hyper::body::Bytes;
use jiff::Timestamp;
use parking_lot::Mutex;

use super::refusal::Refusal;
use crate::lake::hash::Digest;

/// Every bucket. One that nobody has written to is empty.
#[derive(Debug, Default)]
pub struct Buckets {
    buckets: Mutex<BTreeMap<String, Bucket>>,
}

/// One bucket.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    pub(super) objects: BTreeMap<String, Object>,
    writes: BTreeMap<String, u64>,
    uploads: BTreeMap<String, Upload>,
}

/// One object. Clones share its content.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) bytes: Bytes,
    pub(super) etag: String,
    /// As base64; none for what was sent in parts.
    pub(super) crc32: Option<String>,
    pub(super) metadata: Vec<(String, String)>,
    pub(super) modified: Timestamp,
}

/// An upload in parts that is under way.
#[derive(Debug)]
struct Upload {
    key: String,
    metadata: Vec<(String, String)>,
    parts: BTreeMap<u32, (String, Bytes)>,
}

/// What must hold for a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing.
    Any,
    /// There is no such object yet.
    Absent,
    /// The object there has this entity tag.
    Matches(String),
}

/// All parts but the last are at least this large.
const LEAST_PART: usize = 5 << 20;

impl Buckets {
    /// The keys of a bucket, sorted.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        self.with(bucket, |bucket| bucket.objects.keys().cloned().collect())
    }

    /// The content of an object.
    pub fn read(&self, bucket: &str, key: &str) -> Option<Vec<u8>> {
        self.with(bucket, |bucket| bucket.objects.get(key).map(|object| object.bytes.to_vec()))
    }

    /// How often each key of a bucket was written by a call; refused calls do not count.
    pub fn writes(&self, bucket: &str) -> BTreeMap<String, u64> {
        self.with(bucket, |bucket| bucket.writes.clone())
    }

    /// Uploads in parts that were neither completed nor taken back.
    pub fn open_uploads(&self, bucket: &str) -> usize {
        self.with(bucket, |bucket| bucket.uploads.len())
    }

    /// Puts an object without a call, as somebody else does.
    pub fn put(&self, bucket: &str, key: &str, bytes: Vec<u8>) {
        self.with(bucket, |bucket| bucket.objects.insert(key.to_owned(), Object::new(bytes.into(), None, Vec::new())));
    }

    /// Removes an object without a call, as somebody else does.
    pub fn remove(&self, bucket: &str, key: &str) {
        self.with(bucket, |bucket| bucket.objects.remove(key));
    }

    pub(super) fn with<T>(&self, bucket: &str, work: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut buckets = self.buckets.lock();
        work(buckets.entry(bucket.to_owned()).or_default())
    }
}

impl Object {
    pub(super) fn new(bytes: Bytes, crc32: Option<String>, metadata: Vec<(String, String)>) -> Self {
        let etag = Digest::of(&bytes).sha256.get(..32).map(|hash| format!("\"{hash}\"")).unwrap_or_default();
        Self { bytes, etag, crc32, metadata, modified: Timestamp::now() }
    }
}

impl Bucket {
    /// Writes an object where the condition holds; its entity tag.
    pub(super) fn write(&mut self, key: &str, object: Object, condition: &Condition) -> Result<String, Refusal> {
        let failed =
            || Refusal::new(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
        match (condition, self.objects.get(key)) {
            (Condition::Absent, Some(_)) => return Err(failed()),
            (Condition::Matches(_), None) => return Err(no_such_key()),
            (Condition::Matches(etag), Some(there)) if *etag != there.etag => return Err(failed()),
            (Condition::Any | Condition::Absent | Condition::Matches(_), _) => {}
        }
        let etag = object.etag.clone();
        self.objects.insert(key.to_owned(), object);
        *self.writes.entry(key.to_owned()).or_default() += 1;
        Ok(etag)
    }

    /// Begins an upload in parts; its id.
    pub(super) fn begin(&mut self, key: &str, metadata: Vec<(String, String)>) -> String {
        let id = format!("{:032x}", fastrand::u128(..));
        self.uploads.insert(id.clone(), Upload { key: key.to_owned(), metadata, parts: BTreeMap::new() });
        id
    }

    /// Keeps one part of an upload; its entity tag.
    pub(super) fn part(&mut self, key: &str, id: &str, number: u32, bytes: Bytes) -> Result<String, Refusal> {
        let etag = Object::new(bytes.clone(), None, Vec::new()).etag;
        self.upload(key, id)?.parts.insert(number, (etag.clone(), bytes));
        Ok(etag)
    }

    /// Makes an object of the parts named by number and entity tag, where the condition holds; its entity tag.
    pub(super) fn complete(
        &mut self,
        key: &str,
        id: &str,
        named: &[(u32, String)],
        condition: &Condition,
    ) -> Result<String, Refusal> {
        let upload = self.upload(key, id)?;
        if named.is_empty() || !named.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(Refusal::new(400, "InvalidPartOrder", "The list of parts was not in ascending order."));
        }
        let mut bytes = Vec::new();
        for (place, (number, etag)) in named.iter().enumerate() {
            let Some((_, part)) = upload.parts.get(number).filter(|(known, _)| known == etag) else {
                return Err(Refusal::new(400, "InvalidPart", "One or more of the specified parts could not be found."));
            };
            if part.len() < LEAST_PART && place + 1 < named.len() {
                let message = "Your proposed upload is smaller than the minimum allowed size";
                return Err(Refusal::new(400, "EntityTooSmall", message));
            }
            bytes.extend_from_slice(part);
        }
        let object = Object::new(bytes.into(), None, upload.metadata.clone());
        let etag = self.write(key, object, condition)?;
        self.uploads.remove(id);
        Ok(etag)
    }

    /// Takes an upload back.
    pub(super) fn abort(&mut self, key: &str, id: &str) -> Result<(), Refusal> {
        self.upload(key, id)?;
        self.uploads.remove(id);
        Ok(())
    }

    fn upload(&mut self, key: &str, id: &str) -> Result<&mut Upload, Refusal> {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
        let found = self.uploads.get_mut(id).filter(|upload| upload.key == key);
        found.ok_or_else(|| Refusal::new(404, "NoSuchUpload", message))
    }
}

pub(super) fn no_such_key() -> Refusal {
    Refusal::new(404, "NoSuchKey", "The specified key does not exist.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &'static str) -> Object {
        Object::new(Bytes::from_static(text.as_bytes()), None, Vec::new())
    }

    #[test]
    fn conditions_decide_and_only_what_was_written_counts() {
        let mut bucket = Bucket::default();
        let first = bucket.write("a", object("one"), &Condition::Absent).unwrap();
        assert_eq!(bucket.write("a", object("two"), &Condition::Absent).unwrap_err().status, 412);
        bucket.write("a", object("two"), &Condition::Matches(first.clone())).unwrap();
        assert_eq!(bucket.write("a", object("three"), &Condition::Matches(first)).unwrap_err().status, 412);
        assert_eq!(bucket.writes["a"], 2);
        assert_eq!(bucket.objects["a"].bytes, "two");
    }

    #[test]
    fn parts_become_one_object_once() {
        let mut bucket = Bucket::default();
        let id = bucket.begin("a", Vec::new());
        let large = Bytes::from(vec![7; LEAST_PART]);
        let first = bucket.part("a", &id, 1, large).unwrap();
        let last = bucket.part("a", &id, 2, Bytes::from_static(b"end")).unwrap();
        let swapped = [(2, last.clone()), (1, first.clone())];
        assert_eq!(bucket.complete("a", &id, &swapped, &Condition::Any).unwrap_err().code, "InvalidPartOrder");
        let parts = [(1, first), (2, last)];
        bucket.complete("a", &id, &parts, &Condition::Absent).unwrap();
        assert_eq!(bucket.objects["a"].bytes.len(), LEAST_PART + 3);
        assert_eq!(bucket.complete("a", &id, &parts, &Condition::Absent).unwrap_err().code, "NoSuchUpload");
    }
}
