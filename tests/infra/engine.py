"""What the ECS of the emulator takes for a container engine: it runs every task as `container.py` does, whatever its image.

    SAGESWEEP_BIN the program; ENGINE_FOLDER where it keeps what tasks write; ENGINE_ENVIRONMENT a file of JSON, what each task
    has in its environment besides that of its definition; ENGINE_KILLS a file of JSON, a list of {"command", "when", "times"}:
    tasks with these words in their command are killed, so many times, at the first line with this text, or at once without one.
"""

import json
import os
import signal
import subprocess
import threading
import time
import uuid
from pathlib import Path

import container


class Engine:
    """The part of a client of Docker that is asked for."""

    def __init__(self):
        self.containers = Containers(Path(os.environ["ENGINE_FOLDER"]))


class Containers:
    """All tasks that were run."""

    def __init__(self, folder):
        self.folder = folder
        self.all = {}
        self.lock = threading.Lock()

    def get(self, name):
        return self.all[name]

    def run(self, image, **settings):
        task = Container(self.folder, image, settings, self._kill_when(settings["command"]))
        self.all[task.id] = task
        return task

    def _kill_when(self, words):
        """The text at which the task is killed, if it is one of those that are, which is counted."""
        place = Path(os.environ["ENGINE_KILLS"])
        with self.lock:
            kills = json.loads(place.read_text())
            for kill in kills:
                if kill["times"] > 0 and all(word in words for word in kill["command"]):
                    kill["times"] -= 1
                    place.write_text(json.dumps(kills))
                    return kill["when"].encode()
        return None


class Container:
    """One task."""

    def __init__(self, folder, image, settings, kill_when):
        self.id = uuid.uuid4().hex
        self.attrs = {"NetworkSettings": {"Networks": {}}}
        self.status = "running"
        self.output = []
        self.kill_when = kill_when
        root, scratch = folder / self.id / "root", folder / self.id / "scratch"
        root.mkdir(parents=True)
        scratch.mkdir()
        more = json.loads(Path(os.environ["ENGINE_ENVIRONMENT"]).read_text())
        environment = {**settings["environment"], **more}
        arguments = settings["command"]
        told = {"image": image, "command": arguments, "environment": settings["environment"], "volumes": settings.get("volumes")}
        (folder / self.id / "settings.json").write_text(json.dumps(told))
        command = container.command(root, os.environ["SAGESWEEP_BIN"], arguments, scratch)
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"PATH": os.environ["PATH"], **environment},
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        if self.kill_when == b"":
            while self.process.poll() is None and not self._signal(signal.SIGKILL):
                time.sleep(0.01)
        for line in self.process.stdout:
            self.output.append(line)
            if self.kill_when and self.kill_when in line:
                self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number):
        """Whether there was somebody to take it."""
        try:
            os.kill(container.first_process(self.process.pid), number)
        except (OSError, IndexError):
            return False
        return True

    def reload(self):
        self.status = "running" if self.process.poll() is None else "exited"

    def wait(self):
        code = self.process.wait()
        return {"StatusCode": code if code >= 0 else 128 - code}

    def logs(self, stream=False, follow=False, **_):
        if follow:
            self.reader.join()
        return iter(self.output) if stream else b"".join(self.output)

    def stop(self, timeout=10):
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def remove(self, **_):
        pass
