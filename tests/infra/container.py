"""Runs the program as its image would, without a container engine: in a root of its own that holds the program, certificates
and nothing else, read-only but for one folder, as a user without rights, as the first process, with this environment alone."""

import os
import re
import shlex
import subprocess
from pathlib import Path

USER = 65532
SCRATCH = "/scratch"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def command(root, program, arguments, scratch, certificates=CERTIFICATES):
    """The command that runs the program in the folder `root`, with `scratch` as the one folder that it may write."""
    root, scratch = Path(root), Path(scratch)
    if os.geteuid() == 0:
        os.chown(scratch, USER, USER)
    # What is not there yet is made, and mounted over in a namespace that ends with the process.
    mounts = [(str(program), "/sagesweep"), ("/etc/hosts", "/etc/hosts"), *((path, path) for path in _libraries(program))]
    if certificates:
        mounts.append((str(certificates), CERTIFICATES))
    for _, inside in mounts:
        place = root / inside.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    (root / "proc").mkdir(exist_ok=True)
    (root / SCRATCH.lstrip("/")).mkdir(exist_ok=True)
    quoted = shlex.quote
    script = [f"mount --bind {quoted(str(root))} {quoted(str(root))}"]
    script += [f"mount --bind {quoted(os.path.realpath(out))} {quoted(f'{root}{inside}')}" for out, inside in mounts]
    script += [
        f"mount -t proc -o ro proc {quoted(f'{root}/proc')}",
        f"mount -o remount,bind,ro {quoted(str(root))}",
        f"mount --bind {quoted(str(scratch))} {quoted(f'{root}{SCRATCH}')}",
    ]
    # Who is not root can be no other user, and is root of a namespace that has no rights outside.
    root_here = os.geteuid() == 0
    user = [f"--userspec={USER}:{USER}", "--groups="] if root_here else []
    inside = shlex.join(["setpriv", "--no-new-privs", "chroot", *user, str(root), "/sagesweep", *arguments])
    namespaces = ["--mount", "--pid", "--fork", "--kill-child", *([] if root_here else ["--user", "--map-root-user"])]
    return ["unshare", *namespaces, "sh", "-euc", "\n".join([*script, f"exec {inside}"])]


def is_possible():
    """Whether this machine lets us make a root of our own; inside some containers nobody may."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    probe = ["unshare", "--mount", "--pid", "--fork", *user, "mount", "--bind", "/tmp", "/tmp"]
    return subprocess.run(probe, capture_output=True).returncode == 0


def first_process(unshare):
    """The process id of the program, as seen from outside, behind that of the command that started it."""
    return int(Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split()[0])


def _libraries(program):
    """What a dynamic program is linked with, its loader included; nothing for a static one."""
    done = subprocess.run(["ldd", str(program)], capture_output=True, text=True)
    return re.findall(r"(/\S+) \(0x", done.stdout) if done.returncode == 0 else []
