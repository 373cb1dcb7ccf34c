"""The state machine as it is deployed, run by an interpreter that others wrote, with the program as its tasks."""

import itertools
import json
import re
import shlex
import time
from collections import Counter
from pathlib import Path

import container
import pytest
from lake import Lake, difference
from organization import REGIONS
from stacks import SHARDS, SHARDS_AT_ONCE

NIGHT_SECONDS = 400
# An account for each shard.
UNIT, NAMES = "/Workloads", {"prod", "prod-eu", "dev", "quiet"}
# What truth.py knows the answers of.
KNOWN = "training-job-customer-managed-keys,training-job-inter-container-encryption,training-job-network-isolation,training-job-vpc"


class Night:
    """The deployed stack."""

    def __init__(self, cloud, outputs):
        self.cloud, self.outputs = cloud, outputs
        self.machine = outputs["StateMachineArn"]
        self.states = cloud.client("stepfunctions")
        sqs, sns = cloud.client("sqs"), cloud.client("sns")
        self.sqs, self.queue = sqs, sqs.create_queue(QueueName="told")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=outputs["AlarmTopicArn"], Protocol="sqs", Endpoint=arn)

    def run(self, **given):
        """How an execution ended, after it did, and the commands of its tasks."""
        before = len(self.cloud.tasks())
        ended = self.ended(self.states.start_execution(stateMachineArn=self.machine, input=json.dumps(given))["executionArn"])
        return ended, [task["command"] for task in self.cloud.tasks()[before:]]

    def scheduled(self, at):
        """Starts the night as EventBridge Scheduler does, with what the schedule gives it, and waits for the start."""
        schedule = self.cloud.client("scheduler").get_schedule(Name="sagesweep-night")
        given = schedule["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", at)
        return self.ended(self.states.start_execution(stateMachineArn=self.machine, input=given)["executionArn"])

    def ended(self, arn):
        """How an execution ended, after it did."""
        deadline = time.monotonic() + NIGHT_SECONDS
        while time.monotonic() < deadline:
            ended = self.states.describe_execution(executionArn=arn)
            if ended["status"] != "RUNNING":
                return ended
            time.sleep(0.2)
        raise TimeoutError(f"the night was not over after {NIGHT_SECONDS} s")

    def capacity(self, commands, words):
        """Where the last tasks ran whose command has these words, in order."""
        run_id = next(command[2] for command in commands)
        return [task["capacityProviderName"] for task in self.described(run_id, *words)]

    def described(self, *words):
        """The tasks that are over whose command has these words, the first one first."""
        ecs, cluster, arns = self.cloud.client("ecs"), self.outputs["ClusterArn"], []
        for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster, desiredStatus="STOPPED"):
            arns += page["taskArns"]
        batches = [ecs.describe_tasks(cluster=cluster, tasks=arns[first : first + 100])["tasks"] for first in range(0, len(arns), 100)]
        tasks = sorted(itertools.chain(*batches), key=lambda task: task["createdAt"])
        return [task for task in tasks if set(words) <= set(task["overrides"]["containerOverrides"][0]["command"])]

    def told(self, expected=0):
        """The messages of the topic since the last time; so many are waited for, and a moment for more."""
        texts, patience = [], 10
        while patience > 0:
            received = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
            for message in received:
                texts.append(json.loads(message["Body"])["Message"])
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            patience = patience - 1 if len(texts) < expected else 0 if not received else 1
        return texts

    def tables(self, folder):
        """The lake in the deployed bucket."""
        s3, bucket = self.cloud.client("s3"), self.outputs["BucketName"]
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="sagesweep/v1/"):
            for item in page.get("Contents", []):
                path = Path(folder) / item["Key"].removeprefix("sagesweep/")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read())
        return Lake(folder)


@pytest.fixture(scope="module")
def night(cloud, stack, endpoint, seeded):
    if not container.is_possible():
        pytest.skip("nobody may mount anything on this machine")
    cloud.give({
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ENDPOINT_URL_S3": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAGESWEEP_ORGANIZATION_INCLUDE_OUS": UNIT,
        "SAGESWEEP_REGIONS_INCLUDE": ",".join(REGIONS),
        "SAGESWEEP_CHECKS_INCLUDE": KNOWN,
        # For so long the next attempt looks whether what was killed still lives.
        "SAGESWEEP_LAKE_LEASE_SECONDS": "3",
    })
    return Night(cloud, stack)


def test_the_command_of_the_doctor_has_the_task_itself_examine_what_a_night_needs(night):
    words = shlex.split(night.outputs["DoctorCommand"])
    assert words[:3] == ["aws", "ecs", "run-task"]
    given = dict(zip(words[3::2], words[4::2], strict=True))
    # Each option of the command is used, as the command line would read it.
    ecs, cluster = night.cloud.client("ecs"), given.pop("--cluster")
    assert (given.pop("--region"), given.pop("--query"), given.pop("--output")) == ("us-east-1", "tasks[0].taskArn", "text")
    provider = dict(pair.split("=") for pair in given.pop("--capacity-provider-strategy").split(","))
    asked = {
        "cluster": cluster,
        "taskDefinition": given.pop("--task-definition"),
        "capacityProviderStrategy": [provider | {"weight": int(provider["weight"])}],
        "networkConfiguration": json.loads(given.pop("--network-configuration")),
        "overrides": json.loads(given.pop("--overrides")),
    }
    assert not given
    # It is the task of a night: there, with what it runs as, and nothing but the command is another.
    machine = json.loads(night.states.describe_state_machine(stateMachineArn=night.machine)["definition"])
    of_a_night = machine["States"]["Publish"]["Arguments"]
    network = of_a_night["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert asked["networkConfiguration"] == {"awsvpcConfiguration": {key[0].lower() + key[1:]: value for key, value in network.items()}}
    assert len(network["Subnets"]) == 2 and network["AssignPublicIp"] == "DISABLED"
    assert (cluster, asked["taskDefinition"]) == (of_a_night["Cluster"].rpartition("/")[2], of_a_night["TaskDefinition"])
    assert [provider["capacityProvider"]] == [one["CapacityProvider"] for one in of_a_night["CapacityProviderStrategy"]]
    (task,) = ecs.run_task(**asked)["tasks"]
    deadline = time.monotonic() + NIGHT_SECONDS
    while ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"][0]["lastStatus"] != "STOPPED":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    logs = night.cloud.client("logs").filter_log_events(logGroupName=night.outputs["LogGroupName"], limit=10_000)
    text = "\n".join(event["message"] for event in logs["events"])
    assert f"s3://{night.outputs['BucketName']}/sagesweep" in text and "SAGESWEEP_LAKE_DESTINATION" in text, text
    (ended,) = ecs.describe_tasks(cluster=cluster, tasks=[task["taskArn"]])["tasks"]
    assert ended["containers"][0]["exitCode"] == 0, text


def scans(commands):
    return Counter(command[command.index("--shard") + 1] for command in commands if command[0] == "scan")


def test_a_killed_shard_goes_on_under_the_same_id_and_the_night_is_whole(night, seeded, tmp_path):
    night.cloud.kill((["scan", f"2/{SHARDS}"], "scan begins", 1))
    ended, commands = night.run()
    assert ended["status"] == "SUCCEEDED", ended
    output = json.loads(ended["output"])
    assert output["outcome"] == "COMPLETE", output
    assert scans(commands) == {f"{n}/{SHARDS}": 2 if n == 2 else 1 for n in range(1, SHARDS + 1)}
    assert {command[2] for command in commands} == {output["run_id"]}
    assert commands[-1] == ["publish", "--run-id", output["run_id"]]
    lake = night.tables(tmp_path)
    told = difference(seeded.truth(NAMES), lake.findings())
    assert not told, told
    assert [row["run_id"] for row in lake.rows("runs")] == [output["run_id"]]
    assert night.capacity(commands, ["scan", f"2/{SHARDS}"]) == ["FARGATE_SPOT", "FARGATE"]
    assert night.capacity(commands, ["publish"]) == ["FARGATE"]
    assert not night.told()


def test_a_night_that_is_started_twice_for_the_same_time_is_one_night(night, tmp_path):
    """EventBridge Scheduler starts at least once."""
    night.cloud.kill()
    at, before = "2026-11-25T03:15:00Z", len(night.cloud.tasks())
    started = [night.scheduled(at), night.scheduled(at)]
    assert [one["status"] for one in started] == ["SUCCEEDED", "SUCCEEDED"], started
    outputs = [json.loads(one["output"]) for one in started]
    assert [output["outcome"] for output in outputs] == ["BEGUN", "BEGUN_BEFORE"]
    (run_id,) = {output["run_id"] for output in outputs}
    assert re.fullmatch(r"20261125T031500Z-[0-9a-f]{4}", run_id)
    # Under the name of its run, which nobody gives again; and a start for another time is another night.
    arn = f"{night.machine.replace(':stateMachine:', ':execution:')}:{run_id}"
    ended = night.ended(arn)
    assert json.loads(ended["output"]) == {"run_id": run_id, "outcome": "COMPLETE"}, ended
    # Also long after it is over.
    assert json.loads(night.scheduled(at)["output"])["outcome"] == "BEGUN_BEFORE"
    commands = [task["command"] for task in night.cloud.tasks()[before:]]
    assert scans(commands) == {f"{n}/{SHARDS}": 1 for n in range(1, SHARDS + 1)}
    assert [command for command in commands if command[0] == "publish"] == [["publish", "--run-id", run_id]]
    assert [row["run_id"] for row in night.tables(tmp_path).rows("runs")].count(run_id) == 1
    assert not night.told()

    # As many tasks at once as were asked for, and not one more.
    spans = [(task["createdAt"], task["stoppedAt"]) for task in night.described(run_id, "scan")]
    assert len(spans) == SHARDS
    assert max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans) <= SHARDS_AT_ONCE


def test_a_night_that_was_due_at_no_time_pages(night):
    ended = night.scheduled("<aws.scheduler.unknown>")
    assert (ended["status"], ended["error"]) == ("FAILED", "NotATime"), ended
    told = night.told(1)
    assert len(told) == 1 and ended["executionArn"] in told[0], told


def test_a_publish_whose_end_nobody_heard_of_is_no_reason_to_page(night, tmp_path):
    night.cloud.kill((["publish"], "run published", 1))
    ended, commands = night.run()
    output = json.loads(ended["output"])
    assert (ended["status"], output["outcome"]) == ("SUCCEEDED", "COMPLETE"), ended
    assert [command[0] for command in commands[-2:]] == ["publish"] * 2
    assert [row["run_id"] for row in night.tables(tmp_path).rows("runs")].count(output["run_id"]) == 1
    assert not night.told()


def test_a_shard_that_dies_each_time_is_left_out_and_somebody_is_told(night, tmp_path):
    night.cloud.kill((["scan", f"3/{SHARDS}"], "scan begins", 9))
    ended, commands = night.run()
    output = json.loads(ended["output"])
    assert (ended["status"], output["outcome"], output["missing"]) == ("SUCCEEDED", "INCOMPLETE", [f"3/{SHARDS}"]), ended
    assert scans(commands)[f"3/{SHARDS}"] == 4
    # Published once, although it ended with 3: coverage is below the floor.
    assert [command for command in commands if command[0] == "publish"] == [["publish", "--run-id", output["run_id"], "--incomplete"]]
    lake = night.tables(tmp_path)
    run = lake.rows("runs", f"select * from t where run_id = '{output['run_id']}'")
    assert [row["status"] for row in run] == ["INCOMPLETE"]
    missing = f"select distinct account_id from t where run_id = '{output['run_id']}' and outcome = 'NOT_SCANNED'"
    assert len(lake.rows("coverage", missing)) == 1
    told = night.told(1)
    assert len(told) == 1 and output["run_id"] in told[0] and f"shards 3/{SHARDS}" in told[0], told


def test_a_publish_that_fails_is_tried_again_and_then_pages(night):
    night.cloud.kill((["publish"], "", 9))
    ended, commands = night.run()
    assert (ended["status"], ended["error"]) == ("FAILED", "NotPublished"), ended
    run_id = commands[-1][2]
    assert [command[0] for command in commands[-3:]] == ["publish"] * 3
    assert run_id in ended["cause"]
    told = night.told(1)
    assert len(told) == 1 and ended["executionArn"] in told[0] and "FAILED" in told[0], told

    # And the night goes on with what was scanned.
    night.cloud.kill()
    ended, again = night.run(run_id=run_id)
    assert json.loads(ended["output"]) == {"run_id": run_id, "outcome": "COMPLETE"}, ended
    assert {command[2] for command in again} == {run_id}
    assert not night.told()
