//! Whether somebody can open a shell in the container of a training job that runs.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation},
    finding::{Severity, Status, Verdict},
    resource::training_job::{RemoteDebugging, TrainingJob},
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-remote-debugging",
    version: 1,
    title: "Training jobs that run have remote debugging turned off",
    severity: Severity::Medium,
    rationale: "With remote debugging whoever may start a session of Systems Manager has a shell in the container, with the \
                training data and the credentials of the execution role at hand.",
    remediation: Remediation {
        summary: "Turn remote debugging off; this can be done while the job downloads or trains.",
        console: "The console shows no such setting: SageMaker AI > Training jobs > {name} > Stop, and start the job without it.",
        cli: "aws sagemaker update-training-job --region {region} --training-job-name {name} \\\n  \
              --remote-debug-config EnableRemoteDebug=false",
        python: "Estimator(…, enable_remote_debug=False)",
        code: "In a pipeline definition or a state machine, in the Arguments of the training step:\n\
               RemoteDebugConfig: { EnableRemoteDebug: false }",
    },
    reads: &["DescribeTrainingJob.RemoteDebugConfig.EnableRemoteDebug"],
    control: Control::LeastPrivilege,
    serves: &[],
    needs: &[Evidence::RemoteDebugging],
    by_default: true,
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    let verdict = match &job.remote_debugging {
        RemoteDebugging::Ended => Verdict::new(
            Status::NotApplicable,
            "job_ended",
            "the job has ended, so nobody can open a shell in its container any more",
        ),
        RemoteDebugging::Off => Verdict::new(Status::Pass, "remote_debugging_disabled", "remote debugging is off"),
        RemoteDebugging::On => Verdict::new(Status::Fail, "remote_debugging_enabled", "remote debugging is on"),
        RemoteDebugging::Unknown(why) => Verdict::new(
            Status::Unknown,
            "remote_debugging_unknown",
            format!("only a description tells whether remote debugging is on, and it was not read ({why})"),
        ),
    };
    verdict.with_evidence(|| json!({ "remote_debugging": job.remote_debugging, "expected": "off" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn only_a_job_that_runs_can_be_debugged() {
        for (remote_debugging, status) in [
            (RemoteDebugging::Ended, Status::NotApplicable),
            (RemoteDebugging::Off, Status::Pass),
            (RemoteDebugging::On, Status::Fail),
            (RemoteDebugging::Unknown("refused".to_owned()), Status::Unknown),
        ] {
            let job = TrainingJob { remote_debugging: remote_debugging.clone(), ..TrainingJob::default() };
            assert_eq!(alone::told(&CHECK, job, alone::context()).0, status, "{remote_debugging:?}");
        }
    }
}
