"""What SNS and EventBridge get of a run: one digest each, however often it is published or told."""

import json

import boto3
import pytest
from moto_server import moto
from seed import MANAGEMENT

ALONE = f'[organization]\naccounts = ["{MANAGEMENT}"]\n'
REGION = "eu-central-1"
SECRET = "s3cr3t-of-the-hook"


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    """A server of its own: its address, and a way to make clients of it in a region that is not the program's."""
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION)
    with moto(tmp_path_factory.mktemp("notify")) as address:
        yield address, lambda service: session.client(service, endpoint_url=address)


def queue(client, name, **attributes):
    """The URL and the ARN of a queue."""
    url = client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def received(client, url):
    """Every message of a queue, each taken out of it."""
    bodies = []
    while messages := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            bodies.append(json.loads(message["Body"]))
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def run_of(audit):
    rows = audit.call("query", "SELECT run_id FROM runs", "--format", "json").stdout.splitlines()
    (row,) = map(json.loads, rows)
    return row["run_id"]


@pytest.mark.parametrize("name", ["digests", "digests.fifo"])
def test_a_topic_gets_one_digest_though_it_is_published_and_told_twice(clients, audit_at, name):
    endpoint, client = clients
    fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
    topic = client("sns").create_topic(Name=name, Attributes={"FifoTopic": "true"} if fifo else {})["TopicArn"]
    url, arn = queue(client, name, **fifo)
    client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    audit = audit_at(endpoint)
    audit.configure(ALONE + f'[notify]\nsns_topic = "{topic}"\n')
    done = audit.call("run")
    assert done.returncode == 0, done.stderr
    run_id = run_of(audit)
    assert audit.call("publish", "--run-id", run_id).returncode == 0
    assert audit.call("notify", run_id).returncode == 0

    (message,) = received(client, url)
    assert message["TopicArn"] == topic and message["Subject"].startswith("sagesweep ")
    digest = json.loads(message["Message"])
    assert digest["run"]["run_id"] == run_id and digest["coverage"]["percent"] is not None
    assert message["MessageAttributes"]["run_id"]["Value"] == run_id

    # Also where a topic drops what it has seen.
    assert audit.call("notify", "--again", run_id).returncode == 0
    assert len(received(client, url)) == 1


def test_a_rule_of_the_bus_sees_one_event(clients, audit_at):
    endpoint, client = clients
    bus = client("events").create_event_bus(Name="audit")["EventBusArn"]
    url, arn = queue(client, "events")
    pattern = {"source": ["sagesweep"], "detail-type": ["sagesweep Run Published"]}
    client("events").put_rule(Name="runs", EventBusName="audit", EventPattern=json.dumps(pattern))
    client("events").put_targets(Rule="runs", EventBusName="audit", Targets=[{"Id": "queue", "Arn": arn}])
    audit = audit_at(endpoint)
    audit.configure(ALONE + f'[notify]\nevent_bus = "{bus}"\n')
    assert audit.call("run").returncode == 0
    run_id = run_of(audit)
    assert audit.call("notify", run_id).returncode == 0
    (event,) = received(client, url)
    assert (event["source"], event["detail"]["run"]["run_id"]) == ("sagesweep", run_id)


def test_a_topic_that_is_not_there_is_said_and_the_run_is_as_it_was(clients, audit_at):
    endpoint, _ = clients
    audit = audit_at(endpoint)
    audit.configure(ALONE + f'[notify]\nsns_topic = "arn:aws:sns:{REGION}:123456789012:none"\n')
    done = audit.call("run")
    assert done.returncode == 0
    (warning,) = [json.loads(line) for line in done.stderr.splitlines() if '"WARN"' in line and "not told" in line]
    assert "notify.sns_topic" in json.dumps(warning) and "sagesweep iam-policy task" in json.dumps(warning)
    assert audit.call("notify").returncode == 4


def test_the_url_of_a_webhook_may_be_in_a_secret_and_is_shown_nowhere(clients, audit_at):
    endpoint, client = clients
    # Nobody listens there, which is told without the URL.
    secret = client("secretsmanager").create_secret(Name="audit/webhook", SecretString=f"http://127.0.0.1:9/{SECRET}")["ARN"]
    audit = audit_at(endpoint)
    audit.configure(ALONE + f'[notify]\nwebhook = "{secret}"\n')
    done = audit.call("run", RUST_LOG="trace")
    assert done.returncode == 0 and "not told" in done.stderr
    shown = audit.call("config")
    assert secret in shown.stdout
    assert SECRET not in done.stdout + done.stderr + shown.stdout
