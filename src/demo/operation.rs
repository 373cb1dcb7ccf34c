//! The operations that the simulated services know, by the names that requests carry.

use super::inventory;

/// A service; every request names it in its credential scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Service {
    Account,
    Kms,
    Organizations,
    S3,
    SageMaker,
    Sts,
}

impl Service {
    /// The service that a credential scope names.
    pub(super) fn from_scope(name: &str) -> Option<Self> {
        match name {
            "account" => Some(Self::Account),
            "kms" => Some(Self::Kms),
            "organizations" => Some(Self::Organizations),
            "s3" => Some(Self::S3),
            "sagemaker" => Some(Self::SageMaker),
            "sts" => Some(Self::Sts),
            _ => None,
        }
    }

    /// What `X-Amz-Target` begins with in the services that use it.
    pub(super) fn target(self) -> &'static str {
        match self {
            Self::Kms => "TrentService.",
            Self::Organizations => "AWSOrganizationsV20161128.",
            Self::SageMaker => "SageMaker.",
            Self::Account | Self::S3 | Self::Sts => "",
        }
    }
}

macro_rules! operations {
    ($($variant:ident = $service:ident $name:literal $action:literal,)*) => {
        /// An operation of a service.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Operation { $($variant,)* }

        impl Operation {
            /// The operation of a service with this name.
            pub(super) fn find(service: Service, name: &str) -> Option<Self> {
                match (service, name) {
                    $((Service::$service, $name) => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Its name.
            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The IAM action, `service:Operation`; in S3 some operations share one.
            pub(super) fn action(self) -> &'static str {
                match self { $(Self::$variant => $action,)* }
            }

            /// The service it belongs to.
            pub(super) fn service(self) -> Service {
                match self { $(Self::$variant => Service::$service,)* }
            }
        }
    };
}

operations! {
    ListRegions = Account "ListRegions" "account:ListRegions",
    DescribeKey = Kms "DescribeKey" "kms:DescribeKey",
    GetKeyRotationStatus = Kms "GetKeyRotationStatus" "kms:GetKeyRotationStatus",
    GetPublicKey = Kms "GetPublicKey" "kms:GetPublicKey",
    Sign = Kms "Sign" "kms:Sign",
    DescribeOrganization = Organizations "DescribeOrganization" "organizations:DescribeOrganization",
    DescribeOrganizationalUnit = Organizations "DescribeOrganizationalUnit" "organizations:DescribeOrganizationalUnit",
    ListAccounts = Organizations "ListAccounts" "organizations:ListAccounts",
    ListAccountsForParent = Organizations "ListAccountsForParent" "organizations:ListAccountsForParent",
    ListOrganizationalUnitsForParent = Organizations "ListOrganizationalUnitsForParent" "organizations:ListOrganizationalUnitsForParent",
    ListRoots = Organizations "ListRoots" "organizations:ListRoots",
    ListTagsForResource = Organizations "ListTagsForResource" "organizations:ListTagsForResource",
    AbortMultipartUpload = S3 "AbortMultipartUpload" "s3:AbortMultipartUpload",
    CompleteMultipartUpload = S3 "CompleteMultipartUpload" "s3:PutObject",
    CreateMultipartUpload = S3 "CreateMultipartUpload" "s3:PutObject",
    DeleteObject = S3 "DeleteObject" "s3:DeleteObject",
    GetBucketLocation = S3 "GetBucketLocation" "s3:GetBucketLocation",
    GetObject = S3 "GetObject" "s3:GetObject",
    HeadBucket = S3 "HeadBucket" "s3:ListBucket",
    HeadObject = S3 "HeadObject" "s3:GetObject",
    ListObjectsV2 = S3 "ListObjectsV2" "s3:ListBucket",
    PutObject = S3 "PutObject" "s3:PutObject",
    UploadPart = S3 "UploadPart" "s3:PutObject",
    DescribeAppImageConfig = SageMaker "DescribeAppImageConfig" "sagemaker:DescribeAppImageConfig",
    DescribeAutoMlJobV2 = SageMaker "DescribeAutoMLJobV2" "sagemaker:DescribeAutoMLJobV2",
    DescribeCluster = SageMaker "DescribeCluster" "sagemaker:DescribeCluster",
    DescribeCompilationJob = SageMaker "DescribeCompilationJob" "sagemaker:DescribeCompilationJob",
    DescribeDataQualityJobDefinition = SageMaker "DescribeDataQualityJobDefinition" "sagemaker:DescribeDataQualityJobDefinition",
    DescribeDeviceFleet = SageMaker "DescribeDeviceFleet" "sagemaker:DescribeDeviceFleet",
    DescribeDomain = SageMaker "DescribeDomain" "sagemaker:DescribeDomain",
    DescribeEdgePackagingJob = SageMaker "DescribeEdgePackagingJob" "sagemaker:DescribeEdgePackagingJob",
    DescribeEndpointConfig = SageMaker "DescribeEndpointConfig" "sagemaker:DescribeEndpointConfig",
    DescribeFeatureGroup = SageMaker "DescribeFeatureGroup" "sagemaker:DescribeFeatureGroup",
    DescribeFlowDefinition = SageMaker "DescribeFlowDefinition" "sagemaker:DescribeFlowDefinition",
    DescribeHyperParameterTuningJob = SageMaker "DescribeHyperParameterTuningJob" "sagemaker:DescribeHyperParameterTuningJob",
    DescribeImage = SageMaker "DescribeImage" "sagemaker:DescribeImage",
    DescribeInferenceExperiment = SageMaker "DescribeInferenceExperiment" "sagemaker:DescribeInferenceExperiment",
    DescribeInferenceRecommendationsJob = SageMaker "DescribeInferenceRecommendationsJob" "sagemaker:DescribeInferenceRecommendationsJob",
    DescribeLabelingJob = SageMaker "DescribeLabelingJob" "sagemaker:DescribeLabelingJob",
    DescribeMlflowApp = SageMaker "DescribeMlflowApp" "sagemaker:DescribeMlflowApp",
    DescribeModel = SageMaker "DescribeModel" "sagemaker:DescribeModel",
    DescribeModelBiasJobDefinition = SageMaker "DescribeModelBiasJobDefinition" "sagemaker:DescribeModelBiasJobDefinition",
    DescribeModelCard = SageMaker "DescribeModelCard" "sagemaker:DescribeModelCard",
    DescribeModelExplainabilityJobDefinition = SageMaker "DescribeModelExplainabilityJobDefinition" "sagemaker:DescribeModelExplainabilityJobDefinition",
    DescribeModelPackage = SageMaker "DescribeModelPackage" "sagemaker:DescribeModelPackage",
    DescribeModelPackageGroup = SageMaker "DescribeModelPackageGroup" "sagemaker:DescribeModelPackageGroup",
    DescribeModelQualityJobDefinition = SageMaker "DescribeModelQualityJobDefinition" "sagemaker:DescribeModelQualityJobDefinition",
    DescribeMonitoringSchedule = SageMaker "DescribeMonitoringSchedule" "sagemaker:DescribeMonitoringSchedule",
    DescribeNotebookInstance = SageMaker "DescribeNotebookInstance" "sagemaker:DescribeNotebookInstance",
    DescribeNotebookInstanceLifecycleConfig = SageMaker "DescribeNotebookInstanceLifecycleConfig" "sagemaker:DescribeNotebookInstanceLifecycleConfig",
    DescribeOptimizationJob = SageMaker "DescribeOptimizationJob" "sagemaker:DescribeOptimizationJob",
    DescribePartnerApp = SageMaker "DescribePartnerApp" "sagemaker:DescribePartnerApp",
    DescribeProcessingJob = SageMaker "DescribeProcessingJob" "sagemaker:DescribeProcessingJob",
    DescribeStudioLifecycleConfig = SageMaker "DescribeStudioLifecycleConfig" "sagemaker:DescribeStudioLifecycleConfig",
    DescribeTrainingJob = SageMaker "DescribeTrainingJob" "sagemaker:DescribeTrainingJob",
    DescribeTransformJob = SageMaker "DescribeTransformJob" "sagemaker:DescribeTransformJob",
    DescribeUserProfile = SageMaker "DescribeUserProfile" "sagemaker:DescribeUserProfile",
    DescribeWorkforce = SageMaker "DescribeWorkforce" "sagemaker:DescribeWorkforce",
    ListAppImageConfigs = SageMaker "ListAppImageConfigs" "sagemaker:ListAppImageConfigs",
    ListAutoMlJobs = SageMaker "ListAutoMLJobs" "sagemaker:ListAutoMLJobs",
    ListClusters = SageMaker "ListClusters" "sagemaker:ListClusters",
    ListCompilationJobs = SageMaker "ListCompilationJobs" "sagemaker:ListCompilationJobs",
    ListDataQualityJobDefinitions = SageMaker "ListDataQualityJobDefinitions" "sagemaker:ListDataQualityJobDefinitions",
    ListDeviceFleets = SageMaker "ListDeviceFleets" "sagemaker:ListDeviceFleets",
    ListDomains = SageMaker "ListDomains" "sagemaker:ListDomains",
    ListEdgePackagingJobs = SageMaker "ListEdgePackagingJobs" "sagemaker:ListEdgePackagingJobs",
    ListEndpointConfigs = SageMaker "ListEndpointConfigs" "sagemaker:ListEndpointConfigs",
    ListFeatureGroups = SageMaker "ListFeatureGroups" "sagemaker:ListFeatureGroups",
    ListFlowDefinitions = SageMaker "ListFlowDefinitions" "sagemaker:ListFlowDefinitions",
    ListHyperParameterTuningJobs = SageMaker "ListHyperParameterTuningJobs" "sagemaker:ListHyperParameterTuningJobs",
    ListImages = SageMaker "ListImages" "sagemaker:ListImages",
    ListInferenceExperiments = SageMaker "ListInferenceExperiments" "sagemaker:ListInferenceExperiments",
    ListInferenceRecommendationsJobs = SageMaker "ListInferenceRecommendationsJobs" "sagemaker:ListInferenceRecommendationsJobs",
    ListLabelingJobs = SageMaker "ListLabelingJobs" "sagemaker:ListLabelingJobs",
    ListMlflowApps = SageMaker "ListMlflowApps" "sagemaker:ListMlflowApps",
    ListModelBiasJobDefinitions = SageMaker "ListModelBiasJobDefinitions" "sagemaker:ListModelBiasJobDefinitions",
    ListModelCards = SageMaker "ListModelCards" "sagemaker:ListModelCards",
    ListModelExplainabilityJobDefinitions = SageMaker "ListModelExplainabilityJobDefinitions" "sagemaker:ListModelExplainabilityJobDefinitions",
    ListModelPackageGroups = SageMaker "ListModelPackageGroups" "sagemaker:ListModelPackageGroups",
    ListModelPackages = SageMaker "ListModelPackages" "sagemaker:ListModelPackages",
    ListModelQualityJobDefinitions = SageMaker "ListModelQualityJobDefinitions" "sagemaker:ListModelQualityJobDefinitions",
    ListModels = SageMaker "ListModels" "sagemaker:ListModels",
    ListMonitoringSchedules = SageMaker "ListMonitoringSchedules" "sagemaker:ListMonitoringSchedules",
    ListNotebookInstances = SageMaker "ListNotebookInstances" "sagemaker:ListNotebookInstances",
    ListOptimizationJobs = SageMaker "ListOptimizationJobs" "sagemaker:ListOptimizationJobs",
    ListPartnerApps = SageMaker "ListPartnerApps" "sagemaker:ListPartnerApps",
    ListProcessingJobs = SageMaker "ListProcessingJobs" "sagemaker:ListProcessingJobs",
    ListStudioLifecycleConfigs = SageMaker "ListStudioLifecycleConfigs" "sagemaker:ListStudioLifecycleConfigs",
    ListTags = SageMaker "ListTags" "sagemaker:ListTags",
    ListTrainingJobs = SageMaker "ListTrainingJobs" "sagemaker:ListTrainingJobs",
    ListTransformJobs = SageMaker "ListTransformJobs" "sagemaker:ListTransformJobs",
    ListUserProfiles = SageMaker "ListUserProfiles" "sagemaker:ListUserProfiles",
    ListWorkforces = SageMaker "ListWorkforces" "sagemaker:ListWorkforces",
    Search = SageMaker "Search" "sagemaker:Search",
    AssumeRole = Sts "AssumeRole" "sts:AssumeRole",
    GetCallerIdentity = Sts "GetCallerIdentity" "sts:GetCallerIdentity",
}

impl Operation {
    /// Whether a text is its action, or its service with its own name.
    pub(super) fn is_called(self, text: &str) -> bool {
        let service = self.action().split(':').next();
        text == self.action()
            || (text.split_once(':').is_some_and(|(of, name)| Some(of) == service && name == self.name()))
    }

    /// The member that holds the page of a listing, if it is one.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other operation is a listing of the inventory or none")]
    pub(super) fn page_member(self) -> Option<&'static str> {
        match self {
            Self::ListRegions => Some("Regions"),
            Self::ListAccounts | Self::ListAccountsForParent => Some("Accounts"),
            Self::ListOrganizationalUnitsForParent => Some("OrganizationalUnits"),
            Self::ListRoots => Some("Roots"),
            Self::ListTagsForResource | Self::ListTags => Some("Tags"),
            Self::ListTrainingJobs => Some("TrainingJobSummaries"),
            Self::Search => Some("Results"),
            operation => inventory::lines_of(operation),
        }
    }
}
