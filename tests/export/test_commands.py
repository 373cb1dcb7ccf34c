"""The commands of the catalogue that mend a FAIL: each names an operation and parameters that the service has."""

import json
import shlex

import botocore.session
import pytest
from botocore import xform_name

# What the AWS CLI takes for every operation.
EVERYWHERE = {"region", "query", "output", "cli-input-json", "profile"}
# Commands of the AWS CLI that are no operations of a service.
OWN = {("s3", "cp")}
SESSION = botocore.session.get_session()


@pytest.fixture(scope="module")
def catalogue(lake):
    """Every check, with what is known of it."""
    return json.loads(lake.call("checks", "--profile", "both", "--format", "json"))


def calls(text):
    """The calls of the AWS CLI in a text of a shell: service, operation and options of each, also of those inside others."""
    lexer = shlex.shlex(text.replace("\\\n", " ").replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    tokens = list(lexer)
    for at, token in enumerate(tokens):
        if "$(aws " in token:
            yield from calls(token[token.index("$(") + 2 : token.rindex(")")])
        if token == "aws":
            end = next((n for n in range(at, len(tokens)) if set(tokens[n]) <= set("|&;><()")), len(tokens))
            call = tokens[at + 1 : end]
            yield call[0], call[1:], [one[2:] for one in call[2:] if one.startswith("--")]


def without_comments(text):
    """The lines that are commands; a comment may have an apostrophe."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def troubles(service, words, options):
    """What the model of the service does not have of a call."""
    if (service, words[0]) in OWN:
        return
    model = SESSION.get_service_model(service)
    if words[0] == "wait":
        waiters = SESSION.create_client(service, region_name="eu-west-1").waiter_names
        if words[1].replace("-", "_") not in waiters:
            yield f"{service} has no waiter {words[1]}"
        return
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if words[0] not in operations:
        yield f"{service} has no operation {words[0]}"
        return
    shape = model.operation_model(operations[words[0]]).input_shape
    members = {xform_name(name, "-") for name in (shape.members if shape else ())} | EVERYWHERE
    for option in options:
        if option not in members and option.removeprefix("no-") not in members:
            yield f"{service} {words[0]} takes no --{option}"


def test_every_command_is_one_of_the_service(catalogue):
    found, wrong = 0, []
    for check in catalogue:
        for service, words, options in calls(without_comments(check["remediation"]["cli"])):
            found += 1
            wrong += [f"{check['id']}: {trouble}" for trouble in troubles(service, words, options)]
    assert wrong == []
    assert found > 150


def test_a_command_that_was_misspelt_is_found():
    text = "aws sagemaker create-model --modelname x |\n  jq . > y\naws sagemaker creat-model --model-name \"$(aws kms list-key --z)\""
    wrong = [trouble for service, words, options in calls(text) for trouble in troubles(service, words, options)]
    assert wrong == [
        "sagemaker create-model takes no --modelname",
        "sagemaker has no operation creat-model",
        "kms has no operation list-key",
    ]
