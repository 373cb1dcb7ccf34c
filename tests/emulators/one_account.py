"""A night of the program on one account: some jobs in one emulator, the lake on this machine or in another emulator."""

import os
import subprocess

import boto3

ACCOUNT = "123456789012"
REGION = "eu-central-1"
JOBS = 6
RUN_SECONDS = 300


def make_jobs(endpoint):
    """Some training jobs, one of them in isolation."""
    client = boto3.Session("testing", "testing", region_name=REGION).client("sagemaker", endpoint_url=endpoint)
    for number in range(JOBS):
        client.create_training_job(
            TrainingJobName=f"job-{number}",
            AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/training-{number % 2}",
            OutputDataConfig={"S3OutputPath": "s3://models/output"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
            EnableNetworkIsolation=number == 0,
            Tags=[{"Key": "owner", "Value": "team"}, {"Key": "sagemaker:project-name", "Value": "churn"}],
        )


def night(program, folder, destination, audited, lake=None):
    """Runs the program once; its standard output, which are its lines of metrics."""
    config = folder / "sagesweep.toml"
    config.write_text(
        f'[organization]\naccounts = ["{ACCOUNT}"]\n[role]\nname = "sagesweep-audit"\n[regions]\ninclude = ["{REGION}"]\n'
        f'[lake]\ndestination = "{destination}"\n[metrics]\nemf = true\n'
    )
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_ENDPOINT_URL": audited,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # What the emulator answers in full.
        "SAGESWEEP_CHECKS_INCLUDE": "training-job-network-isolation,training-job-vpc",
    }
    if lake:
        environment["AWS_ENDPOINT_URL_S3"] = lake
    command = [str(program), "run", "--config", str(config)]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=RUN_SECONDS)
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout
