//! The lake in the simulated S3: the store's own promises, and a whole run that ends in a bucket.

use std::{path::Path, sync::Arc, time::Duration};

use sagesweep::{
    config::{Destination, Lake},
    demo::{Behaviour, Fault, FaultRule, Shape, Simulator},
    lake::store::{Put, Store, StoreError},
};

use crate::audit::{Audit, sdk, small};
use crate::demo_truth::{assert_same, truth};

pub(crate) const BUCKET: &str = "audit-lake";
const PREFIX: &str = "sage/sweep";

/// The place in the simulated S3 that tests write to.
pub(crate) fn in_bucket() -> Destination {
    Destination::S3 { bucket: BUCKET.to_owned(), prefix: PREFIX.to_owned() }
}

/// Brings what is in the bucket to where a directory's lake would be.
pub(crate) fn download(simulator: &Simulator, directory: &Path) {
    for key in simulator.buckets().keys(BUCKET) {
        let path = directory.join(key.strip_prefix(PREFIX).unwrap().trim_start_matches('/'));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, simulator.buckets().read(BUCKET, &key).unwrap()).unwrap();
    }
}

fn key(name: &str) -> String {
    format!("{PREFIX}/{name}")
}

/// A store in a bucket with these faults.
async fn store(faults: Vec<FaultRule>) -> (Simulator, Store) {
    let simulator = Simulator::start(&small(), Behaviour { faults, ..Behaviour::default() }).await.unwrap();
    let lake = Lake { destination: in_bucket(), ..Lake::default() };
    let store = Store::open(&lake, &sdk(&simulator, Duration::from_secs(20)).await, &Arc::default());
    (simulator, store)
}

#[tokio::test]
async fn what_is_put_is_read_listed_and_removed() {
    let (simulator, store) = store(Vec::new()).await;
    for name in ["a/1", "a/2 +x", "b/1"] {
        store.put(name, name.as_bytes().to_vec(), Put::IfAbsent).await.unwrap();
    }
    assert_eq!(store.read("a/2 +x").await.unwrap(), b"a/2 +x");
    assert!(matches!(store.put("a/1", Vec::new(), Put::IfAbsent).await, Err(StoreError::AlreadyExists(_))));
    let listed = store.list("a/").await.unwrap();
    assert_eq!(
        listed.iter().map(|stored| (stored.key.as_str(), stored.bytes)).collect::<Vec<_>>(),
        [("a/1", 3), ("a/2 +x", 6)]
    );
    assert_eq!((store.size("a/1").await.unwrap(), store.size("a/3").await.unwrap()), (Some(3), None));
    assert!(matches!(store.read("a/3").await, Err(StoreError::NotFound(_))));
    store.clear("a/").await.unwrap();
    assert_eq!(simulator.buckets().keys(BUCKET), [key("b/1")]);
    assert_eq!(simulator.buckets().writes(BUCKET)[&key("a/1")], 1);
}

#[tokio::test]
async fn a_listing_of_many_pages_is_read_to_its_end() {
    let (simulator, store) = store(Vec::new()).await;
    for number in 0..2_500 {
        simulator.buckets().put(BUCKET, &key(&format!("many/{number:04}")), Vec::new());
    }
    assert_eq!(store.list("many/").await.unwrap().len(), 2_500);
}

#[tokio::test]
async fn a_listing_that_is_cut_off_is_no_listing() {
    let (simulator, store) = store(vec![FaultRule::at("s3:ListObjectsV2", Fault::MalformedBody)]).await;
    for number in 0..20 {
        simulator.buckets().put(BUCKET, &key(&format!("some/{number:04}")), Vec::new());
    }
    let listed = store.list("some/").await;
    assert!(matches!(listed, Err(StoreError::S3 { .. })), "{listed:?}");
}

#[tokio::test]
async fn a_listing_whose_pages_have_no_end_is_no_listing() {
    let (simulator, store) = store(vec![FaultRule::at("s3:ListObjectsV2", Fault::RepeatToken)]).await;
    for number in 0..3_000 {
        simulator.buckets().put(BUCKET, &key(&format!("many/{number:04}")), Vec::new());
    }
    let listed = store.list("many/").await;
    assert!(matches!(listed, Err(StoreError::S3 { .. })), "{:?}", listed.map(|found| found.len()));
}

#[tokio::test]
async fn a_large_file_goes_in_parts_and_is_taken_back_when_one_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large");
    let bytes = (0..17_u32 << 18).flat_map(u32::to_le_bytes).collect::<Vec<_>>();
    std::fs::write(&file, &bytes).unwrap();

    let (simulator, good) = store(Vec::new()).await;
    good.put_file("large", &file, Put::IfAbsent).await.unwrap();
    assert_eq!(simulator.buckets().read(BUCKET, &key("large")).unwrap(), bytes);
    let again = good.put_file("large", &file, Put::IfAbsent).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists(_))), "{again:?}");
    assert_eq!(simulator.buckets().open_uploads(BUCKET), 0);

    for api in ["s3:UploadPart", "s3:CompleteMultipartUpload"] {
        let (simulator, bad) = store(vec![FaultRule::at(api, Fault::Status(500))]).await;
        let failed = bad.put_file("large", &file, Put::IfAbsent).await;
        assert!(matches!(failed, Err(StoreError::S3 { .. })), "{api}: {failed:?}");
        assert_eq!((simulator.buckets().keys(BUCKET).len(), simulator.buckets().open_uploads(BUCKET)), (0, 0), "{api}");
    }
    for fault in [Fault::DoneThenReset, Fault::DoneThenStatus(500)] {
        let (simulator, lossy) = store(vec![FaultRule::at("s3:CompleteMultipartUpload", fault.clone())]).await;
        lossy.put_file("large", &file, Put::IfAbsent).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(simulator.buckets().read(BUCKET, &key("large")).unwrap(), bytes, "{fault:?}");
    }
}

#[tokio::test]
async fn a_write_that_took_effect_is_none_that_failed_whatever_became_of_the_answer() {
    for fault in [Fault::DoneThenReset, Fault::DoneThenStatus(500), Fault::DoneThenStatus(503)] {
        for put in [Put::IfAbsent, Put::Replace] {
            let (simulator, store) = store(vec![FaultRule::at("s3:PutObject", fault.clone())]).await;
            store.put("x", b"x".to_vec(), put).await.unwrap_or_else(|error| panic!("{fault:?} {put:?}: {error}"));
            assert_eq!(simulator.buckets().read(BUCKET, &key("x")).unwrap(), b"x");
        }
    }
}

#[tokio::test]
async fn a_write_that_took_no_effect_is_one_that_failed() {
    for fault in [
        Fault::Reset,
        Fault::Status(500),
        Fault::Status(503),
        Fault::Throttled,
        Fault::Denied,
        Fault::ExpiredToken,
        Fault::ClockSkewed,
        Fault::HtmlError(502),
    ] {
        let (simulator, store) = store(vec![FaultRule::at("s3:PutObject", fault.clone())]).await;
        let failed = store.put("x", b"x".to_vec(), Put::IfAbsent).await;
        assert!(matches!(failed, Err(StoreError::S3 { .. })), "{fault:?}: {failed:?}");
        assert_eq!(simulator.buckets().keys(BUCKET).len(), 0);
    }
}

#[tokio::test]
async fn an_object_that_comes_cut_or_short_is_no_object() {
    for fault in [Fault::CutBody, Fault::MalformedBody, Fault::FlippedBytes(3), Fault::ForeignBody] {
        let (simulator, store) = store(vec![FaultRule::at("s3:GetObject", fault.clone())]).await;
        simulator.buckets().put(BUCKET, &key("other"), Vec::new());
        store.put("x", vec![7; 5_000], Put::IfAbsent).await.unwrap();
        let read = store.read("x").await;
        assert!(matches!(read, Err(StoreError::S3 { .. })), "{fault:?}: {:?}", read.map(|bytes| bytes.len()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_fails_for_good_fails_the_run_which_names_the_call_and_leaves_no_commit() {
    let faults = [
        Fault::Denied,
        Fault::Throttled,
        Fault::Status(500),
        Fault::HtmlError(502),
        Fault::Reset,
        Fault::CutBody,
        Fault::MalformedBody,
        Fault::ForeignBody,
        Fault::ExpiredToken,
        Fault::UnrecognizedClient,
        Fault::ClockSkewed,
        Fault::DoneThenReset,
        Fault::DoneThenStatus(500),
    ];
    let tiny = || Shape { accounts: 2, regions: 1, jobs: 12, ..small() };
    for fault in faults {
        for api in ["s3:PutObject", "s3:GetObject", "s3:HeadObject", "s3:ListObjectsV2", "s3:DeleteObject"] {
            let rules = vec![FaultRule::at(api, fault.clone())];
            let audit = Audit::with(tiny(), Behaviour { faults: rules, ..Behaviour::default() }, |config| {
                config.lake.destination = in_bucket();
            })
            .await;
            let keys = audit.simulator.buckets().keys(BUCKET);
            let commits = keys.iter().filter(|key| key.contains("/runs/")).count();
            match &audit.published {
                // A removal that fails leaves rubbish, and a write that took effect is none that failed.
                Ok(_) => {
                    assert_eq!(commits, 1, "{api} {fault:?}");
                    download(&audit.simulator, audit.directory.path());
                    assert_same(&audit.verdicts(), &truth(&audit));
                }
                Err(error) => {
                    assert_eq!(commits, 0, "{api} {fault:?}: {error:?}");
                    let told = format!("{error:?}");
                    assert!(told.contains("s3:") && told.contains(BUCKET), "{api} {fault:?}: {told}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_into_a_bucket_equals_the_truth_and_leaves_only_its_tables() {
    let audit = Audit::with(small(), Behaviour::default(), |config| config.lake.destination = in_bucket()).await;
    let published = audit.published.as_ref().unwrap();
    download(&audit.simulator, audit.directory.path());
    assert_same(&audit.verdicts(), &truth(&audit));
    let keys = audit.simulator.buckets().keys(BUCKET);
    assert!(keys.iter().all(|key| key.starts_with(&format!("{PREFIX}/v1/"))), "{keys:?}");
    let writes = audit.simulator.buckets().writes(BUCKET);
    assert_eq!(writes[&key(&published.commit.key)], 1);
    assert!(keys.iter().all(|key| writes[key] == 1), "{writes:?}");
}
