"""The alarms: on the metrics that a run really writes, created in emulators, and evaluated over made-up nights."""

import json
import re
import time
import tomllib
from pathlib import Path

import boto3
import pytest
from ministack_server import ministack
from moto_server import moto
from one_account import ACCOUNT, REGION, make_jobs, night
from resolved import Resolved
from template import load

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:sagesweep"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:pager"
EMAIL = {"AlarmEmail": "someone@example.com"}
CONFIG = tomllib.loads((Path(__file__).parents[2] / "config" / "sagesweep.toml").read_text())
ALARM = "AWS::CloudWatch::Alarm"
DAY = 86_400


def alarms(**parameters):
    """The alarms by logical id."""
    return Resolved("alarms.yaml", **EMAIL | parameters).resources(ALARM)


BY_MACHINE, BY_COMMAND = alarms(StateMachineArn=MACHINE), alarms()
ALL = BY_MACHINE | BY_COMMAND


def metrics(alarm):
    """The metrics that an alarm reads, by the id in its expressions."""
    if "MetricName" in alarm:
        return {"metric": {"Namespace": alarm["Namespace"], "MetricName": alarm["MetricName"], **_one(alarm)}}
    read = {query["Id"]: query["MetricStat"] for query in alarm["Metrics"] if "MetricStat" in query}
    return {name: stat["Metric"] | {"Stat": stat["Stat"], "Period": stat["Period"]} for name, stat in read.items()}


def _one(alarm):
    return {"Stat": alarm["Statistic"], "Period": alarm["Period"], "Dimensions": alarm.get("Dimensions", [])}


@pytest.fixture(scope="module")
def written(tmp_path_factory, program):
    """The lines of metrics of a run."""
    with moto(tmp_path_factory.mktemp("moto")) as audited:
        make_jobs(audited)
        folder = tmp_path_factory.mktemp("run")
        lines = night(program, folder, str(folder / "lake"), audited)
    return [json.loads(line) for line in lines.splitlines()]


def test_someone_must_be_told():
    (rule,) = load("alarms.yaml")["Rules"].values()
    told = {"AlarmTopicArn": TOPIC, "AlarmEmail": "someone@example.com"}
    for given in ({}, {"AlarmEmail": told["AlarmEmail"]}, {"AlarmTopicArn": told["AlarmTopicArn"]}):
        resolved = Resolved("alarms.yaml", **given)
        assert all(resolved.evaluate(each["Assert"]) for each in rule["Assertions"]) is bool(given)


@pytest.mark.parametrize("name", ALL)
def test_an_alarm_reads_what_a_run_writes(name, written):
    declared = [(line["_aws"]["CloudWatchMetrics"], line) for line in written]
    known = {
        (made["Namespace"], metric["Name"])
        for directives, line in declared
        for made in directives
        for metric in made["Metrics"]
        # Of the whole run: without a dimension, and with a value in the line.
        if [] in made["Dimensions"] and isinstance(line[metric["Name"]], int | float)
    }
    for metric in metrics(ALL[name]).values():
        if metric["Namespace"] == "AWS/States":
            assert metric["MetricName"] in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
            assert metric["Dimensions"] == [{"Name": "StateMachineArn", "Value": MACHINE}]
        else:
            assert not metric.get("Dimensions")
            assert (metric["Namespace"], metric["MetricName"]) in known


def test_what_is_not_configured_here_is_as_the_program_has_it():
    parameters = load("alarms.yaml")["Parameters"]
    assert parameters["MetricNamespace"]["Default"] == CONFIG["metrics"]["namespace"]
    assert parameters["CoverageFloorPercent"]["Default"] == CONFIG["coverage"]["floor_percent"]


@pytest.mark.parametrize("name", ALL)
def test_an_alarm_keeps_to_what_cloudwatch_evaluates(name):
    alarm = ALL[name]
    periods = {metric["Period"] for metric in metrics(alarm).values()}
    assert len(periods) == 1, "all metrics of an alarm have one period"
    (period,) = periods
    assert period % 60 == 0 and period * alarm["EvaluationPeriods"] <= (7 * DAY if period >= 3600 else DAY)
    returned = [query["Id"] for query in alarm.get("Metrics", []) if query["ReturnData"]]
    assert len(returned) == ("Metrics" in alarm) + ("ThresholdMetricId" in alarm)
    assert alarm["AlarmActions"] == ["Topic"] and len(alarm["AlarmDescription"]) <= 1024
    assert alarm["AlarmName"].startswith("sagesweep-")


def test_there_is_one_alarm_for_each_thing_that_goes_wrong():
    same = {"NoPublishedRun", "CoverageBelowFloor", "ThrottledShare", "NightTooLong", "NightsGetLonger"}
    assert set(BY_MACHINE) == same | {"RunFailed"} and set(BY_COMMAND) == same | {"CommandFailed"}


# What happens, hour by hour: the sum or the extreme of each metric, where it was written.
def state(name, hours, now, before="OK"):
    """The state of an alarm at an hour, given the figures of hours; without a band, which only CloudWatch learns."""
    alarm = ALL[name]
    read = metrics(alarm)
    (period,) = {metric["Period"] for metric in read.values()}
    points = []
    for back in range(alarm["EvaluationPeriods"]):
        end = now - back * period / 3600
        values = {id: _point(metric, hours, end - period / 3600, end) for id, metric in read.items()}
        expressions = [query["Expression"] for query in alarm.get("Metrics", []) if "Expression" in query]
        points.append(_computed(expressions[0], values) if expressions else values["metric"])
    breaching = [_breaches(alarm, point) for point in points]
    if all(breach is None for breach in breaching):
        return {"ignore": before, "breaching": "ALARM", "notBreaching": "OK"}[alarm["TreatMissingData"]]
    enough = alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"])
    return "ALARM" if sum(bool(breach) for breach in breaching) >= enough else "OK"


def _point(metric, hours, begin, end):
    found = [figures[metric["MetricName"]] for hour, figures in hours.items() if begin < hour <= end and metric["MetricName"] in figures]
    return {"Sum": sum, "Minimum": min, "Maximum": max}[metric["Stat"]](found) if found else None


def _computed(expression, values):
    """The expression in Python, whose arithmetic is the same; nothing where a value is missing or something divided by 0."""
    fill = {"FILL": lambda value, other: other if value is None else value}
    try:
        return eval(expression, {"__builtins__": {}}, fill | values)
    except (TypeError, ZeroDivisionError):
        return None


def _breaches(alarm, point):
    if point is None:
        return None
    threshold = float(alarm["Threshold"])
    return {
        "LessThanThreshold": point < threshold,
        "GreaterThanThreshold": point > threshold,
        "GreaterThanOrEqualToThreshold": point >= threshold,
    }[alarm["ComparisonOperator"]]


def test_a_night_that_is_missing_is_told_after_26_hours():
    nights = {hour: {"Published": 1} for hour in (3, 27, 51)}
    assert state("NoPublishedRun", {}, 0) == "ALARM"
    assert all(state("NoPublishedRun", nights, hour) == "OK" for hour in range(26, 77))
    assert all(state("NoPublishedRun", nights, hour) == "ALARM" for hour in range(77, 200))
    # One that came to nothing is none.
    assert state("NoPublishedRun", nights | {75: {"Published": 0}}, 78) == "ALARM"


def test_coverage_stays_bad_until_a_night_is_better():
    assert state("CoverageBelowFloor", {3: {"CoveragePercent": 94.9}}, 3) == "ALARM"
    assert state("CoverageBelowFloor", {3: {"CoveragePercent": 94.9}}, 20, before="ALARM") == "ALARM"
    assert state("CoverageBelowFloor", {27: {"CoveragePercent": 95.0}}, 27, before="ALARM") == "OK"


@pytest.mark.parametrize("metric", ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"])
def test_each_failed_execution_is_told(metric):
    assert state("RunFailed", {3: {metric: 1}}, 3) == "ALARM"
    assert state("RunFailed", {3: {metric: 1}}, 4, before="ALARM") == "OK"
    assert state("RunFailed", {}, 4) == "OK"
    assert state("CommandFailed", {3: {"Failed": 1}}, 3) == "ALARM"


def test_the_throttled_share_is_that_of_the_whole_night():
    shards = {2: {"ApiCalls": 10_000, "Throttles": 300}, 3: {"ApiCalls": 30_000, "Throttles": 0}}
    assert state("ThrottledShare", shards, 4) == "OK"
    assert state("ThrottledShare", shards | {4: {"ApiCalls": 100, "Throttles": 102}}, 4) == "ALARM"
    assert state("ThrottledShare", {2: {"ApiCalls": 0, "Throttles": 0}}, 3) == "OK"


def test_a_night_of_nine_hours_is_too_long():
    assert state("NightTooLong", {9: {"DurationSeconds": 9 * 3600}}, 9) == "ALARM"
    assert state("NightTooLong", {9: {"DurationSeconds": 7 * 3600}}, 9, before="ALARM") == "OK"


def test_longer_and_longer_nights_stand_out_of_their_band():
    alarm = ALL["NightsGetLonger"]
    assert (alarm["ThresholdMetricId"], alarm["ComparisonOperator"]) == ("expected", "GreaterThanUpperThreshold")
    expression = next(query["Expression"] for query in alarm["Metrics"] if query["Id"] == "expected")
    assert re.fullmatch(r"ANOMALY_DETECTION_BAND\(seconds, 3\)", expression)
    assert alarm["EvaluationPeriods"] == alarm["DatapointsToAlarm"] == 3 and "Threshold" not in alarm


def test_cloudwatch_takes_every_alarm(tmp_path):
    """Through its API in moto, for no emulator makes alarms on computed metrics of a template."""
    with moto(tmp_path) as endpoint:
        client = boto3.Session("testing", "testing", region_name=REGION).client("cloudwatch", endpoint_url=endpoint)
        for alarm in ALL.values():
            client.put_metric_alarm(**alarm)
        for alarm in ALL.values():
            (made,) = client.describe_alarms(AlarmNames=[alarm["AlarmName"]])["MetricAlarms"]
            for key in ("TreatMissingData", "ComparisonOperator", "EvaluationPeriods", "AlarmActions", "AlarmDescription"):
                assert made[key] == alarm[key], alarm["AlarmName"]
            assert [query["Id"] for query in made.get("Metrics", [])] == [query["Id"] for query in alarm.get("Metrics", [])]


def test_a_stack_pages_through_an_encrypted_topic(tmp_path, written):
    """The stack in an emulator that makes it and evaluates its alarms on plain metrics, on the figures of the run."""
    template = load("alarms.yaml")
    plain = {name: entry for name, entry in template["Resources"].items() if "Metrics" not in entry["Properties"]}
    with ministack(tmp_path, REGION, SERVICES="cloudformation,cloudwatch,monitoring,sns,kms,sts,iam") as endpoint:
        session = boto3.Session("testing", "testing", region_name=REGION)

        def of(service):
            return session.client(service, endpoint_url=endpoint)

        stacks = of("cloudformation")
        given = EMAIL | {"CoverageFloorPercent": "100"}
        stacks.create_stack(
            StackName="alarms",
            TemplateBody=json.dumps(template | {"Resources": plain}),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        )
        stacks.get_waiter("stack_create_complete").wait(StackName="alarms", WaiterConfig={"Delay": 1})
        (stack,) = stacks.describe_stacks(StackName="alarms")["Stacks"]
        topic = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}["AlarmTopicArn"]
        attributes = of("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
        # The emulator forgets the key of a topic, but makes it.
        assert Resolved("alarms.yaml", **EMAIL).resources()["Topic"]["KmsMasterKeyId"] == "TopicKey.Arn"
        key = stacks.describe_stack_resource(StackName="alarms", LogicalResourceId="TopicKey")["StackResourceDetail"]["PhysicalResourceId"]
        assert of("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
        assert of("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
        (subscription,) = of("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", EMAIL["AlarmEmail"])
        policy = json.loads(attributes["Policy"])["Statement"]
        assert [statement["Sid"] for statement in policy] == ["Alarms", "OnlyTls"]

        publish(of("cloudwatch"), written)
        found = {alarm["AlarmName"]: alarm for alarm in of("cloudwatch").describe_alarms()["MetricAlarms"]}
        assert {name: alarm["AlarmActions"] for name, alarm in found.items()} == {
            "alarms-coverage-below-floor": [topic],
            "alarms-command-failed": [topic],
        }
        share = next(line["CoveragePercent"] for line in written if "CoveragePercent" in line)
        assert found["alarms-coverage-below-floor"]["StateValue"] == ("OK" if share >= 100 else "ALARM")
        assert found["alarms-command-failed"]["StateValue"] == "OK"
        of("cloudwatch").put_metric_data(Namespace="sagesweep", MetricData=[{"MetricName": "Failed", "Value": 1}])
        (failed,) = of("cloudwatch").describe_alarms(AlarmNames=["alarms-command-failed"])["MetricAlarms"]
        assert failed["StateValue"] == "ALARM"


def publish(client, lines):
    """Puts the figures of lines where CloudWatch Logs would put them."""
    for line in lines:
        for directive in line["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = [{"Name": name, "Value": line[name]} for name in names]
                data = [
                    {"MetricName": metric["Name"], "Unit": metric["Unit"], "Value": line[metric["Name"]], "Dimensions": dimensions}
                    | {"Timestamp": min(line["_aws"]["Timestamp"] / 1000, time.time())}
                    for metric in directive["Metrics"]
                ]
                client.put_metric_data(Namespace=directive["Namespace"], MetricData=data)


def test_an_existing_topic_is_used_as_it_is():
    resolved = Resolved("alarms.yaml", AlarmTopicArn=TOPIC)
    assert {name for name in resolved.resources() if name not in resolved.resources(ALARM)} == set()
    assert all(alarm["AlarmActions"] == [TOPIC] for alarm in resolved.resources(ALARM).values())
    assert resolved.outputs()["AlarmTopicArn"] == TOPIC
