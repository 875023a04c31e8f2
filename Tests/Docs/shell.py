"""A shell at a terminal, as the reader of a document has one, and the brokers that the document speaks of."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Benchmarks"))
from private_broker import PrivateBroker  # noqa: E402 (the folder above must be known first)

COLUMNS = 114
SENTINEL = re.compile(r"\x1e(\d+)\x1e\r?\n")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
BROKER = re.compile(r"mqtt://((?:localhost|[a-z]+\.example)(?::\d+)?)")
LOG = re.compile(r"2>(\S+) *&$")
KILL = re.compile(r"\bkill (%\d+)$")
JOB_NOTICE = re.compile(r"^\[\d+\][-+ ]|.*line \d+: +\d+ (Terminated|Killed|Interrupt)|^\[\d+\] \d+$")


class Stuck(Exception):
    """A command did not end."""


class Shell:
    """One bash for one document, in a folder of its own; `with Shell(tapedeck) as shell`."""

    def __init__(self, tapedeck: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="tapedeck-docs-")
        home = Path(self._folder.name)
        self.folder = home / "work"
        self.folder.mkdir()
        (home / "bin").mkdir()
        (home / "bin" / "tapedeck").symlink_to(tapedeck)
        self._home = home
        self._brokers: dict[str, PrivateBroker] = {}
        self._status = 0
        self._pending = ""
        # A read may end inside of a character.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
        script, self._script = os.pipe()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TAPEDECK_")}
        environment = {
            **kept, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "TAPEDECK_CONFIG": "/dev/null",
            "PATH": f"{home / 'bin'}:{os.environ['PATH']}:/usr/sbin", "TZ": "UTC", "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
            "TERM": "xterm-256color",
        }
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile", f"/dev/fd/{script}"], cwd=self.folder, env=environment, pass_fds=[script],
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, start_new_session=True)
        os.close(script)
        os.close(theirs)
        self.run("set -m")

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._script, b"kill $(jobs -p) 2>/dev/null; wait; exit\n")
        os.close(self._script)
        try:
            self._bash.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._bash.pid, 9)
            self._bash.wait()
        os.close(self._terminal)
        for broker in self._brokers.values():
            broker.__exit__()
        self._folder.cleanup()

    def run(
        self, command: str, *, in_background: bool = False, is_interrupted: bool = False, seconds: float = 120
    ) -> tuple[int, list[str]]:
        """Types a command; returns its exit code and the lines that it wrote, brokers under the names of the document.

        One that is interrupted gets Ctrl-C after three seconds.
        """
        command = BROKER.sub(lambda match: f"mqtt://127.0.0.1:{self._broker(match.group(1)).port}", command)
        if ended := KILL.search(command):
            # A reader sees what the job says at its end before typing on.
            command += f"; wait {ended.group(1)}; true"
        if log := LOG.search(command):
            # What an earlier job has said there does not count.
            (self.folder / log.group(1)).unlink(missing_ok=True)
        if is_interrupted:
            command = f"{{ {command}\n}} & sleep 3; kill -INT -$!; wait $!"
        line = f"(exit {self._status})\n{command}\nprintf '\\036%d\\036\\n' $?\n"
        os.write(self._script, line.encode())
        text = self._read_until(SENTINEL, seconds)
        if text is None:
            raise Stuck(f"did not end within {seconds:g} s; it said: {self._pending[-500:]}")
        self._status = int(SENTINEL.search(text).group(1))
        before = SENTINEL.sub("", text)
        if in_background:
            before += self._read_until_begun(command)
        return self._status, self._lines(before)

    def _broker(self, name: str) -> PrivateBroker:
        if name not in self._brokers:
            folder = self._home / f"broker-{len(self._brokers)}"
            folder.mkdir()
            self._brokers[name] = PrivateBroker(folder, "max_queued_messages 100000\n")
        return self._brokers[name]

    def _lines(self, text: str) -> list[str]:
        for name, broker in self._brokers.items():
            text = text.replace(f"127.0.0.1:{broker.port}", name)
        # A line that was written over shows what was written last.
        shown = [ESCAPES.sub("", line.rstrip("\r").split("\r")[-1]).rstrip() for line in text.split("\n")]
        lines = [line for line in shown if not JOB_NOTICE.match(line)]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def _read_until(self, pattern: re.Pattern[str], seconds: float) -> str | None:
        deadline = time.monotonic() + seconds
        while not pattern.search(self._pending):
            if time.monotonic() > deadline or not self._read(0.2):
                if time.monotonic() > deadline or self._bash.poll() is not None:
                    return None
        end = pattern.search(self._pending).end()
        text, self._pending = self._pending[:end], self._pending[end:]
        return text

    def _read_until_begun(self, command: str) -> str:
        """What a job says at its beginning; one that speaks into a file has begun when there is something in it."""
        log = LOG.search(command)
        if not log:
            return self._read_for(1.5)
        file = self.folder / log.group(1)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not (file.exists() and file.stat().st_size):
            time.sleep(0.05)
        return self._read_for(0.2)

    def _read_for(self, seconds: float) -> str:
        """What comes within so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)
        text, self._pending = self._pending, ""
        return text

    def _read(self, seconds: float) -> bool:
        if not select.select([self._terminal], [], [], seconds)[0]:
            return False
        try:
            self._pending += self._decoder.decode(os.read(self._terminal, 65536))
        except OSError:
            return False
        return True
