//! Evidence: what is published can be verified, and whatever is changed, removed or added is named.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    time::Duration,
};

use sagesweep::{
    Run, RunError,
    config::Destination,
    demo::{Behaviour, Fault, FaultRule, SIGNING_KEY, Shape, Simulator},
    lake::{RunId, Table, manifest, publish::Published, store::Store},
    session::Clock,
    signing::public_key::PublicKey,
    verify::{Kind, Report, Which, verify},
};
use tempfile::TempDir;

use crate::audit::{NOW, fast_config, sdk};

/// The nights: two of one day, so that runs share partitions.
const NIGHTS: [&str; 3] = ["20261123T031500Z-00a1", "20261124T031500Z-00a1", "20261124T161500Z-00a2"];

/// Something that is done to an object behind our back.
type Deed<'a> = &'a dyn Fn(&Path);

/// A lake and who can write more into it.
struct Lake {
    simulator: Simulator,
    directory: TempDir,
}

impl Lake {
    async fn new(behaviour: Behaviour) -> Self {
        let shape = Shape { accounts: 4, regions: 1, jobs: 60, seed: 7, now: NOW.parse().unwrap(), ..Shape::default() };
        let simulator = Simulator::start(&shape, behaviour).await.unwrap();
        Self { simulator, directory: tempfile::tempdir().unwrap() }
    }

    /// Three nights, published one after the other.
    async fn of_nights(signing_key: Option<&str>) -> Self {
        let lake = Self::new(Behaviour::default()).await;
        for night in NIGHTS {
            lake.publish(night, signing_key).await.unwrap();
        }
        lake
    }

    async fn publish(&self, run_id: &str, signing_key: Option<&str>) -> Result<Published, RunError> {
        let mut config = fast_config();
        config.coverage.floor_percent = 0.0;
        config.lake.destination = Destination::Directory(self.directory.path().to_owned());
        config.lake.signing_key = signing_key.map(str::to_owned);
        let clock = Clock::Fixed("2026-11-24T17:00:00Z".parse().unwrap());
        let sdk = sdk(&self.simulator, Duration::from_secs(20)).await;
        let run = Run::new(sdk, config, run_id.parse().unwrap(), clock);
        Box::pin(run.scan_and_publish()).await
    }

    fn store(&self) -> Store {
        Store::directory(self.directory.path())
    }

    async fn verify(&self, which: &Which) -> Report {
        verify(&self.store(), which, None).await.unwrap()
    }

    async fn keys(&self) -> Vec<String> {
        self.store().list("v1/").await.unwrap().into_iter().map(|stored| stored.key).collect()
    }

    /// Which object is named first while something was done to one of them, which is undone afterwards.
    async fn named_while(&self, which: &Which, key: &str, deed: impl FnOnce(&Path)) -> Option<(Kind, String)> {
        let path = self.directory.path().join(key);
        let before = fs::read(&path).ok();
        deed(&path);
        let report = self.verify(which).await;
        match before {
            Some(bytes) => {
                // What stands there may be linked to elsewhere.
                drop(fs::remove_file(&path));
                fs::write(&path, bytes).unwrap();
            }
            None => fs::remove_file(&path).unwrap(),
        }
        report.problems().first().map(|problem| (problem.kind, problem.key.clone()))
    }

    fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
        command.current_dir(self.directory.path()).env_clear().env("PATH", "/usr/bin:/bin");
        command.env("SAGESWEEP_LAKE_DESTINATION", self.directory.path());
        command.arg("verify").args(arguments).output().unwrap()
    }
}

fn id(text: &str) -> RunId {
    text.parse().unwrap()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_form_a_chain_and_each_of_them_and_all_hold() {
    let lake = Lake::of_nights(None).await;
    for (which, runs, sequences) in [
        (Which::All, 3, (1, 3)),
        (Which::Last, 1, (3, 3)),
        (Which::Run(id(NIGHTS[0])), 1, (1, 1)),
        (Which::Run(id(NIGHTS[1])), 1, (2, 2)),
    ] {
        let report = lake.verify(&which).await;
        assert!(report.holds() && report.notes.is_empty(), "{which:?} {report:?}");
        assert_eq!(
            (report.runs, report.sequences, report.signatures.absent),
            (runs, Some(sequences), runs),
            "{which:?}"
        );
    }
    let report = lake.verify(&Which::All).await;
    assert_eq!(report.objects, u64::try_from(lake.keys().await.len()).unwrap());
    assert_eq!(report.text("here").lines().last(), Some("Everything holds."));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_object_that_is_changed_cut_or_removed_is_named() {
    let lake = Lake::of_nights(Some(SIGNING_KEY)).await;
    for key in lake.keys().await {
        let length = fs::read(lake.directory.path().join(&key)).unwrap().len();
        let deeds: [(&str, Kind, Deed<'_>); 6] = [
            ("first byte flipped", Kind::Changed, &|path| flip(path, 0)),
            ("middle byte flipped", Kind::Changed, &|path| flip(path, length / 2)),
            ("byte of the footer flipped", Kind::Changed, &|path| flip(path, length - 12)),
            ("last byte flipped", Kind::Changed, &|path| flip(path, length - 1)),
            ("cut", Kind::Changed, &|path| fs::write(path, &fs::read(path).unwrap()[..length / 2]).unwrap()),
            ("removed", Kind::Removed, &|path| fs::remove_file(path).unwrap()),
        ];
        for (what, kind, deed) in deeds {
            if what == "removed" && key.ends_with(".sig.json") {
                continue;
            }
            let named = lake.named_while(&Which::All, &key, deed).await;
            assert_eq!(named, Some((kind, key.clone())), "{what}");
        }
        // Of the last run by default, and of the one that is asked for.
        for (night, which) in [(NIGHTS[2], Which::Last), (NIGHTS[0], Which::Run(id(NIGHTS[0])))] {
            if key.contains(night) {
                let named = lake.named_while(&which, &key, |path| flip(path, length / 2)).await;
                assert_eq!(named, Some((Kind::Changed, key.clone())), "{which:?}");
            }
        }
    }
    assert!(lake.verify(&Which::All).await.holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_added_is_named_wherever_it_is() {
    let lake = Lake::of_nights(None).await;
    let other = id("20261124T031501Z-beef");
    let put = |path: &Path| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    };
    let of_the_day = Table::Findings.key(&other, 0);
    let beyond_the_manifest = Table::Findings.key(&id(NIGHTS[2]), 7);
    let run = Table::Runs.key(&other, 0);
    for key in ["v1/junk", "v1/_manifests/x", &of_the_day, &beyond_the_manifest, &run] {
        let named = lake.named_while(&Which::All, key, put).await;
        assert_eq!(named, Some((Kind::Added, key.to_owned())));
    }
    for key in [&of_the_day, &beyond_the_manifest, &run] {
        let named = lake.named_while(&Which::Last, key, put).await;
        assert_eq!(named, Some((Kind::Added, key.clone())));
    }
    // A night that never was: the row of another run under a later name.
    let invented = Table::Runs.key(&id("20261130T031500Z-00a1"), 0);
    let row = fs::read(lake.directory.path().join(Table::Runs.key(&id(NIGHTS[0]), 0))).unwrap();
    for which in [Which::All, Which::Last] {
        let copy = |path: &Path| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &row).unwrap();
        };
        assert_eq!(lake.named_while(&which, &invented, copy).await, Some((Kind::Added, invented.clone())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchanged_row_or_manifest_is_named() {
    let lake = Lake::of_nights(None).await;
    for (one, other) in [(0, 1), (1, 2), (2, 1)] {
        let [ours, theirs] = [one, other].map(|night: usize| Table::Runs.key(&id(NIGHTS[night]), 0));
        let bytes = fs::read(lake.directory.path().join(theirs)).unwrap();
        let named = lake.named_while(&Which::All, &ours, |path| fs::write(path, &bytes).unwrap()).await;
        assert_eq!(named, Some((Kind::Changed, ours)));
    }
    // A manifest that says something else and is still one: the row, or the next manifest, knows better.
    for sequence in 1..=3 {
        let key = manifest::key(sequence);
        let change = |path: &Path| {
            let text = fs::read_to_string(path).unwrap();
            fs::write(path, text.replace("\"scope_accounts\": ", "\"scope_accounts\": 1")).unwrap();
        };
        assert_eq!(lake.named_while(&Which::All, &key, change).await, Some((Kind::Changed, key.clone())));
    }
    // The manifest before the one that is verified is held against it, too.
    let key = manifest::key(2);
    let named = lake.named_while(&Which::Last, &key, |path| flip(path, 40)).await;
    assert_eq!(named, Some((Kind::Changed, key)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_that_died_before_its_commit_leaves_a_number_that_the_next_passes_over() {
    let lake = Lake::of_nights(None).await;
    let root = lake.directory.path();
    let dead = id("20261124T200000Z-dead");
    let died = lake.publish(dead.as_str(), Some(SIGNING_KEY)).await.unwrap();
    fs::remove_file(root.join(&died.commit.key)).unwrap();
    let staged = root.join(format!("_staging/{dead}/plan.json"));
    fs::create_dir_all(staged.parent().unwrap()).unwrap();
    fs::write(&staged, "{}").unwrap();

    let report = lake.verify(&Which::All).await;
    assert!(report.holds() && report.notes == [format!("The publish of run {dead} has not ended.")], "{report:?}");
    assert_eq!(lake.verify(&Which::Last).await.sequences, Some((3, 3)));
    let refused = verify(&lake.store(), &Which::Run(dead.clone()), None).await.unwrap_err();
    assert!(refused.is_usage(), "{refused}");

    let published = lake.publish("20261125T031500Z-00a1", None).await.unwrap();
    assert_eq!(published.run.link.sequence, 5, "no number is given away twice");
    let report = lake.verify(&Which::All).await;
    assert!(report.holds() && report.notes.len() == 2 && report.sequences == Some((1, 5)), "{report:?}");
    assert!(report.notes[0].contains("Number 4 was never published"), "{report:?}");
    // Once nothing is staged any more nobody will come for what was uploaded.
    fs::remove_dir_all(root.join("_staging")).unwrap();
    let report = lake.verify(&Which::All).await;
    let added = report.problems().into_iter().map(|problem| (problem.kind, problem.key.clone()));
    let mut uploaded = died.run.objects.into_iter().map(|object| (Kind::Added, object.key)).collect::<Vec<_>>();
    uploaded.sort_by(|one, other| one.1.cmp(&other.1));
    assert_eq!(added.collect::<Vec<_>>(), uploaded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_lost_its_row_keeps_its_number_and_stays_named() {
    let lake = Lake::of_nights(None).await;
    let lost = Table::Runs.key(&id(NIGHTS[2]), 0);
    fs::remove_file(lake.directory.path().join(&lost)).unwrap();
    let published = lake.publish("20261125T031500Z-00a1", None).await.unwrap();
    assert_eq!(published.run.link.sequence, 4);
    let report = lake.verify(&Which::All).await;
    let problems = report.problems().into_iter().map(|problem| (problem.kind, problem.key.as_str()));
    assert_eq!(problems.collect::<Vec<_>>(), [(Kind::Removed, lost.as_str())]);
    assert!(lake.verify(&Which::Last).await.holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_that_expired_are_a_note_and_a_gap_is_not() {
    let lake = Lake::of_nights(None).await;
    let remove = |key: String| fs::remove_file(lake.directory.path().join(key)).unwrap();
    for key in lake.keys().await.into_iter().filter(|key| key.contains(NIGHTS[0])) {
        remove(key);
    }
    remove(manifest::key(1));
    let report = lake.verify(&Which::All).await;
    assert!(report.holds() && report.notes.len() == 1 && report.sequences == Some((2, 3)), "{report:?}");

    let published = lake.publish("20261125T031500Z-00a1", None).await.unwrap();
    assert_eq!(published.run.link.sequence, 4);
    for key in lake.keys().await.into_iter().filter(|key| key.contains(NIGHTS[2])) {
        remove(key);
    }
    remove(manifest::key(3));
    let report = lake.verify(&Which::All).await;
    assert_eq!(report.problems()[0].key, manifest::key(3));
    assert_eq!(report.problems()[0].kind, Kind::Removed);
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_are_held_against_the_keys_of_the_user() {
    let lake = Lake::of_nights(Some(SIGNING_KEY)).await;
    let ours = PublicKey::from_der(lake.simulator.signing_public_key().to_vec());
    let stranger = Lake::new(Behaviour::default()).await;
    let theirs = PublicKey::from_der(stranger.simulator.signing_public_key().to_vec());
    let with = async |keys: &[PublicKey]| verify(&lake.store(), &Which::All, Some(keys)).await.unwrap();

    let report = with(&[theirs.clone(), ours.clone()]).await;
    assert!(report.holds() && report.signatures.valid == 3 && report.signatures.against_given_keys, "{report:?}");
    let report = with(std::slice::from_ref(&theirs)).await;
    assert_eq!((report.problems()[0].key.clone(), report.problems().len()), (manifest::signature_key(1), 3));
    // Without a key the text says what that means.
    assert!(lake.verify(&Which::All).await.text("here").contains("--public-key"));

    let unsigned = lake.publish("20261125T031500Z-00a1", None).await.unwrap();
    let report = with(std::slice::from_ref(&ours)).await;
    let problem = report.problems()[0];
    assert_eq!((problem.kind, &problem.key), (Kind::Removed, &manifest::signature_key(unsigned.run.link.sequence)));
    assert!(lake.verify(&Which::All).await.holds());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_signature_that_is_asked_for_nothing_is_published() {
    let denied = |api| Behaviour { faults: vec![FaultRule::at(api, Fault::Denied)], ..Behaviour::default() };
    for (behaviour, key, word) in [
        (denied("kms:Sign"), SIGNING_KEY, "kms:Sign"),
        (denied("kms:GetPublicKey"), SIGNING_KEY, "kms:GetPublicKey"),
        (Behaviour::default(), "alias/nobody-made-this", "NotFoundException"),
    ] {
        let lake = Lake::new(behaviour).await;
        let error = lake.publish(NIGHTS[0], Some(key)).await.unwrap_err();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        assert!(text.contains(key) && text.contains(word) && text.contains("signing_key"), "{text}");
        assert!(lake.keys().await.iter().all(|key| !key.contains("runs") && !key.contains("_manifests")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_by_its_status_and_names_what_to_look_at() {
    let lake = Lake::new(Behaviour::default()).await;
    let text =
        |output: &Output| String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
    let nothing = lake.command(&[]);
    assert_eq!(nothing.status.code(), Some(4));
    assert!(text(&nothing).contains("nothing is published at"), "{}", text(&nothing));

    lake.publish(NIGHTS[0], Some(SIGNING_KEY)).await.unwrap();
    let pem = PublicKey::from_der(lake.simulator.signing_public_key().to_vec()).to_pem();
    let key_file = lake.directory.path().join("key.pem");
    fs::write(&key_file, pem).unwrap();
    for arguments in [&[][..], &["--all"], &["--run-id", NIGHTS[0]], &["--all", "--public-key", "key.pem"]] {
        let output = lake.command(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?} {}", text(&output));
        let shown = text(&output);
        assert!(shown.contains("Everything holds") && shown.contains("1 valid"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
        let quiet = lake.command(&[arguments, &["--quiet"]].concat());
        assert!(quiet.status.success() && quiet.stdout.is_empty());
    }
    fs::write(&key_file, "no key").unwrap();
    for wrong in [
        &["--run-id", NIGHTS[1]][..],
        &["--run-id", "x"],
        &["--all", "--run-id", NIGHTS[0]],
        &["--public-key", "key.pem"],
        &["--public-key", "absent.pem"],
    ] {
        assert_eq!(lake.command(wrong).status.code(), Some(2), "{wrong:?}");
    }
    let key = Table::Findings.key(&id(NIGHTS[0]), 0);
    flip(&lake.directory.path().join(&key), 100);
    let output = lake.command(&["--quiet"]);
    assert_eq!(output.status.code(), Some(4));
    let shown = text(&output);
    assert!(shown.contains("CHANGED") && shown.contains(&key), "{shown}");
}
