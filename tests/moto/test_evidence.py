"""What was published can be verified in S3, with Object Lock and without, and signatures hold by other hands than ours."""

import base64
import itertools
import json
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from seed import MANAGEMENT
from moto_server import moto

PREFIX = "nightly/"
# One account without jobs: coverage alone makes a lake.
ALONE = f'[organization]\naccounts = ["{MANAGEMENT}"]\n'


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    """A server that signs as KMS does: its address, and a way to make clients of it."""
    launcher = Path(__file__).with_name("signing_server.py")
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    with moto(tmp_path_factory.mktemp("signing"), launcher) as address:
        yield address, lambda service, region="us-east-1": session.client(service, region_name=region, endpoint_url=address)


class Bucket:
    """A bucket with a lake in it."""

    def __init__(self, s3, name, **settings):
        self.s3, self.name = s3, name
        s3.create_bucket(Bucket=name, **settings)

    def destination(self):
        return f"s3://{self.name}/{PREFIX}".rstrip("/")

    def keys(self, below="v1/"):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=PREFIX + below)
        return [item["Key"].removeprefix(PREFIX) for page in pages for item in page.get("Contents", [])]

    def get(self, key, **version):
        return self.s3.get_object(Bucket=self.name, Key=PREFIX + key, **version)["Body"].read()

    def put(self, key, body):
        self.s3.put_object(Bucket=self.name, Key=PREFIX + key, Body=body)

    def delete(self, key, **version):
        return self.s3.delete_object(Bucket=self.name, Key=PREFIX + key, **version)


def publish(audit, bucket, nights=2, lake=""):
    audit.configure(ALONE, bucket.destination(), lake)
    for _ in range(nights):
        done = audit.call("run")
        assert done.returncode == 0, done.stderr


def verified(audit, *arguments):
    done = audit.call("verify", *arguments)
    assert (done.returncode, "Everything holds." in done.stdout) == (0, True), done.stdout + done.stderr
    return done.stdout


def named(audit, kind, key, *arguments):
    done = audit.call("verify", *arguments)
    assert done.returncode == 4, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    told = lines[lines.index(f"{kind}:") + 1 :]
    # A long key goes on in the next line, and what is said of it is indented further.
    indent = len(told[0]) - len(told[0].lstrip())
    own = itertools.takewhile(lambda line: len(line) - len(line.lstrip()) == indent, told)
    assert "".join(line.strip() for line in own) == key, done.stdout


def test_what_is_changed_removed_or_added_in_a_bucket_is_named(clients, audit_at):
    endpoint, client = clients
    audit, bucket = audit_at(endpoint), Bucket(client("s3"), "open-lake")
    publish(audit, bucket)
    assert "numbers 1 to 2 of the chain" in verified(audit, "--all")
    verified(audit)
    for key in bucket.keys():
        content = bucket.get(key)
        bucket.put(key, content[:-1] + bytes([content[-1] ^ 1]))
        named(audit, "CHANGED", key, "--all")
        bucket.delete(key)
        named(audit, "REMOVED", key, "--all")
        bucket.put(key, content)
    folder = bucket.keys("v1/findings/")[-1].rpartition("/")[0]
    for key in (f"{folder}/more.parquet", "v1/runs/more"):
        bucket.put(key, b"x")
        named(audit, "ADDED", key, "--all")
        bucket.delete(key)
    verified(audit, "--all")


def test_a_lake_under_object_lock_is_written_verified_and_cannot_lose_a_version(clients, audit_at):
    endpoint, client = clients
    s3 = client("s3")
    audit, bucket = audit_at(endpoint), Bucket(s3, "locked-lake", ObjectLockEnabledForBucket=True)
    retention = {"Mode": "COMPLIANCE", "Days": 30}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    s3.put_object_lock_configuration(Bucket=bucket.name, ObjectLockConfiguration=lock)
    publish(audit, bucket)
    verified(audit, "--all")
    assert not bucket.keys("_staging/"), "staged parts were left"
    for key in bucket.keys():
        head = s3.head_object(Bucket=bucket.name, Key=PREFIX + key)
        assert head["ObjectLockMode"] == "COMPLIANCE", key
        with pytest.raises(ClientError, match="AccessDenied"):
            bucket.delete(key, VersionId=head["VersionId"])
    # What hides a version is seen, and the version behind it is what was published.
    key = bucket.keys("v1/coverage/")[0]
    marker = bucket.delete(key)["VersionId"]
    named(audit, "REMOVED", key, "--all")
    bucket.delete(key, VersionId=marker)
    first = s3.head_object(Bucket=bucket.name, Key=PREFIX + key)["VersionId"]
    bucket.put(key, b"something else")
    named(audit, "CHANGED", key, "--all")
    bucket.put(key, bucket.get(key, VersionId=first))
    verified(audit, "--all")


@pytest.mark.parametrize(("spec", "algorithm"), [("ECC_NIST_P256", hashes.SHA256()), ("ECC_NIST_P384", hashes.SHA384())])
def test_signatures_hold_offline_for_the_public_key_alone(clients, audit_at, tmp_path, spec, algorithm):
    endpoint, client = clients
    # In another region than the run's own: the key's ARN tells.
    kms = client("kms", "eu-west-1")
    arn = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec=spec)["KeyMetadata"]["Arn"]
    audit = audit_at(endpoint)
    bucket = Bucket(client("s3"), f"signed-{spec.lower().replace('_', '-')}")
    publish(audit, bucket, lake=f'signing_key = "{arn}"')

    public = serialization.load_der_public_key(kms.get_public_key(KeyId=arn)["PublicKey"])
    stranger = ec.generate_private_key(public.curve).public_key()
    signatures = [key for key in bucket.keys("v1/_manifests/") if key.endswith(".sig.json")]
    assert len(signatures) == 2
    for key in signatures:
        written = json.loads(bucket.get(key))
        assert written["key_arn"] == arn
        signature = base64.b64decode(written["signature"])
        manifest = bucket.get(key.replace(".sig.json", ".json"))
        public.verify(signature, manifest, ec.ECDSA(algorithm))
        with pytest.raises(InvalidSignature):
            public.verify(signature, manifest + b" ", ec.ECDSA(algorithm))

    for name, key in (("ours.pem", public), ("theirs.pem", stranger)):
        form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        (tmp_path / name).write_bytes(key.public_bytes(*form))
    text = verified(audit, "--all", "--public-key", str(tmp_path / "ours.pem"))
    assert "2 valid, by the public key that was given" in text
    named(audit, "CHANGED", signatures[0], "--all", "--public-key", str(tmp_path / "theirs.pem"))
    content = bucket.get(signatures[1])
    bucket.delete(signatures[1])
    named(audit, "REMOVED", signatures[1], "--all", "--public-key", str(tmp_path / "ours.pem"))
    bucket.put(signatures[1], content)
    verified(audit, "--public-key", str(tmp_path / "ours.pem"))


def test_a_signature_that_does_not_hold_publishes_nothing(endpoint, audit):
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name="us-east-1")
    bucket = Bucket(session.client("s3", endpoint_url=endpoint), "unsigned-lake")
    kms = session.client("kms", endpoint_url=endpoint)
    # This server hashes the digest once more, so its signature is over something else.
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]["KeyId"]
    audit.configure(ALONE, bucket.destination(), f'signing_key = "{key}"')
    done = audit.call("run")
    assert done.returncode == 4 and f"the signature that KMS made with {key} does not hold" in done.stderr, done.stderr
    assert not bucket.keys("v1/runs/") and not bucket.keys("v1/_manifests/")
    done = audit.call("verify")
    assert done.returncode == 4 and "nothing is published at" in done.stderr, done.stderr
