//! Fleets of devices, which can be changed at any time, so that each is described every night.

use aws_sdk_sagemaker::{operation::describe_device_fleet::DescribeDeviceFleetOutput, types::DeviceFleetSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a device fleet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DeviceFleet {
    /// `OutputConfig.KmsKeyId`, which encrypts what the devices send back.
    pub output_key: Option<String>,
}

impl Kind for DeviceFleet {
    const NAME: &'static str = "AWS::SageMaker::DeviceFleet";
    const SLUG: &'static str = "device-fleet";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        self.output_key.as_deref().into_iter().collect()
    }
}

impl Listed for DeviceFleet {
    const LIST: &'static str = "sagemaker:ListDeviceFleets";
    const DESCRIBE: &'static str = "sagemaker:DescribeDeviceFleet";

    listed::page!(list_device_fleets, device_fleet_summaries, "DeviceFleetSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_device_fleet().device_fleet_name(&line.name).send();
        let fleet = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            modified_at: moment(fleet.last_modified_time()),
            role_arn: said(fleet.role_arn()),
            ..Described::new(facts(&fleet))
        })
    }
}

fn line(fleet: &DeviceFleetSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(fleet.creation_time()),
        modified_at: moment(fleet.last_modified_time()),
        ..Line::named(fleet.device_fleet_name(), fleet.device_fleet_arn())?
    })
}

fn facts(fleet: &DescribeDeviceFleetOutput) -> DeviceFleet {
    DeviceFleet { output_key: said(fleet.output_config().and_then(|output| output.kms_key_id())) }
}
