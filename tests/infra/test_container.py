"""The program as its image runs it: in a read-only root without a shell or a library that it does not bring, as nobody."""

import datetime
import os
import signal
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import container
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from organization import REGIONS

RUN_SECONDS = 120


@pytest.fixture
def inside(program, tmp_path):
    """Runs the program in the root of an image; its arguments and all of its environment."""
    if not container.is_possible():
        pytest.skip("nobody may mount anything on this machine")
    root, scratch = tmp_path / "root", tmp_path / "scratch"
    root.mkdir()
    scratch.mkdir()

    def command(*arguments, certificates=container.CERTIFICATES):
        return container.command(root, program, arguments, scratch, certificates)

    def run(*arguments, certificates=container.CERTIFICATES, **environment):
        command = container.command(root, program, arguments, scratch, certificates)
        environment = {"PATH": os.environ["PATH"], "TMPDIR": container.SCRATCH, **environment}
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=RUN_SECONDS)

    run.root, run.scratch, run.command = root, scratch, command
    return run


def test_it_starts_with_nothing_around_it(inside):
    done = inside("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "sagesweep"), done.stderr
    assert inside("config").stdout.startswith("[organization]")
    assert inside("iam-policy", "member").returncode == 0
    held = {path.relative_to(inside.root) for path in inside.root.rglob("*") if path.is_file()}
    assert not [path for path in held if path.name in ("sh", "bash", "busybox")]
    assert len(held) < 10, held


def test_it_can_write_only_below_its_scratch_folder(inside, endpoint):
    audit = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
    one = {"SAGESWEEP_ORGANIZATION_ACCOUNTS": '["123456789012"]', "SAGESWEEP_ROLE_OWN_ACCOUNT_DIRECTLY": "true"}
    done = inside("run", SAGESWEEP_LAKE_DESTINATION="/lake", SAGESWEEP_REGIONS_INCLUDE=REGIONS[0], **audit, **one)
    assert done.returncode == 4 and "Read-only file system" in done.stderr, done.stderr
    known = {"SAGESWEEP_CHECKS_INCLUDE": "training-job-vpc", "SAGESWEEP_REGIONS_INCLUDE": REGIONS[0]}
    done = inside("run", SAGESWEEP_LAKE_DESTINATION=f"{container.SCRATCH}/lake", **known, **audit, **one)
    assert done.returncode == 0, done.stderr
    written = [path for path in inside.scratch.rglob("*.parquet")]
    assert written
    if os.geteuid() == 0:
        assert {path.stat().st_uid for path in written} == {container.USER}


def test_it_ends_by_itself_when_it_is_told_to_stop(inside):
    """As the first process, for which a signal without a handler does nothing."""
    with HTTPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "SAGESWEEP_LAKE_DESTINATION": "s3://lake/sagesweep",
        }
        process = subprocess.Popen(inside.command("run"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
        assert Silent.asked.wait(30)
        first = container.first_process(process.pid)
        os.kill(first, signal.SIGTERM)
        try:
            output, _ = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            status = Path(f"/proc/{first}/status").read_text()
            process.kill()
            pytest.fail(f"{process.communicate()[0]}\n{status}")
        finally:
            Silent.over.set()
            server.shutdown()
    assert process.returncode == 4 and "stopped" in output, output


class Silent(BaseHTTPRequestHandler):
    """Takes a request and gives no answer."""

    asked, over = threading.Event(), threading.Event()

    def do_POST(self):
        self.asked.set()
        self.over.wait(60)

    do_GET = do_PUT = do_POST

    def log_message(self, *_):
        pass


def test_it_trusts_the_certificates_of_the_image_and_no_others(inside, tmp_path):
    authority = tmp_path / "authority.pem"
    with tls_server(tmp_path, authority) as port:
        environment = {"AWS_ENDPOINT_URL": f"https://localhost:{port}", "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        environment |= {"AWS_REGION": "us-east-1", "SAGESWEEP_LAKE_DESTINATION": "s3://lake/sagesweep"}
        trusted = inside("run", certificates=authority, **environment)
        assert "418" in trusted.stderr, trusted.stderr
        if Path(container.CERTIFICATES).exists():
            strange = inside("run", **environment)
            assert "418" not in strange.stderr and "certificate" in strange.stderr.lower(), strange.stderr


class Teapot(BaseHTTPRequestHandler):
    """Answers, so that it is seen that somebody got through."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(418)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_POST

    def log_message(self, *_):
        pass


class tls_server:
    """A server on localhost with a certificate that is its own authority, which is written to a file; its port."""

    def __init__(self, folder, authority):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.datetime.now(datetime.UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        made = made.serial_number(1).not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=1))
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).sign(key, hashes.SHA256())
        authority.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        secret = folder / "key.pem"
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority, secret)
        self.server = HTTPServer(("localhost", 0), Teapot)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
