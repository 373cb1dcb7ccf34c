"""A night of the program: it audits an account of one emulator into a bucket of another, and writes its lines of metrics."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import boto3

TESTS = Path(__file__).parents[1]
sys.path.append(str(TESTS / "sql"))

from emulator import REGION, ministack  # noqa: E402, F401

ACCOUNT = "123456789012"
JOBS = 4
RUN_SECONDS = 300


def moto(folder):
    """The emulator that is audited. Other folders of tests have a module of the same name, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("server_of_moto", TESTS / "moto" / "server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.moto(folder)


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
