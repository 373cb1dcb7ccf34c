"""Resources of other types than training jobs: of each a good one and a bad one, and what every check must say of them."""

import base64
import json
from dataclasses import dataclass

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1"
ROLE = "arn:aws:iam::111111111111:role/service"
VPC = {"Subnets": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}
OUTPUT = {"OutputName": "out", "S3Output": {"S3Uri": "s3://out/x", "LocalPath": "/opt/ml", "S3UploadMode": "EndOfJob"}}
TOKEN = "ghp_" + "R4nd0mLettersAndD1gits0fTh1rtySix8xQ"


@dataclass
class Made:
    """A resource, by its name, and the status of each check of its type."""

    resource_type: str
    name: str
    verdicts: dict


def make(sagemaker, key):
    """Makes everything in one account and region, and tells what was made; `key` is a good key."""
    makers = (notebooks, models, endpoint_configs, processing_jobs, transform_jobs, tuning_jobs, compilation_jobs, domains, groups)
    makers += (cards, clusters, definitions)
    return [made for maker in makers for made in maker(sagemaker, key)]


def script(text):
    return [{"Content": base64.b64encode(text.encode()).decode()}]


def notebooks(sagemaker, key):
    for name, text in (("clean", "pip install boto3\n"), ("leaky", f"export GITHUB_TOKEN={TOKEN}\n")):
        sagemaker.create_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=name, OnStart=script(text))
    sagemaker.create_notebook_instance(
        NotebookInstanceName="good-notebook",
        InstanceType="ml.t2.medium",
        RoleArn=ROLE,
        KmsKeyId=key,
        SubnetId=VPC["Subnets"][0],
        DirectInternetAccess="Disabled",
        RootAccess="Disabled",
        LifecycleConfigName="clean",
        PlatformIdentifier="notebook-al2023-v1",
        InstanceMetadataServiceConfiguration={"MinimumInstanceMetadataServiceVersion": "2"},
    )
    sagemaker.create_notebook_instance(
        NotebookInstanceName="bad-notebook",
        InstanceType="ml.t2.medium",
        RoleArn=ROLE,
        DirectInternetAccess="Enabled",
        RootAccess="Enabled",
        LifecycleConfigName="leaky",
        PlatformIdentifier="notebook-al1-v1",
        InstanceMetadataServiceConfiguration={"MinimumInstanceMetadataServiceVersion": "1"},
    )
    checks = ("customer-managed-keys", "direct-internet-access", "lifecycle-secrets", "root-access", "vpc")
    for made in both("AWS::SageMaker::NotebookInstance", "notebook-instance", "notebook", checks):
        # The emulator forgets these two; without a choice the first version of the metadata service is taken.
        made.verdicts |= {"notebook-instance-imdsv2": "FAIL", "notebook-instance-platform": "UNKNOWN"}
        yield made


def models(sagemaker, _key):
    private = {"Image": IMAGE, "ImageConfig": {"RepositoryAccessMode": "Vpc"}, "Environment": {"STAGE": "prod"}}
    leaky = {"Image": IMAGE, "Environment": {"GITHUB_TOKEN": TOKEN}}
    sagemaker.create_model(ModelName="good-model", ExecutionRoleArn=ROLE, PrimaryContainer=private, VpcConfig=VPC)
    sagemaker.create_model(ModelName="bad-model", ExecutionRoleArn=ROLE, Containers=[private, leaky])
    # The emulator forgets the isolation of a model.
    verdicts = {f"model-{control}": "PASS" for control in ("private-registry", "secrets", "vpc")}
    yield Made("AWS::SageMaker::Model", "good-model", verdicts | {"model-network-isolation": "FAIL"})
    yield Made("AWS::SageMaker::Model", "bad-model", dict.fromkeys((*verdicts, "model-network-isolation"), "FAIL"))


def endpoint_configs(sagemaker, key):
    def variant(**settings):
        return {"VariantName": f"v{len(settings)}", "ModelName": "good-model"} | settings

    def capture(**settings):
        fixed = {"InitialSamplingPercentage": 1, "DestinationS3Uri": "s3://captured/x", "CaptureOptions": [{"CaptureMode": "Input"}]}
        return {"EnableCapture": True} | fixed | settings

    instances = {"InitialInstanceCount": 2, "InstanceType": "ml.m4.xlarge"}
    create = sagemaker.create_endpoint_config
    create(EndpointConfigName="good-endpoint", KmsKeyId=key, ProductionVariants=[variant(**instances)], DataCaptureConfig=capture(KmsKeyId=key))
    create(EndpointConfigName="bad-endpoint", ProductionVariants=[variant(**instances | {"InitialInstanceCount": 1})], DataCaptureConfig=capture())
    serverless = {"ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 1}}
    create(EndpointConfigName="serverless-endpoint", ProductionVariants=[variant(**serverless)])
    known, absent = ("volume-key", "data-capture-key", "instance-count"), ("async-output-key", "core-dump-key", "network-isolation", "vpc")
    nothing = {f"endpoint-config-{control}": "NOT_APPLICABLE" for control in absent}
    for name, status in (("good", "PASS"), ("bad", "FAIL"), ("serverless", "NOT_APPLICABLE")):
        verdicts = {f"endpoint-config-{control}": status for control in known}
        yield Made("AWS::SageMaker::EndpointConfig", f"{name}-endpoint", verdicts | nothing)


def processing_jobs(sagemaker, key):
    def create(name, output, network, environment):
        sagemaker.create_processing_job(
            ProcessingJobName=name,
            RoleArn=ROLE,
            AppSpecification={"ImageUri": IMAGE},
            ProcessingResources={"ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 10}},
            ProcessingOutputConfig={"Outputs": [OUTPUT]} | output,
            NetworkConfig=network,
            Environment=environment,
        )

    network = {"EnableNetworkIsolation": True, "EnableInterContainerTrafficEncryption": True, "VpcConfig": VPC}
    create("good-processing", {"KmsKeyId": key}, network, {"STAGE": "prod"})
    create("bad-processing", {}, {"EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False}, {"GITHUB_TOKEN": TOKEN})
    # The emulator forgets what the job runs on, and its environment.
    for name, status, encrypted in (("good", "PASS", "UNKNOWN"), ("bad", "FAIL", "UNKNOWN")):
        yield Made(
            "AWS::SageMaker::ProcessingJob",
            f"{name}-processing",
            {
                "processing-job-network-isolation": status,
                "processing-job-vpc": status,
                "processing-job-inter-container-encryption": "PASS" if status == "PASS" else encrypted,
                "processing-job-customer-managed-keys": encrypted if status == "PASS" else "FAIL",
                "processing-job-secrets": "NOT_APPLICABLE",
            },
        )


def transform_jobs(sagemaker, key):
    def create(name, output, volume, **more):
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://in/x"}}
        sagemaker.create_transform_job(
            TransformJobName=name,
            ModelName="good-model",
            TransformInput={"DataSource": source},
            TransformOutput={"S3OutputPath": "s3://out/x"} | output,
            TransformResources={"InstanceType": "ml.m5.xlarge", "InstanceCount": 1} | volume,
            **more,
        )

    create("good-transform", {"KmsKeyId": key}, {"VolumeKmsKeyId": key}, Environment={"STAGE": "prod"})
    create("bad-transform", {"KmsKeyId": "alias/aws/s3"}, {"VolumeKmsKeyId": key}, Environment={"GITHUB_TOKEN": TOKEN})
    yield from both("AWS::SageMaker::TransformJob", "transform-job", "transform", ("customer-managed-keys", "secrets"))


def tuning_jobs(sagemaker, key):
    def definition(name, **settings):
        return {
            "DefinitionName": name,
            "StaticHyperParameters": {},
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": "s3://out/x", "KmsKeyId": key},
            "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 2, "VolumeSizeInGB": 1, "VolumeKmsKeyId": key},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            "EnableNetworkIsolation": True,
            "EnableInterContainerTrafficEncryption": True,
            "VpcConfig": VPC,
        } | settings

    tuning = {"Strategy": "Bayesian", "ResourceLimits": {"MaxParallelTrainingJobs": 1}}
    open_network = {"EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": False, "VpcConfig": None}
    bare = {"OutputDataConfig": {"S3OutputPath": "s3://out/x"}} | open_network
    worse = {name: value for name, value in definition("second", **bare).items() if value is not None}
    create = sagemaker.create_hyper_parameter_tuning_job
    create(HyperParameterTuningJobName="good-tuning", HyperParameterTuningJobConfig=tuning, TrainingJobDefinition=definition("only"))
    # One of several definitions is enough to fail.
    create(HyperParameterTuningJobName="bad-tuning", HyperParameterTuningJobConfig=tuning, TrainingJobDefinitions=[definition("first"), worse])
    checks = ("customer-managed-keys", "inter-container-encryption", "network-isolation", "vpc")
    yield from both("AWS::SageMaker::HyperParameterTuningJob", "hyper-parameter-tuning-job", "tuning", checks)


def compilation_jobs(sagemaker, key):
    def create(name, output, **more):
        sagemaker.create_compilation_job(
            CompilationJobName=name,
            RoleArn=ROLE,
            InputConfig={"S3Uri": "s3://in/x", "Framework": "PYTORCH"},
            OutputConfig={"S3OutputLocation": "s3://out/x", "TargetDevice": "ml_m5"} | output,
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            **more,
        )

    create("good-compilation", {"KmsKeyId": key}, VpcConfig=VPC)
    create("bad-compilation", {"KmsKeyId": ""})
    yield from both("AWS::SageMaker::CompilationJob", "compilation-job", "compilation", ("customer-managed-keys", "vpc"))


def domains(sagemaker, key):
    sharing = {"NotebookOutputOption": "Allowed", "S3OutputPath": "s3://shared/x"}
    place = {"SubnetIds": VPC["Subnets"], "VpcId": "vpc-0123456789abcdef0"}
    sagemaker.create_domain(
        DomainName="good-domain",
        AuthMode="SSO",
        AppNetworkAccessType="VpcOnly",
        KmsKeyId=key,
        DefaultUserSettings={"ExecutionRole": ROLE, "SharingSettings": sharing | {"S3KmsKeyId": key}},
        Tags=[{"Key": "owner", "Value": "ml"}],
        **place,
    )
    sagemaker.create_domain(
        DomainName="bad-domain",
        AuthMode="IAM",
        AppNetworkAccessType="PublicInternetOnly",
        DefaultUserSettings={"ExecutionRole": ROLE, "SharingSettings": sharing},
        DomainSettings={"DockerSettings": {"EnableDockerAccess": "ENABLED"}},
        **place,
    )
    checks = {f"domain-{control}": "PASS" for control in ("customer-managed-keys", "output-keys", "sso", "tagged", "vpc-only", "docker-access")}
    yield Made("AWS::SageMaker::Domain", "d-good-domain", checks)
    # Asked for the tags of what was made without, the emulator fails.
    yield Made("AWS::SageMaker::Domain", "d-bad-domain", dict.fromkeys(checks, "FAIL") | {"domain-tagged": "UNKNOWN"})


def groups(sagemaker, _key):
    for name, approval in (("good-group", "Approved"), ("bad-group", "Rejected")):
        sagemaker.create_model_package_group(ModelPackageGroupName=name)
        sagemaker.create_model_package(ModelPackageGroupName=name, ModelApprovalStatus=approval)
    yield from both("AWS::SageMaker::ModelPackageGroup", "model-package-group", "group", ("approved-package",))


def cards(sagemaker, key):
    content = json.dumps({})
    sagemaker.create_model_card(ModelCardName="good-card", Content=content, ModelCardStatus="Draft", SecurityConfig={"KmsKeyId": key})
    sagemaker.create_model_card(ModelCardName="bad-card", Content=content, ModelCardStatus="Draft")
    yield from both("AWS::SageMaker::ModelCard", "model-card", "card", ("customer-managed-keys",))


def clusters(sagemaker, _key):
    # The emulator knows no key of an instance group.
    group = {
        "InstanceGroupName": "workers",
        "InstanceCount": 1,
        "InstanceType": "ml.m5.xlarge",
        "LifeCycleConfig": {"SourceS3Uri": "s3://sagemaker-scripts/x", "OnCreate": "create.sh"},
        "ExecutionRole": ROLE,
        "ThreadsPerCore": 1,
    }
    sagemaker.create_cluster(ClusterName="good-cluster", InstanceGroups=[group], VpcConfig=VPC)
    sagemaker.create_cluster(ClusterName="bad-cluster", InstanceGroups=[group])
    for name, status in (("good-cluster", "PASS"), ("bad-cluster", "FAIL")):
        yield Made("AWS::SageMaker::Cluster", name, {"cluster-vpc": status, "cluster-customer-managed-keys": "FAIL"})


def definitions(sagemaker, key):
    kinds = (
        ("data_quality", "DataQuality", {"DataQualityAppSpecification": {"ImageUri": IMAGE}}),
        ("model_bias", "ModelBias", {"ModelBiasAppSpecification": {"ImageUri": IMAGE, "ConfigUri": "s3://in/config"}}),
        ("model_explainability", "ModelExplainability", {"ModelExplainabilityAppSpecification": {"ImageUri": IMAGE, "ConfigUri": "s3://in/config"}}),
        ("model_quality", "ModelQuality", {"ModelQualityAppSpecification": {"ImageUri": IMAGE, "ProblemType": "Regression"}}),
    )
    endpoint = {"EndpointInput": {"EndpointName": "endpoint", "LocalPath": "/opt/ml"}}
    truth = {"GroundTruthS3Input": {"S3Uri": "s3://in/truth"}}
    outputs = {"MonitoringOutputs": [{"S3Output": {"S3Uri": "s3://out/x", "LocalPath": "/opt/ml"}}]}
    for operation, kind, application in kinds:
        needs_truth = kind in ("ModelBias", "ModelQuality")

        def create(name, output, volume, network, operation=operation, kind=kind, application=application, needs_truth=needs_truth):
            cluster = {"InstanceCount": 2, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 1} | volume
            getattr(sagemaker, f"create_{operation}_job_definition")(
                **{
                    "JobDefinitionName": name,
                    f"{kind}JobInput": endpoint | (truth if needs_truth else {}),
                    f"{kind}JobOutputConfig": outputs | output,
                    "JobResources": {"ClusterConfig": cluster},
                    "NetworkConfig": network,
                    "RoleArn": ROLE,
                }
                | application
            )

        slug = operation.replace("_", "-")
        create(f"good-{slug}", {"KmsKeyId": key}, {"VolumeKmsKeyId": key}, {"EnableNetworkIsolation": True, "EnableInterContainerTrafficEncryption": True})
        create(f"bad-{slug}", {"KmsKeyId": key}, {}, {"EnableNetworkIsolation": False})
        checks = ("customer-managed-keys", "inter-container-encryption", "network-isolation")
        yield from both(f"AWS::SageMaker::{kind}JobDefinition", f"{slug}-job-definition", slug, checks)


def both(resource_type, slug, name, controls):
    """A resource of which all controls hold, and one of which none does."""
    for prefix, status in (("good", "PASS"), ("bad", "FAIL")):
        yield Made(resource_type, f"{prefix}-{name}", {f"{slug}-{control}": status for control in controls})
