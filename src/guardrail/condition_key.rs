//! The condition keys of SageMaker that tell of a request what a check looks at, and the actions whose requests carry them
//! (Service Authorization Reference, Amazon SageMaker, as of April 2026).

use std::fmt;

use Action::{
    CreateAutoMlJob, CreateAutoMlJobV2, CreateCluster, CreateDataQualityJobDefinition, CreateDomain,
    CreateEndpointConfig, CreateFeatureGroup, CreateHyperParameterTuningJob, CreateLabelingJob, CreateModel,
    CreateModelBiasJobDefinition, CreateModelExplainabilityJobDefinition, CreateModelQualityJobDefinition,
    CreateMonitoringSchedule, CreateNotebookInstance, CreateProcessingJob, CreateTrainingJob, CreateTransformJob,
    UpdateCluster, UpdateDomain, UpdateMonitoringSchedule, UpdateNotebookInstance, UpdateTrainingJob,
};

macro_rules! actions {
    ($($variant:ident = $name:literal,)*) => {
        /// An action of SageMaker that makes or changes what is audited.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is the action of its name")]
        pub enum Action { $($variant,)* }

        impl Action {
            /// The action as policies spell it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => concat!("sagemaker:", $name),)* }
            }
        }
    };
}

actions! {
    CreateAutoMlJob = "CreateAutoMLJob",
    CreateAutoMlJobV2 = "CreateAutoMLJobV2",
    CreateCluster = "CreateCluster",
    CreateDataQualityJobDefinition = "CreateDataQualityJobDefinition",
    CreateDomain = "CreateDomain",
    CreateEndpointConfig = "CreateEndpointConfig",
    CreateFeatureGroup = "CreateFeatureGroup",
    CreateHyperParameterTuningJob = "CreateHyperParameterTuningJob",
    CreateLabelingJob = "CreateLabelingJob",
    CreateModel = "CreateModel",
    CreateModelBiasJobDefinition = "CreateModelBiasJobDefinition",
    CreateModelExplainabilityJobDefinition = "CreateModelExplainabilityJobDefinition",
    CreateModelQualityJobDefinition = "CreateModelQualityJobDefinition",
    CreateMonitoringSchedule = "CreateMonitoringSchedule",
    CreateNotebookInstance = "CreateNotebookInstance",
    CreateProcessingJob = "CreateProcessingJob",
    CreateTrainingJob = "CreateTrainingJob",
    CreateTransformJob = "CreateTransformJob",
    UpdateCluster = "UpdateCluster",
    UpdateDomain = "UpdateDomain",
    UpdateMonitoringSchedule = "UpdateMonitoringSchedule",
    UpdateNotebookInstance = "UpdateNotebookInstance",
    UpdateTrainingJob = "UpdateTrainingJob",
}

/// The form of a key's values, which decides the operators that can be put to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// One text.
    Text,
    /// Several texts.
    Texts,
}

/// The actions whose requests say what a job or the definition of one runs on and writes.
macro_rules! jobs {
    ($($more:ident),* $(,)?) => {
        &[
            CreateDataQualityJobDefinition, CreateHyperParameterTuningJob, CreateModelBiasJobDefinition,
            CreateModelExplainabilityJobDefinition, CreateModelQualityJobDefinition, CreateMonitoringSchedule,
            CreateProcessingJob, CreateTrainingJob, UpdateMonitoringSchedule, $($more,)*
        ]
    };
}

macro_rules! keys {
    ($($(#[$doc:meta])* $variant:ident: $form:ident of $actions:expr;)*) => {
        /// A condition key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ConditionKey { $($(#[$doc])* $variant,)* }

        impl ConditionKey {
            /// Every key.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The key as policies spell it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => concat!("sagemaker:", stringify!($variant)),)* }
            }

            /// The form of its values.
            pub fn form(self) -> Form {
                match self { $(Self::$variant => Form::$form,)* }
            }

            /// The actions whose requests carry it.
            pub fn actions(self) -> &'static [Action] {
                match self { $(Self::$variant => $actions,)* }
            }
        }
    };
}

keys! {
    /// How the apps of a domain reach the internet.
    AppNetworkAccessType: Text of &[CreateDomain, UpdateDomain];
    /// Whether a notebook instance has a way into the internet of its own.
    DirectInternetAccess: Text of &[CreateNotebookInstance];
    /// Whether somebody can open a shell in the containers of a training job.
    EnableRemoteDebug: Bool of &[CreateTrainingJob, UpdateTrainingJob];
    /// Whether a feature group has an online store.
    FeatureGroupEnableOnlineStore: Bool of &[CreateFeatureGroup];
    /// Whether a feature group has an offline store.
    FeatureGroupOfflineStoreConfig: Bool of &[CreateFeatureGroup];
    /// The key of the offline store.
    FeatureGroupOfflineStoreKmsKey: Arn of &[CreateFeatureGroup];
    /// The key of the online store.
    FeatureGroupOnlineStoreKmsKey: Arn of &[CreateFeatureGroup];
    /// The types of all instances of a request.
    InstanceTypes: Texts of jobs![
        CreateCluster, CreateDomain, CreateEndpointConfig, CreateNotebookInstance, CreateTransformJob, UpdateCluster,
        UpdateDomain, UpdateNotebookInstance, UpdateTrainingJob,
    ];
    /// Whether the traffic between containers is encrypted.
    InterContainerTrafficEncryption: Bool of jobs![CreateAutoMlJob, CreateAutoMlJobV2];
    /// The least version of the metadata service of a notebook instance.
    MinimumInstanceMetadataServiceVersion: Text of &[CreateNotebookInstance, UpdateNotebookInstance];
    /// Whether containers have no network.
    NetworkIsolation: Bool of jobs![CreateEndpointConfig, CreateModel];
    /// The key of what is written.
    OutputKmsKey: Arn of jobs![CreateAutoMlJob, CreateAutoMlJobV2, CreateLabelingJob, CreateTransformJob];
    /// Whether the users of a notebook instance are root.
    RootAccess: Text of &[CreateNotebookInstance, UpdateNotebookInstance];
    /// The key of the storage volumes.
    VolumeKmsKey: Arn of jobs![
        CreateAutoMlJob, CreateAutoMlJobV2, CreateDomain, CreateEndpointConfig, CreateLabelingJob,
        CreateNotebookInstance, CreateTransformJob,
    ];
    /// The security groups in the account's own VPC.
    VpcSecurityGroupIds: Texts of jobs![
        CreateAutoMlJob, CreateAutoMlJobV2, CreateCluster, CreateDomain, CreateEndpointConfig, CreateModel,
        CreateNotebookInstance, UpdateCluster, UpdateDomain,
    ];
    /// The subnets in the account's own VPC.
    VpcSubnets: Texts of jobs![
        CreateAutoMlJob, CreateAutoMlJobV2, CreateCluster, CreateDomain, CreateEndpointConfig, CreateModel,
        CreateNotebookInstance, UpdateCluster, UpdateDomain,
    ];
}

impl fmt::Display for ConditionKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn keys_and_actions_are_spelt_as_the_reference_has_them() {
        let names = ConditionKey::ALL.iter().map(|key| key.as_str()).collect::<Vec<_>>();
        assert!(names.is_sorted() && names.contains(&"sagemaker:VolumeKmsKey"));
        assert_eq!(CreateAutoMlJobV2.as_str(), "sagemaker:CreateAutoMLJobV2");
        for key in ConditionKey::ALL {
            assert_eq!(key.actions().iter().collect::<BTreeSet<_>>().len(), key.actions().len(), "{key}");
        }
    }
}
