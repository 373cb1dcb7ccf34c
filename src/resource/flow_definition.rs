//! Flow definitions of human review, which never change.

use aws_sdk_sagemaker::{
    operation::describe_flow_definition::DescribeFlowDefinitionOutput, types::FlowDefinitionSummary,
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a flow definition.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FlowDefinition {
    /// `OutputConfig.KmsKeyId`, which encrypts what people answer, and what they were shown.
    pub output_key: Option<String>,
}

impl Kind for FlowDefinition {
    const NAME: &'static str = "AWS::SageMaker::FlowDefinition";
    const SLUG: &'static str = "flow-definition";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Always;

    fn keys(&self) -> Vec<&str> {
        self.output_key.as_deref().into_iter().collect()
    }
}

impl Listed for FlowDefinition {
    const LIST: &'static str = "sagemaker:ListFlowDefinitions";
    const DESCRIBE: &'static str = "sagemaker:DescribeFlowDefinition";

    listed::page!(list_flow_definitions, flow_definition_summaries, "FlowDefinitionSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_flow_definition().flow_definition_name(&line.name).send();
        let flow = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(flow.flow_definition_status().map(aws_sdk_sagemaker::types::FlowDefinitionStatus::as_str)),
            role_arn: said(flow.role_arn()),
            ..Described::new(facts(&flow))
        })
    }
}

fn line(flow: &FlowDefinitionSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(flow.creation_time()),
        state: said(flow.flow_definition_status().map(aws_sdk_sagemaker::types::FlowDefinitionStatus::as_str)),
        ..Line::named(flow.flow_definition_name(), flow.flow_definition_arn())?
    })
}

fn facts(flow: &DescribeFlowDefinitionOutput) -> FlowDefinition {
    FlowDefinition { output_key: said(flow.output_config().and_then(|output| output.kms_key_id())) }
}
