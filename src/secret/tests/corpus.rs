//! How often the rules are wrong: on realistic jobs and scripts without a secret, and on the same with one put in.
//!
//! `tests/corpus/jobs.jsonl` holds configurations as the built-in algorithms, the framework containers, `JumpStart`,
//! pipelines, `Clarify` and monitoring have them. Ids in braces are drawn anew for each round. `tests/corpus/scripts` holds
//! lifecycle scripts in the style of public samples.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::samples::{Draw, Sample, samples};
use crate::secret::{Place, Sighting, in_script, in_values};

const ROUNDS: u64 = 4;

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    is: String,
    #[serde(default)]
    hyperparameters: BTreeMap<String, String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

impl Job {
    fn values(&self) -> usize {
        self.hyperparameters.len() + self.environment.len()
    }

    fn sightings(&self) -> Vec<Sighting> {
        let mut all = in_values(Place::Hyperparameter, pairs(&self.hyperparameters));
        all.extend(in_values(Place::Variable, pairs(&self.environment)));
        all
    }

    /// The same job with a secret, in JSON where it has hyperparameters.
    fn with(&self, sample: &Sample) -> Self {
        let mut job = self.clone();
        if job.hyperparameters.is_empty() {
            job.environment.insert(sample.name.to_owned(), sample.value.clone());
        } else {
            job.hyperparameters.insert(sample.name.to_owned(), serde_json::to_string(&sample.value).unwrap());
        }
        job
    }
}

fn pairs(map: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    map.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// The configurations, each with ids of its own in each round.
fn jobs() -> Vec<Job> {
    let text = fs::read_to_string(corpus().join("jobs.jsonl")).unwrap();
    let mut jobs = Vec::new();
    for round in 0..ROUNDS {
        for (number, line) in text.lines().enumerate() {
            let draw = &mut Draw(round * 1_000 + u64::try_from(number).unwrap());
            jobs.push(serde_json::from_str(&with_ids(line, draw)).unwrap());
        }
    }
    jobs
}

fn with_ids(line: &str, draw: &mut Draw) -> String {
    let mut text = line.to_owned();
    while let Some((place, id)) = next_id(&text, draw) {
        text = text.replacen(place, &id, 1);
    }
    text
}

fn next_id(text: &str, draw: &mut Draw) -> Option<(&'static str, String)> {
    let places = [
        "{bucket}",
        "{job}",
        "{region}",
        "{account}",
        "{sha256}",
        "{commit}",
        "{hex32}",
        "{hex16}",
        "{hex12}",
        "{uuid}",
        "{stamp}",
        "{run}",
    ];
    let place = places.into_iter().find(|place| text.contains(place))?;
    let id = match place {
        "{bucket}" => format!("sagemaker-eu-west-1-{}", draw.digits(12)),
        "{job}" => format!("team-train-2026-11-{}-09-{}", draw.digits(2), draw.digits(6)),
        "{region}" => "eu-west-1".to_owned(),
        "{account}" => draw.digits(12),
        "{sha256}" => draw.hex(64),
        "{commit}" => draw.hex(40),
        "{hex32}" => draw.hex(32),
        "{hex16}" => draw.hex(16),
        "{uuid}" => [8, 4, 4, 4, 12].map(|count| draw.hex(count)).join("-"),
        "{stamp}" => format!("20261124T{}", draw.digits(6)),
        "{run}" => draw.alnum(12).to_ascii_lowercase(),
        _ => draw.hex(12),
    };
    Some((place, id))
}

fn scripts() -> Vec<(String, String)> {
    let mut scripts: Vec<(String, String)> = fs::read_dir(corpus().join("scripts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read_to_string(path).unwrap()))
        .collect();
    scripts.sort_unstable();
    scripts
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn realistic_jobs_and_scripts_without_a_secret_raise_none() {
    let (jobs, scripts) = (jobs(), scripts());
    let values: usize = jobs.iter().map(Job::values).sum();
    let mut wrong = Vec::new();
    for job in &jobs {
        wrong.extend(job.sightings().iter().map(|sighting| format!("{}: {sighting}", job.is)));
    }
    for (name, script) in &scripts {
        wrong.extend(in_script(&Place::Script, script).iter().map(|sighting| format!("{name}: {sighting}")));
    }
    let lines: usize = scripts.iter().map(|(_, script)| script.lines().count()).sum();
    println!(
        "false positives: {} in {} jobs with {values} values and {} scripts with {lines} lines",
        wrong.len(),
        jobs.len(),
        scripts.len()
    );
    assert!(jobs.len() >= 200 && values >= 3_000 && scripts.len() >= 20);
    assert_eq!(wrong, [""; 0]);
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn a_secret_of_each_rule_is_seen_in_every_job_and_script() {
    let (mut seeded, mut seen) = (0_usize, 0_usize);
    let mut missed = Vec::new();
    let mut count = |sample: &Sample, where_in: &str, sightings: &[Sighting]| {
        seeded += 1;
        if sightings.iter().any(|sighting| sighting.rule.as_str() == sample.rule) {
            seen += 1;
        } else {
            missed.push(format!("{} in {where_in}", sample.rule));
        }
    };
    for (number, job) in (0_u64..).zip(jobs()) {
        for sample in samples(number) {
            count(&sample, &job.is, &job.with(&sample).sightings());
        }
    }
    for (number, (name, script)) in (0_u64..).zip(scripts()) {
        for sample in samples(number) {
            let seeded = format!("{script}\nexport {}=\"{}\"\n", sample.name, sample.value);
            count(&sample, &name, &in_script(&Place::Script, &seeded));
        }
    }
    println!("detected: {seen} of {seeded} secrets put into jobs and scripts");
    assert_eq!(missed, [""; 0]);
}
