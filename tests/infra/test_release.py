"""The image and the release as they are written: what their linters say, and what no linter asks for."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from container import CERTIFICATES, SCRATCH, USER
from dockerfile_parse import DockerfileParser
from stacks import AUDITOR
from template import INFRA, load

ROOT = INFRA.parent
DOCKERFILE = INFRA / "Dockerfile"
WORKFLOW = ROOT / ".github" / "workflows" / "release.yml"
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
COMMIT = re.compile(r"^[\w-]+/[\w-]+@[0-9a-f]{40}$")


def clean(*command):
    tool = Path(sys.executable).with_name(command[0])
    done = subprocess.run([str(tool), *command[1:]], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dockerfile_is_clean():
    clean("hadolint", "--failure-threshold", "style", str(DOCKERFILE))


def test_the_workflow_is_clean():
    clean("zizmor", "--offline", "--persona", "pedantic", str(WORKFLOW))
    clean("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(WORKFLOW))


@pytest.fixture(scope="module")
def stages():
    """The instructions of each stage, and the arguments before the first."""
    before, stages = [], []
    for instruction in DockerfileParser(fileobj=DOCKERFILE.open("rb")).structure:
        kind, value = instruction["instruction"], instruction["value"]
        if kind == "FROM":
            stages.append([])
        elif kind != "COMMENT":
            (stages[-1] if stages else before).append((kind, value))
    return before, stages


def test_the_image_is_built_from_what_was_named_by_its_digest(stages):
    before, _ = stages
    named = dict(value.split("=", 1) for kind, value in before if kind == "ARG")
    assert named.keys() == {"BUILD_IMAGE"} and DIGEST.search(named["BUILD_IMAGE"])
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["rust-version"]
    assert f"rust:{version}" in named["BUILD_IMAGE"]
    froms = [line.split()[1] for line in DOCKERFILE.read_text().splitlines() if line.startswith("FROM")]
    assert froms == ["${BUILD_IMAGE}", "scratch"]
    assert "ADD" not in {kind for stage in stages[1] for kind, _ in stage}


def test_the_image_holds_the_program_certificates_and_a_folder_and_runs_as_nobody(stages):
    image = stages[1][-1]
    # Nothing is run in it: there is no shell.
    assert {kind for kind, _ in image} == {"COPY", "ENV", "VOLUME", "USER", "ENTRYPOINT", "CMD"}
    copied = [value.split()[-1] for kind, value in image if kind == "COPY"]
    assert copied == [CERTIFICATES, SCRATCH, "/sagesweep"]
    of = dict(image)
    assert (of["USER"], of["ENTRYPOINT"], of["VOLUME"]) == (f"{USER}:{USER}", '["/sagesweep"]', f'["{SCRATCH}"]')
    # As the task expects it.
    (container,) = load(AUDITOR)["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert container["User"] == of["USER"] and container["MountPoints"][0]["ContainerPath"] == SCRATCH
    assert {"Name": "TMPDIR", "Value": SCRATCH} in container["Environment"]
    assert any(SCRATCH in value and f"--chown={USER}:{USER}" in value for kind, value in image if kind == "COPY")


def test_what_the_program_is_built_from_gets_into_the_build():
    ignored = (ROOT / ".dockerignore").read_text().split()
    kept = {line[2:] for line in ignored if line.startswith("!/")}
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE.read_text(), re.M)
    assert kept == set(" ".join(copied).split())
    included = re.compile(r'include_(?:str|bytes)!\(\s*"([^"]+)"')
    for source in (ROOT / "src").rglob("*.rs"):
        for name in included.findall(source.read_text()):
            top = (source.parent / name).resolve().relative_to(ROOT).parts[0]
            assert top in kept, (source, name)


def test_actions_are_pinned_by_commit_and_no_job_may_more_than_it_needs():
    workflow = yaml.safe_load(WORKFLOW.read_text())
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert all(COMMIT.match(step["uses"]) for step in job["steps"] if "uses" in step), name
        assert ("id-token" in job["permissions"]) == (name != "test"), name
    runs = "\n".join(step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"])
    # Values reach a script by its environment alone.
    assert "${{" not in runs
    assert ".ci/run" in runs and "cyclonedx" in runs
    runners = {leg["architecture"]: leg["runner"] for leg in workflow["jobs"]["image"]["strategy"]["matrix"]["include"]}
    assert runners.keys() == {"x86_64", "aarch64"}
