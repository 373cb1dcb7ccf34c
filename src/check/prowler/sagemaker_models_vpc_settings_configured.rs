//! Whether a model is connected to subnets.

use super::{Like, Refused, Rule};
use crate::{
    check::{Context, Evaluate, model, setting},
    finding::{Severity, Verdict},
    resource::model::Model,
};

/// The check.
pub static RULE: Rule = Rule {
    check: Like {
        ours: &model::vpc::CHECK,
        id: "sagemaker_models_vpc_settings_configured",
        title: "Amazon SageMaker model has VPC settings enabled",
        severity: Severity::Medium,
        reads: &["DescribeModel.VpcConfig.Subnets"],
        needs: &[],
        evaluate: Evaluate::Model(evaluate),
    }
    .check(),
    refused: Refused::Fails,
};

fn evaluate(model: &Model, _context: Context<'_>) -> Verdict {
    setting::vpc(&model.subnets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn subnets_pass_and_their_absence_fails() {
        for (subnets, status) in [(vec!["subnet-1".to_owned()], Status::Pass), (Vec::new(), Status::Fail)] {
            let model = Model { subnets, ..Model::default() };
            assert_eq!(alone::told(&RULE.check, model, alone::context()).0, status);
        }
    }
}
