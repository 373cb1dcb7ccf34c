//! Whether the containers of a model are cut off from every network.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, model, setting},
    finding::{Severity, Verdict},
    resource::model::Model,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &model::network_isolation::CHECK,
        id: "sagemaker_models_network_isolation_enabled",
        title: "Amazon SageMaker model has network isolation enabled",
        severity: Severity::High,
        reads: &["DescribeModel.EnableNetworkIsolation"],
        needs: &[],
        evaluate: Evaluate::Model(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(model: &Model, _context: Context<'_>) -> Verdict {
    setting::network_isolation(model.network_isolation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn isolation_passes_and_its_absence_fails() {
        for (network_isolation, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let model = Model { network_isolation, ..Model::default() };
            assert_eq!(alone::told(&RULE.check, model, alone::context()).0, status);
        }
    }
}
