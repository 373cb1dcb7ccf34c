"""ministack with an engine of ours under its ECS, short pauses, and an ecs:runTask.sync that fails as the one of AWS does."""

import json
import time

from ministack.app import main
from ministack.services import ecs, stepfunctions

from engine import Engine


def wait_for_tasks(cluster, arns):
    """What the service integration does: a task whose container ends with anything but 0 fails, and its description is the cause."""
    described = poll(cluster, arns)
    for task in described["tasks"]:
        if any(container.get("exitCode") != 0 for container in task["containers"]):
            raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(pascal(task), default=str))
    return described


def pascal(value):
    """As Step Functions writes what services answer."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: pascal(member) for key, member in value.items()}
    return [pascal(member) for member in value] if isinstance(value, list) else value


def pause(seconds):
    # Not too short, for it looks 600 times whether a task has ended.
    time.sleep(max(0.25, min(seconds, 60) / 60))


stepfunctions._scaled_sleep = pause
poll = stepfunctions._poll_ecs_tasks
stepfunctions._poll_ecs_tasks = wait_for_tasks
ecs._docker = Engine()
main()
