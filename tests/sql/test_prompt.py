"""The prompt of `sagesweep query`, on a terminal of its own: typing, completing, remembering, giving up, leaving."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import stat
import struct
import subprocess
import termios
import time

import pytest

PROMPT = "sagesweep> "
PATIENCE = 120
CTRL_C, CTRL_D, TAB, UP = "\x03", "\x04", "\t", "\x1b[A"


class Terminal:
    """A program on a terminal."""

    def __init__(self, command, environment, columns=100):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

        def take_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment | {"TERM": "xterm"},
            start_new_session=True,
            preexec_fn=take_terminal,
        )
        os.close(slave)
        self.seen = ""

    def until(self, text):
        """What is shown up to a text that comes in time."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} never came: {self.seen!r}"
            if select.select([self.master], [], [], 1)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode(errors="replace")
                except OSError:
                    pytest.fail(f"it ended before {text!r}: {self.seen!r}")
        before, _, self.seen = self.seen.partition(text)
        return _plain(before)

    def answer(self, end):
        """What is shown up to the end of an answer, once the next statement can be typed. The prompt alone tells of no
        end, for it is drawn anew whenever a line grows longer."""
        text = self.until(end)
        self.until(PROMPT)
        return text

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        """The exit status, once it has ended."""
        with contextlib.suppress(OSError):
            while select.select([self.master], [], [], PATIENCE)[0] and os.read(self.master, 65536):
                pass
        return self.process.wait(PATIENCE)


def _plain(text):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", text)


@pytest.fixture
def conversation(program, nights, today, tmp_path):
    """Begins a conversation; the state of the user is in `tmp_path`."""
    begun = []

    def begin(*arguments, **more):
        command = [program, "query", "--lake", nights.root.parent, "--as-of", today, *arguments]
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
        terminal = Terminal(command, environment, **more)
        begun.append(terminal)
        return terminal

    yield begin
    for terminal in begun:
        with contextlib.suppress(ProcessLookupError):
            terminal.process.send_signal(signal.SIGKILL)
        terminal.process.wait()
        os.close(terminal.master)


def test_statements_are_answered_remembered_and_brought_back(conversation, tmp_path):
    terminal = conversation()
    assert "Ctrl-D" in terminal.until(PROMPT)
    terminal.type("SELECT count(*) AS n\r")
    terminal.type("FROM runs WHERE status <> ';' ;\r")
    assert re.search(r"n\n-+\n29\n$", terminal.answer("1 row, "))
    terminal.type(UP + "\r")
    assert re.search(r"\n29\n$", terminal.answer("1 row, "))
    terminal.type("exit\r")
    assert terminal.end() == 0
    history = tmp_path / "state" / "sagesweep" / "query_history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    assert stat.S_IMODE(history.parent.stat().st_mode) == 0o700
    assert "FROM runs" in history.read_text()

    terminal = conversation()
    terminal.until(PROMPT)
    terminal.type(UP + UP + "\r")
    assert re.search(r"\n29\n$", terminal.answer("1 row, ")), "what was typed before is there again"
    terminal.type(CTRL_D)
    assert terminal.end() == 0


def test_without_history_nothing_is_remembered(conversation, tmp_path):
    terminal = conversation("--no-history")
    terminal.until(PROMPT)
    terminal.type("SELECT 1;\r")
    terminal.answer("1 row")
    terminal.type("quit\r")
    assert terminal.end() == 0
    assert not (tmp_path / "state").exists()


def test_a_line_that_is_given_up_is_gone_and_errors_do_not_end_it(conversation):
    terminal = conversation()
    terminal.until(PROMPT)
    terminal.type("SELECT nonsense\r" + CTRL_C)
    terminal.until(PROMPT)
    terminal.type("SELECT stauts FROM findings;\r")
    terminal.answer("did you mean `status`?")
    terminal.type("DROP TABLE findings;\r")
    terminal.answer("DROP TABLE is refused")
    terminal.type("SELECT 1;\r")
    terminal.answer("1 row")
    terminal.type(CTRL_D)
    assert terminal.end() == 0


def test_a_question_that_takes_too_long_is_given_up(conversation):
    terminal = conversation()
    terminal.until(PROMPT)
    long = "SELECT count(*) FROM findings AS a, findings AS b, findings AS c WHERE a.reason < b.reason || c.reason;"
    terminal.type(long + "\r")
    time.sleep(3)
    terminal.type(CTRL_C)
    terminal.answer("stopped")
    terminal.type("SELECT 1;\r")
    terminal.answer("1 row")
    terminal.type(CTRL_D)
    assert terminal.end() == 0


def test_rows_that_come_without_end_are_given_up(conversation):
    terminal = conversation()
    terminal.until(PROMPT)
    terminal.type("SELECT a.run_id, b.run_id FROM findings AS a, findings AS b;\r")
    terminal.until("20261124")
    terminal.type(CTRL_C)
    terminal.answer("stopped")
    terminal.type("SELECT 7 AS seven;\r")
    # Nothing of the earlier answer comes between.
    assert re.search(r"seven\n-+\n +7\n$", terminal.answer("1 row, "))
    terminal.type(CTRL_D)
    assert terminal.end() == 0


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(conversation, sent):
    terminal = conversation()
    before = termios.tcgetattr(terminal.master)
    terminal.until(PROMPT)
    assert termios.tcgetattr(terminal.master) != before, "it is typed letter by letter"
    terminal.process.send_signal(sent)
    assert terminal.process.wait(PATIENCE) == 4
    assert termios.tcgetattr(terminal.master) == before


def test_a_plan_is_shown_line_by_line(conversation):
    terminal = conversation()
    terminal.until(PROMPT)
    terminal.type("EXPLAIN SELECT count(*) FROM runs;\r")
    plan = terminal.answer("2 rows, ")
    assert any(line.strip().startswith("TableScan: runs") for line in plan.splitlines()), plan
    terminal.type(CTRL_D)
    assert terminal.end() == 0


def test_names_are_completed(conversation):
    terminal = conversation()
    terminal.until(PROMPT)
    terminal.type("SELECT count(*) AS n FROM run_l" + TAB + ";\r")
    terminal.answer("1 row")
    terminal.type("help\r")
    assert "findings_latest" in terminal.answer("DESCRIBE")
    terminal.type(CTRL_D)
    assert terminal.end() == 0


def test_a_narrow_terminal_gets_no_line_that_is_wider(conversation):
    terminal = conversation("--view", "coverage_latest", columns=60)
    text = ""
    with contextlib.suppress(OSError):
        while chunk := os.read(terminal.master, 65536):
            text += chunk.decode(errors="replace")
    assert terminal.process.wait(PATIENCE) == 0
    lines = _plain(text).splitlines()
    assert len(lines) > 100 and max(map(len, lines)) <= 60
    assert any(line.startswith("account_id ") for line in lines) and any(line.endswith("NULL") for line in lines)
