//! Whether the containers of a training job are cut off from every network.

use serde_json::json;

use crate::{
    check::{Check, Context, Evaluate},
    finding::{Severity, Status, Verdict},
    resource::training_job::TrainingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-network-isolation",
    version: 1,
    title: "Training jobs run in network isolation",
    severity: Severity::High,
    rationale: "A container that can make calls can carry training data away, and can use the execution role's \
                credentials; in isolation it can do neither, and SageMaker moves the data.",
    remediation: "Set EnableNetworkIsolation in what creates the job, unless the algorithm needs the network.",
    standards: &["CIS Controls 8.1 13.4", "ISO 27001:2022 A.8.22", "NIST SP 800-53 Rev. 5 SC-7"],
    needs: &[],
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, _context: Context<'_>) -> Verdict {
    if job.network_isolation {
        Verdict::new(Status::Pass, "network_isolation_enabled", "network isolation is enabled")
    } else {
        Verdict::new(Status::Fail, "network_isolation_disabled", "network isolation is not enabled")
            .with_evidence(|| json!({ "EnableNetworkIsolation": false }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let job = TrainingJob { network_isolation, ..TrainingJob::default() };
            assert_eq!(evaluate(&job, Context { keys: &HashMap::new() }).status, status);
        }
    }
}
