"""Policies as sets, so that they can be compared however they are written, and the wildcards in them."""

import json
import urllib.parse

import yaml


def document(policy):
    """A policy as an emulator hands it out: as JSON, or as Python writes what a template has, which is YAML as JSON is."""
    return yaml.safe_load(urllib.parse.unquote(policy)) if isinstance(policy, str) else policy


def statements(policy):
    """The statements by their Sid, with sorted lists, in the one partition of the emulators."""
    return {statement["Sid"]: _plain(statement) for statement in json.loads(json.dumps(policy).replace("arn:*:", "arn:aws:"))["Statement"]}


def _plain(statement):
    return {key: sorted(_list(value)) if key in ("Action", "Resource") else value for key, value in statement.items()}


def every_statement(value):
    """All statements of all policies in a part of a template, in both branches of a condition."""
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
            return
        value = value.values()
    if isinstance(value, list) or not isinstance(value, str | int | float | bool | None):
        for member in value:
            yield from every_statement(member)


def wildcards(statement):
    """What a statement allows by a wildcard: actions, resources and principals."""
    if statement["Effect"] != "Allow":
        return []
    parts = [statement.get(key, []) for key in ("Action", "NotAction", "Resource", "NotResource", "Principal")]
    return [text for part in parts for text in _texts(part) if "*" in text]


def _texts(value):
    """The texts in a value, also those of functions such as Fn::Sub."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _texts(member)


def _list(value):
    return value if isinstance(value, list) else [value]
