"""What policies allow, as IAM would say."""

from fnmatch import fnmatchcase


def statements(value):
    """The statements of all policies in the properties of a resource."""
    if isinstance(value, dict):
        yield from value.get("Statement", [])
    for member in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from statements(member)


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


def denial_holds(operator, keys, context):
    """Whether a condition of a denial holds for a request with this context. A negated operator holds for a key that is not there."""
    return all(_denies(operator, context.get(key), value) for key, value in keys.items())


def _denies(operator, found, value):
    match operator:
        case "Null":
            return (found is None) == (value == "true")
        case "Bool" | "StringEquals":
            return found == value
        case "StringNotEquals":
            return found != value
        case "NumericLessThan":
            return found is not None and float(found) < float(value)
    raise NotImplementedError(operator)
