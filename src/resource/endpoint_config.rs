//! Endpoint configurations, which never change: what the variants of an endpoint run on, and with which keys they store.

use aws_sdk_sagemaker::{
    operation::describe_endpoint_config::DescribeEndpointConfigOutput,
    types::{
        DataCaptureConfig, EndpointConfigSummary, ManagedInstanceScalingStatus, ProductionVariant,
        ProductionVariantInstanceType, ProductionVariantManagedInstanceScaling,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
    stored::Stored,
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of an endpoint configuration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EndpointConfig {
    /// `KmsKeyId`, which encrypts the volumes of the instances.
    pub volume_key: Option<String>,
    /// `DataCaptureConfig`, where capture is not disabled: the key of what is captured.
    pub data_capture: Option<Stored>,
    /// `AsyncInferenceConfig.OutputConfig`, where there is one: the key of the answers.
    pub async_output: Option<Stored>,
    /// `ProductionVariants`.
    pub variants: Vec<Variant>,
    /// `ShadowProductionVariants`.
    pub shadow_variants: Vec<Variant>,
    /// `EnableNetworkIsolation`; where it is not set, the models decide that the variants name.
    pub network_isolation: Option<bool>,
    /// `VpcConfig.Subnets`; where there are none, the models decide that the variants name.
    pub subnets: Vec<String>,
}

/// A variant of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Variant {
    /// `VariantName`.
    pub name: Option<String>,
    /// `ModelName`; none where models come as inference components.
    pub model: Option<String>,
    /// `InstanceType`, and those of the `InstancePools`.
    pub instance_types: Vec<String>,
    /// `InitialInstanceCount`.
    pub instance_count: Option<i64>,
    /// `ManagedInstanceScaling.MinInstanceCount`, where scaling is not disabled: so few instances may be left.
    pub minimum_instances: Option<i64>,
    /// Whether it has a `ServerlessConfig`, and so neither instances nor volumes of its own.
    pub serverless: bool,
    /// `CoreDumpConfig`, where there is one: its key.
    pub core_dump: Option<Stored>,
}

impl Variant {
    /// What it is called where people read it.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or("a variant without a name")
    }
}

impl EndpointConfig {
    /// Production and shadow variants.
    pub fn all_variants(&self) -> impl Iterator<Item = &Variant> {
        self.variants.iter().chain(&self.shadow_variants)
    }

    /// Whether every variant names a model, which then decides on networks where the configuration does not.
    pub fn names_models(&self) -> bool {
        self.all_variants().all(|variant| variant.model.is_some())
    }
}

impl Kind for EndpointConfig {
    const NAME: &'static str = "AWS::SageMaker::EndpointConfig";
    const SLUG: &'static str = "endpoint-config";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Always;

    fn keys(&self) -> Vec<&str> {
        let dumps = self.all_variants().map(|variant| &variant.core_dump);
        let captured = dumps.chain([&self.data_capture, &self.async_output]).flatten().map(|captured| &captured.key);
        captured.chain([&self.volume_key]).flatten().map(String::as_str).collect()
    }
}

impl Listed for EndpointConfig {
    const LIST: &'static str = "sagemaker:ListEndpointConfigs";
    const DESCRIBE: &'static str = "sagemaker:DescribeEndpointConfig";

    listed::page!(list_endpoint_configs, endpoint_configs, "EndpointConfigs");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_endpoint_config().endpoint_config_name(&line.name).send();
        let config = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described { role_arn: said(config.execution_role_arn()), ..Described::new(facts(&config)) })
    }
}

fn line(config: &EndpointConfigSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(config.creation_time()),
        ..Line::named(config.endpoint_config_name(), config.endpoint_config_arn())?
    })
}

fn facts(config: &DescribeEndpointConfigOutput) -> EndpointConfig {
    // What is not said to be disabled is enabled (DataCaptureConfig), if there is where to write it.
    let is_on =
        |capture: &&DataCaptureConfig| capture.enable_capture().unwrap_or(capture.destination_s3_uri().is_some());
    let capture = config.data_capture_config().filter(is_on);
    let output = config.async_inference_config().and_then(|config| config.output_config());
    EndpointConfig {
        volume_key: said(config.kms_key_id()),
        data_capture: capture.map(|capture| Stored { key: said(capture.kms_key_id()) }),
        async_output: output.map(|output| Stored { key: said(output.kms_key_id()) }),
        variants: config.production_variants().iter().map(variant).collect(),
        shadow_variants: config.shadow_production_variants().iter().map(variant).collect(),
        network_isolation: config.enable_network_isolation(),
        subnets: config.vpc_config().map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
    }
}

fn variant(variant: &ProductionVariant) -> Variant {
    let pools = variant.instance_pools();
    let serverless = variant.serverless_config().is_some();
    // One that does not tell its type stays in as an unknown one; where there are pools, these tell it.
    let is_alone = pools.is_empty() && !serverless;
    let alone = (is_alone || variant.instance_type().is_some()).then(|| variant.instance_type());
    let types = alone.into_iter().chain(pools.iter().map(|pool| pool.instance_type()));
    let types = types.map(|name| name.map(ProductionVariantInstanceType::as_str));
    let scaling = variant
        .managed_instance_scaling()
        .filter(|scaling| scaling.status() != Some(&ManagedInstanceScalingStatus::Disabled));
    Variant {
        name: said(variant.variant_name()),
        model: said(variant.model_name()),
        instance_types: types.map(|name| name.unwrap_or_default().to_owned()).collect(),
        instance_count: variant.initial_instance_count().map(i64::from),
        minimum_instances: scaling.and_then(ProductionVariantManagedInstanceScaling::min_instance_count).map(i64::from),
        serverless,
        core_dump: variant.core_dump_config().map(|dump| Stored { key: said(dump.kms_key_id()) }),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{
        InstancePool, ProductionVariantServerlessConfig, builders::ProductionVariantBuilder,
    };

    use super::*;

    #[test]
    fn capture_is_enabled_unless_it_is_said_to_be_disabled_or_goes_nowhere() {
        let captures = |enabled: Option<bool>, to: Option<&str>| {
            let capture = DataCaptureConfig::builder().set_enable_capture(enabled).kms_key_id("k");
            let capture = capture.set_destination_s3_uri(to.map(ToOwned::to_owned)).build();
            facts(&DescribeEndpointConfigOutput::builder().data_capture_config(capture).build()).data_capture.is_some()
        };
        let to = Some("s3://captured");
        assert_eq!([captures(Some(true), to), captures(None, to), captures(Some(false), to)], [true, true, false]);
        assert!(!captures(None, None));
    }

    #[test]
    fn a_variant_or_a_pool_that_does_not_tell_its_instance_type_has_an_unknown_one_unless_it_is_serverless() {
        let types = |builder: ProductionVariantBuilder| variant(&builder.build()).instance_types;
        let (bare, large) = (ProductionVariant::builder, ProductionVariantInstanceType::from("ml.m5.large"));
        assert_eq!(types(bare()), [""]);
        assert_eq!(types(bare().instance_type(large.clone())), ["ml.m5.large"]);
        let serverless =
            ProductionVariantServerlessConfig::builder().memory_size_in_mb(2048).max_concurrency(1).build();
        assert!(types(bare().serverless_config(serverless)).is_empty());
        let pools = bare()
            .instance_pools(InstancePool::builder().instance_type(large).priority(1).build())
            .instance_pools(InstancePool::builder().priority(2).build());
        assert_eq!(types(pools), ["ml.m5.large", ""]);
    }

    #[test]
    fn managed_scaling_says_how_few_instances_may_be_left_unless_it_is_disabled() {
        let minimum = |status: Option<ManagedInstanceScalingStatus>| {
            let scaling =
                ProductionVariantManagedInstanceScaling::builder().set_status(status).min_instance_count(1).build();
            variant(&ProductionVariant::builder().managed_instance_scaling(scaling).build()).minimum_instances
        };
        assert_eq!(minimum(Some(ManagedInstanceScalingStatus::Enabled)), Some(1));
        assert_eq!(minimum(None), Some(1));
        assert_eq!(minimum(Some(ManagedInstanceScalingStatus::Disabled)), None);
    }
}
