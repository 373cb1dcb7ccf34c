"""What policies allow, as IAM would say, and that each of their wildcards is explained where it stands."""

from fnmatch import fnmatchcase


def unexplained(resolved):
    """Where a statement has a wildcard in an action or a resource and `Metadata.Wildcards` does not say why."""
    for name, properties in resolved.resources().items():
        explained = resolved.template["Resources"][name].get("Metadata", {}).get("Wildcards", {})
        wild = {statement["Sid"] for statement in statements(properties) if _is_wild(statement)}
        yield from (f"{name}.{sid}" for sid in wild - explained.keys())


def statements(value):
    """The statements of all policies in the properties of a resource."""
    if isinstance(value, dict):
        yield from value.get("Statement", [])
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from statements(member)


def _is_wild(statement):
    return any("*" in text for key in ("Action", "Resource") for text in _list(statement.get(key, [])))


def allows(statements, action, resource, **context):
    """Whether statements without denials allow it; the context is by the name of its key without colons and dashes."""
    return any(
        any(fnmatchcase(action, pattern) for pattern in _list(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in _list(statement["Resource"]))
        and all(_holds(operator, keys, context) for operator, keys in statement.get("Condition", {}).items())
        for statement in statements
    )


def _holds(operator, keys, context):
    matches = {"StringEquals": str.__eq__, "StringLike": fnmatchcase, "ArnLike": fnmatchcase}[operator]
    found = {key: context.get(key.replace(":", "_").lower()) for key in keys}
    return all(found[key] is not None and any(matches(found[key], value) for value in _list(values)) for key, values in keys.items())


def _list(value):
    return value if isinstance(value, list) else [value]
