//! The checks of notebook instances.

/// Commands that create an instance like the one described, with a change made by `jq`, and delete that one.
macro_rules! again {
    ($change:literal) => {
        concat!(
            "aws sagemaker describe-notebook-instance --region {region} --notebook-instance-name {name} |\n  \
             jq '{ InstanceType, SubnetId, SecurityGroupIds: .SecurityGroups, RoleArn, KmsKeyId, RootAccess,\n    \
             LifecycleConfigName: .NotebookInstanceLifecycleConfigName, DirectInternetAccess, VolumeSizeInGB,\n    \
             DefaultCodeRepository, AdditionalCodeRepositories, PlatformIdentifier, IpAddressType,\n    \
             InstanceMetadataServiceConfiguration } | del(.. | select(. == null or . == [])) |\n    ",
            $change,
            "' > notebook.json\n\
             aws sagemaker create-notebook-instance --region {region} --notebook-instance-name … \\\n  \
             --cli-input-json file://notebook.json\n\
             # when the files have moved:\n\
             aws sagemaker stop-notebook-instance --region {region} --notebook-instance-name {name}\n\
             aws sagemaker wait notebook-instance-stopped --region {region} --notebook-instance-name {name}\n\
             aws sagemaker delete-notebook-instance --region {region} --notebook-instance-name {name}"
        )
    };
}

pub mod customer_managed_keys;
pub mod direct_internet_access;
pub mod imdsv2;
pub mod lifecycle_secrets;
pub mod platform;
pub mod root_access;
pub mod vpc;
