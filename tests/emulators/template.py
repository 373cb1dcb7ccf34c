"""Templates of CloudFormation as they stand in the repository, with the long names of functions."""

from pathlib import Path

from cfnlint.decode import decode, decode_str

INFRA = Path(__file__).parents[2] / "infra"


def load(file):
    """The template of a file below `infra`."""
    return _told(decode(str(INFRA / file)))


def loads(text):
    """The template of a text, also of one that stands in another template."""
    return _told(decode_str(str(text)))


def _told(decoded):
    template, problems = decoded
    assert not problems, problems
    return template
