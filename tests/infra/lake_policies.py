"""What policies allow, as IAM would say, and which of their wildcards somebody has looked at."""

from fnmatch import fnmatchcase

# Where a policy says `*` for an action or a resource, and why it may.
REVIEWED = {
    "lake.yaml ResultsBucket": "a denial: of everything that is not sent by TLS",
    "lake.yaml Choices": "these actions know no resource; they list names",
    "lake.yaml Tables": "the database holds what the template makes; the catalog is metadata only",
    "lake.yaml Results": "results of queries, by any name, in a bucket for nothing else",
    "lake.yaml Read": "objects of a table or of the tables, in the lake's bucket",
    "lake.yaml List": "prefixes are conditions",
    "lake.yaml Vended": "the action knows no resource; Lake Formation's grants decide",
    "lake.yaml OnlyTls": "a denial: of everything that is not sent by TLS",
    "alarms.yaml Account": "the policy of a key: without the account nobody could change it; the resource is the key",
    "alarms.yaml Alarms": "the policy of a key: the resource is the key; alarms of this account only",
    "alarms.yaml OnlyTls": "a denial: of everything that is not sent by TLS",
}


def wildcards(file, statements):
    """The statements with a wildcard in an action or a resource, as they would be reviewed."""
    for _, statement in statements:
        if any("*" in text for key in ("Action", "Resource") for text in _list(statement.get(key, []))):
            yield f"{file} {statement['Sid']}"


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
