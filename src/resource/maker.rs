//! What made a job: the parent that its description names, or the pipeline that its name gives away.

use super::{Origin, OriginKind, answer::said};

/// The prefix that Pipelines gives to the names of the jobs it starts: `pipelines-<execution id>-<step>-…`.
const PIPELINE_PREFIX: &str = "pipelines-";

/// The first of these parents that is named, or else the pipeline in the job's name.
pub(super) fn of<'a>(name: &str, parents: impl IntoIterator<Item = (OriginKind, Option<&'a str>)>) -> Option<Origin> {
    let mut named = parents.into_iter().filter_map(|(kind, arn)| Some(Origin { kind, reference: said(arn)? }));
    named.next().or_else(|| {
        let execution = name.strip_prefix(PIPELINE_PREFIX)?.split('-').next()?;
        Some(Origin { kind: OriginKind::PipelineExecution, reference: execution.to_owned() })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_maker_is_the_parent_job_or_else_the_pipeline_in_the_name() {
        let tuning = of("a", [(OriginKind::TuningJob, Some("arn:tuning"))]).unwrap();
        assert_eq!((tuning.kind, tuning.reference.as_str()), (OriginKind::TuningJob, "arn:tuning"));
        let pipeline = of("pipelines-h4x0r1a2b3c4-Train-abc", [(OriginKind::TuningJob, Some(""))]).unwrap();
        assert_eq!((pipeline.kind, pipeline.reference.as_str()), (OriginKind::PipelineExecution, "h4x0r1a2b3c4"));
        assert_eq!(of("churn", []), None);
    }
}
