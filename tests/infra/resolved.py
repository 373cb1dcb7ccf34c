"""Templates as CloudFormation reads them: parameters put in, conditions decided, functions computed."""

import base64
import re

from one_account import ACCOUNT, REGION
from template import load

PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "sagesweep",
}
NO_VALUE = object()


class Resolved:
    """A template with parameters. References to resources become `logical id` and `logical id.attribute`."""

    def __init__(self, file, **parameters):
        self.template = load(file)
        given = {name: entry.get("Default") for name, entry in self.template["Parameters"].items()} | parameters
        missing = [name for name, value in given.items() if value is None]
        assert not missing and given.keys() == self.template["Parameters"].keys(), missing
        self.values = PSEUDO | given

    def resources(self, kind=None):
        """Properties by logical id, of those whose condition holds."""
        return {
            name: self._of(entry.get("Properties", {}))
            for name, entry in self.template["Resources"].items()
            if kind in (None, entry["Type"]) and ("Condition" not in entry or self._holds(entry["Condition"]))
        }

    def evaluate(self, value):
        """A value with its functions computed."""
        return self._of(value)

    def outputs(self):
        """Values by name."""
        return {name: self._of(entry["Value"]) for name, entry in self.template["Outputs"].items()}

    def _holds(self, name):
        return self._of(self.template["Conditions"][name])

    def _of(self, value):
        if isinstance(value, list):
            return [item for item in map(self._of, value) if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in ("Ref", "Condition") or name.startswith("Fn::"):
                return self._call(name, argument)
        made = {key: self._of(member) for key, member in value.items()}
        return {key: member for key, member in made.items() if member is not NO_VALUE}

    def _call(self, name, argument):
        match name:
            case "Ref":
                return NO_VALUE if argument == "AWS::NoValue" else self.values.get(argument, argument)
            case "Condition":
                # Of the same name as the key of conditions in policies.
                return self._holds(argument) if isinstance(argument, str) else {name: self._of(argument)}
            case "Fn::GetAtt":
                return ".".join(argument) if isinstance(argument, list) else argument
            case "Fn::If":
                condition, then, otherwise = argument
                return self._of(then if self._holds(condition) else otherwise)
            case "Fn::Sub":
                text, given = argument if isinstance(argument, list) else (argument, {})
                return self._sub(text, self._of(given))
            case "Fn::Split":
                separator, text = argument
                return self._of(text).split(separator)
            case "Fn::Base64":
                return base64.b64encode(self._of(argument).encode()).decode()
            case "Fn::Equals":
                left, right = self._of(argument)
                return left == right
            case "Fn::Not":
                return not self._of(argument)[0]
            case "Fn::And":
                return all(self._of(argument))
            case "Fn::Or":
                return any(self._of(argument))
        raise NotImplementedError(name)

    def _sub(self, text, given):
        def value(match):
            name = match[1]
            return "${" + name[1:] + "}" if name.startswith("!") else str((self.values | given).get(name, name))

        return re.sub(r"\$\{([^}]+)\}", value, text)
