//! The file of exceptions, which a run reads before anything else: whether it can be read, and whether it holds.

use std::sync::Arc;

use aws_config::SdkConfig;
use jiff::tz::TimeZone;

use super::{
    advice::{self, say},
    observation::{Advice, Answer, Group, Level, Observation},
};
use crate::{
    config::{Config, ExceptionsFile},
    exception::{
        Exceptions, Terms,
        source::{Source, SourceError},
        usage::UNUSED,
    },
    lake::{
        published::{PublishedRun, RunName},
        store::{Store, StoreError},
    },
    session::Clock,
};

/// The setting, as problems name it.
const SUBJECT: &str = "exceptions.file";
/// Problems that are told one by one.
const MOST: usize = 10;

/// Reads the file, where one is configured; in S3 only where there is somebody to be. What the last run in the lake made of the
/// same file is told, too.
pub(super) async fn look(
    sdk: &SdkConfig,
    config: &Config,
    clock: Clock,
    has_identity: bool,
    lake: Option<&Store>,
) -> Vec<Observation> {
    let Some(file) = &config.exceptions.file else { return Vec::new() };
    if matches!(file, ExceptionsFile::S3 { .. }) && !has_identity {
        return Vec::new();
    }
    let today = TimeZone::UTC.to_datetime(clock.now()).date();
    let terms = Terms { today, max_days: config.exceptions.max_days };
    let source = Source::fetch(file, config, sdk, &Arc::default()).await;
    let read = source.and_then(|source| Ok((source.exceptions(terms)?, source)));
    match read {
        Ok((exceptions, source)) => {
            let mut seen = vec![holds(file, &exceptions)];
            if let Some(lake) = lake {
                seen.extend(unused(lake, &source).await);
            }
            seen
        }
        Err(error) => vec![fails(config, &error)],
    }
}

/// Whether some covered nothing in the last run, if it judged by this very file. A lake that cannot be read is told of
/// elsewhere.
async fn unused(lake: &Store, source: &Source) -> Option<Observation> {
    let run = PublishedRun::find(lake, &RunName::Latest).await.ok()?;
    let row = &run.row;
    if row.facts.exceptions_sha256.as_ref() != Some(&source.sha256) {
        return None;
    }
    let count = row.exceptions.get(UNUSED).copied().filter(|count| *count > 0)?;
    let (noun, verb) = if count == 1 { ("exception", "covers") } else { ("exceptions", "cover") };
    let text = format!("{count} {noun} in force {verb} nothing that run {} found", run.run_id());
    let advice = vec![
        say(
            "Remove them, or mend what they should cover; a check or account that is not in scope any more needs none.",
        ),
        Advice::Command("sagesweep exceptions check".to_owned()),
    ];
    Some(Observation::new(Group::Configuration, Level::Warn, SUBJECT, text).advised(advice))
}

fn holds(file: &ExceptionsFile, exceptions: &Exceptions) -> Observation {
    let (all, in_force) = (exceptions.all().len(), exceptions.in_force().count());
    let text = format!("{file}: {in_force} of {all} exceptions are in force");
    let warnings = exceptions.warnings();
    if warnings.is_empty() {
        return Observation::ok(Group::Configuration, SUBJECT, text);
    }
    let told = warnings.iter().map(ToString::to_string);
    Observation::new(Group::Configuration, Level::Warn, SUBJECT, format!("{text}, and some of it is odd"))
        .advised(one_by_one(told, warnings.len()))
}

fn fails(config: &Config, error: &SourceError) -> Observation {
    let observation = Observation::fatal(Group::Configuration, SUBJECT, error.to_string());
    match error {
        SourceError::Wrong(errors) => {
            let problems = errors.problems();
            let text = "what it says does not hold, so that no run begins";
            let told = problems.iter().map(ToString::to_string);
            Observation { text: text.to_owned(), ..observation }.advised(one_by_one(told, problems.len()))
        }
        SourceError::Store(StoreError::S3 { action, code, message, .. }) => {
            let answer = Answer { api: (*action).to_owned(), code: code.clone(), message: message.clone() };
            let mut advice = advice::task(config);
            advice.push(say(
                "The bucket's own policy must allow it, too, and so must the key that the object is encrypted with.",
            ));
            Observation { answer: Some(answer), ..observation }.advised(advice)
        }
        SourceError::Local { source, .. } => {
            let why = format!(
                "The system says: {source}. The path is relative to the directory in which the program starts."
            );
            observation.advised(vec![say(why)])
        }
        SourceError::Store(_)
        | SourceError::Large { .. }
        | SourceError::Input { .. }
        | SourceError::Unwritable { .. } => {
            observation.advised(vec![say("Correct exceptions.file, or leave it empty for no exceptions.")])
        }
    }
}

fn one_by_one(told: impl Iterator<Item = String>, all: usize) -> Vec<Advice> {
    let mut advice = told.take(MOST).map(say).collect::<Vec<_>>();
    if all > MOST {
        advice.push(say(format!("And {} more.", all - MOST)));
    }
    advice.push(Advice::Command("sagesweep exceptions check".to_owned()));
    advice
}
