//! Where a resource came from: a job that has ended cannot be changed, so that what makes such jobs has to be.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::recorded::Recorded;
use crate::{cli::ResourceArn, resource::OriginKind};

/// Where a resource came from, and what to do there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What made it, in a sentence or two, and what to set there.
    pub summary: String,
    /// Commands that show it.
    pub commands: Vec<String>,
    /// What else tells of it: what it is called, and its value.
    pub traces: Vec<(&'static str, String)>,
}

/// How far the event history of CloudTrail goes back.
const HISTORY_DAYS: i64 = 90;

/// Tags that SageMaker itself puts on what Studio and Projects make, and what they name.
const TAGS: [(&str, &str); 3] = [
    ("sagemaker:project-name", "project"),
    ("sagemaker:domain-arn", "Studio domain"),
    ("sagemaker:user-profile-arn", "user profile"),
];

impl Source {
    /// Of a resource.
    pub fn of(resource: &Recorded) -> Self {
        let kind = resource.origin.as_ref().and_then(|(kind, name)| {
            let kind = OriginKind::ALL.into_iter().find(|one| one.as_str() == kind)?;
            Some((kind, name.as_str()))
        });
        let (summary, commands) = match kind {
            Some((kind, name)) => made_by(kind, name, resource),
            None => unknown(resource),
        };
        let tags = TAGS.iter().filter_map(|(tag, what)| Some((*what, resource.tags.get(*tag)?.clone())));
        let traces = [("execution role", resource.role_arn.clone()), ("owner", resource.owner.clone())];
        let traces = traces.into_iter().filter_map(|(what, value)| Some((what, value?)));
        Self { summary, commands, traces: traces.chain(tags).collect() }
    }
}

fn made_by(kind: OriginKind, name: &str, resource: &Recorded) -> (String, Vec<String>) {
    let region = &resource.region;
    // A name that a shell would obey is put into no command.
    let short = name.parse::<ResourceArn>().map_or_else(|_| "NAME".to_owned(), |arn| arn.name);
    let (what, set, command) = match kind {
        OriginKind::TuningJob => (
            "the hyperparameter tuning job",
            "in its TrainingJobDefinition (each of TrainingJobDefinitions), ResourceConfig.VolumeKmsKeyId (not where \
             every instance type has local NVMe storage) and OutputDataConfig.KmsKeyId for keys",
            format!(
                "aws sagemaker describe-hyper-parameter-tuning-job --region {region} --hyper-parameter-tuning-job-name {short}"
            ),
        ),
        OriginKind::AutoMlJob => (
            "the AutoML job",
            "in its input, SecurityConfig.VolumeKmsKeyId and OutputDataConfig.KmsKeyId for keys",
            format!("aws sagemaker describe-auto-ml-job-v2 --region {region} --auto-ml-job-name {short}"),
        ),
        OriginKind::LabelingJob => (
            "the labeling job",
            "in its input, LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId and OutputConfig.KmsKeyId \
             for keys",
            format!("aws sagemaker describe-labeling-job --region {region} --labeling-job-name {short}"),
        ),
        OriginKind::PipelineExecution => {
            let is_harmless = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let id = if is_harmless { name } else { "ID" };
            let (partition, account) = (&resource.partition, &resource.account_id);
            let arn = format!("arn:{partition}:sagemaker:{region}:{account}:pipeline/PIPELINE/execution/{id}");
            (
                "the execution of a pipeline",
                "in the Arguments of the step of the pipeline's definition, ResourceConfig.VolumeKmsKeyId and \
                 OutputDataConfig.KmsKeyId for keys; the execution does not name its pipeline, which stands in the list",
                format!(
                    "aws sagemaker list-pipelines --region {region}\naws sagemaker describe-pipeline-definition-for-execution --region {region} --pipeline-execution-arn {arn}"
                ),
            )
        }
    };
    let summary = format!(
        "It was made by {what} {name}. What is made cannot be changed, and the next one will be the same: set it where \
         that is started, {set}."
    );
    (summary, command.lines().map(str::to_owned).collect())
}

/// Nothing names a maker: the trail tells who made the call.
fn unknown(resource: &Recorded) -> (String, Vec<String>) {
    let maker = "No tuning, AutoML or labeling job and no pipeline of SageMaker is recorded to have made it: a person, a \
                 notebook, a scheduler or a pipeline elsewhere did, and makes the next one the same.";
    let kind = resource.arn.rsplit(':').next().and_then(|rest| rest.split_once('/')).map(|(kind, _)| kind);
    let events = kind.map(events).unwrap_or_default();
    if let Some(at) = resource.created_at.filter(|at| is_past_history(*at, resource)) {
        let called = if events.is_empty() { "the call".to_owned() } else { events.join(" or ") };
        let summary = format!(
            "{maker} It was made more than 90 days before the run, which is as far as the event history of CloudTrail goes \
             back: a trail or an event data store of CloudTrail Lake, where there was one then, has who called {called} at {}.",
            instant(at)
        );
        return (summary, Vec::new());
    }
    let summary = format!("{maker} CloudTrail tells who made the call; its event history goes back 90 days.");
    let commands = resource.created_at.into_iter().flat_map(|at| {
        let around = |minutes| instant(at.saturating_add(SignedDuration::from_mins(minutes)).unwrap_or(at));
        let (start, end) = (around(-5), around(5));
        let region = &resource.region;
        let command = |event: &String| {
            format!(
                "aws cloudtrail lookup-events --region {region} --lookup-attributes AttributeKey=EventName,AttributeValue={event} --start-time {start} --end-time {end}"
            )
        };
        events.iter().map(command).collect::<Vec<_>>()
    });
    (summary, commands.collect())
}

/// Whether the event history of CloudTrail went back so far no more on the day of the run.
fn is_past_history(at: Timestamp, resource: &Recorded) -> bool {
    let made = TimeZone::UTC.to_datetime(at).date();
    resource.run_date.duration_since(made) > SignedDuration::from_hours(24 * HISTORY_DAYS)
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The calls that make what ARNs call so.
fn events(kind: &str) -> Vec<String> {
    let event = event(kind);
    let second = (kind == "automl-job").then(|| format!("{event}V2"));
    [event].into_iter().chain(second).collect()
}

/// The call that makes what ARNs call so: `training-job` is made by `CreateTrainingJob`.
fn event(kind: &str) -> String {
    let words = kind.split('-').map(|word| match word {
        "automl" => "AutoML".to_owned(),
        word => {
            let mut letters = word.chars().filter(char::is_ascii_alphanumeric);
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        }
    });
    format!("Create{}", words.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remediate::samples;

    #[test]
    fn each_kind_of_origin_says_where_to_set_it_and_shows_it() {
        let mut job = samples::recorded();
        let arn = |kind: &str| format!("arn:aws:sagemaker:eu-west-1:111111111111:{kind}/search-7");
        for (kind, name, command) in [
            (OriginKind::TuningJob, arn("hyper-parameter-tuning-job"), "describe-hyper-parameter-tuning-job"),
            (OriginKind::AutoMlJob, arn("automl-job"), "describe-auto-ml-job-v2"),
            (OriginKind::LabelingJob, arn("labeling-job"), "describe-labeling-job"),
            (OriginKind::PipelineExecution, "h4x0r1a2b3c4".to_owned(), "pipeline/PIPELINE/execution/h4x0r1a2b3c4"),
        ] {
            job.origin = Some((kind.as_str().to_owned(), name.clone()));
            let source = Source::of(&job);
            assert!(source.summary.contains(&name) && source.summary.contains("KmsKeyId"), "{source:?}");
            assert!(source.commands.iter().any(|line| line.contains(command)), "{source:?}");
        }
    }

    #[test]
    fn a_hostile_origin_is_in_no_command() {
        let mut job = samples::recorded();
        for kind in OriginKind::ALL {
            job.origin = Some((kind.as_str().to_owned(), "$(reboot)".to_owned()));
            assert!(!Source::of(&job).commands.join(" ").contains("reboot"));
        }
    }

    #[test]
    fn without_an_origin_the_trail_is_asked_for_the_call() {
        let job = samples::recorded();
        let source = Source::of(&job);
        assert!(
            source.commands[0].contains("AttributeValue=CreateTrainingJob --start-time 2026-11-20T09:55:00Z"),
            "{source:?}"
        );
        assert_eq!(events("automl-job"), ["CreateAutoMLJob", "CreateAutoMLJobV2"]);
        assert_eq!(events("notebook-instance"), ["CreateNotebookInstance"]);
    }

    #[test]
    fn what_the_event_history_has_no_more_is_not_asked_of_it() {
        let job = Recorded { run_date: jiff::civil::date(2027, 2, 18), ..samples::recorded() };
        assert_eq!(Source::of(&job).commands.len(), 1);
        let job = Recorded { run_date: jiff::civil::date(2027, 2, 19), ..samples::recorded() };
        let source = Source::of(&job);
        assert!(source.commands.is_empty() && source.summary.contains("CloudTrail Lake"), "{source:?}");
        let job = Recorded { arn: job.arn.replace("training-job", "automl-job"), ..samples::recorded() };
        assert!(Source::of(&job).commands[1].contains("AttributeValue=CreateAutoMLJobV2"));
    }
}
