"""What a fault happens to: a broker, a tap, a load and a recorder, all private and gone afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


class Failure(Exception):
    """The test could not be run, or the program did what it must not."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what: str, condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failure(f"waited {seconds:g} s in vain for {what}")
        time.sleep(0.02)


class Stage:
    """One run: `with Stage(tapedeck) as stage`."""

    def __init__(self, tapedeck: str, *, queue: int = 1_000_000, persistence: bool = False, tap: bool = True) -> None:
        self.tapedeck = tapedeck
        self.folder = Path(tempfile.mkdtemp(prefix="tapedeck-fault-"))
        self.tape = self.folder / "fault.tape"
        self.broker_port = free_port()
        self.tap_port = free_port() if tap else self.broker_port
        self.broker_host = "127.0.0.1"
        self.environment = {**os.environ, "HOME": str(self.folder), "XDG_STATE_HOME": str(self.folder)}
        self.prefix: list[str] = []
        self.children: list[subprocess.Popen] = []
        self.cleanups: list[Callable[[], object]] = []
        self.loads: list[tuple[subprocess.Popen, Path]] = []
        self.sent: dict[str, tuple[int, list[tuple[int, int]]]] = {}
        self.peak_memory = 0
        self.starts = 0
        self.exit_codes: list[int] = []
        self.recorder: subprocess.Popen | None = None
        self.broker: subprocess.Popen | None = None
        self.tap: subprocess.Popen | None = None
        user = "user root\n" if os.geteuid() == 0 else ""
        store = (
            f"persistence true\npersistence_location {self.folder}/\nautosave_on_changes true\nautosave_interval 50\n"
            if persistence
            else ""
        )
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.broker_port} 0.0.0.0\nallow_anonymous true\nmax_queued_messages {queue}\n"
            f"max_inflight_messages 0\nsys_interval 2\n{user}{store}"
        )

    def __enter__(self) -> "Stage":
        self.start_broker()
        self.acknowledged_file = self.folder / "acknowledged"
        if self.tap_port != self.broker_port:
            self.tap = self.start(
                [sys.executable, str(HERE / "tap.py"), str(self.tap_port), str(self.broker_port),
                 str(self.acknowledged_file)], stdout=subprocess.PIPE)
            assert self.tap.stdout is not None
            self.tap.stdout.readline()
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGCONT)
                child.kill()
            child.wait()
        for cleanup in reversed(self.cleanups):
            cleanup()
        if not os.environ.get("KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, command: list[str], **options: object) -> subprocess.Popen:
        child = subprocess.Popen(command, **options)  # type: ignore[call-overload]
        self.children.append(child)
        return child

    # The broker

    def start_broker(self) -> None:
        log = open(self.folder / "mosquitto.log", "a")
        self.broker = self.start([MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")], stdout=log, stderr=log)

        def accepts() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.broker_port)) == 0

        wait_for("the broker", accepts, 20)

    def stop_broker(self, how: signal.Signals) -> None:
        assert self.broker is not None
        self.broker.send_signal(how)
        self.broker.wait(20)

    # The recorder

    def record(self, *arguments: str, connected: bool = True) -> subprocess.Popen:
        """Starts the recorder, and waits until it records."""
        self.starts += 1
        events = self.folder / f"events-{self.starts}"
        self.events_file = events
        command = self.prefix + [
            self.tapedeck, "record", str(self.tape), "--broker", f"mqtt://{self.broker_host}:{self.tap_port}", "--json",
            *arguments,
        ]
        self.recorder = self.start(
            command, stdout=open(events, "w"), stderr=open(self.folder / "recorder.log", "a"), env=self.environment)
        threading.Thread(target=self._watch_memory, args=(self.recorder,), daemon=True).start()
        if connected:
            self.wait_for_event("recording", since=0)
        return self.recorder

    def _watch_memory(self, recorder: subprocess.Popen) -> None:
        while recorder.poll() is None:
            try:
                status = Path(f"/proc/{recorder.pid}/status").read_text()
            except OSError:
                return
            name = re.search(r"Name:\s+(\S+)", status)
            peak = re.search(r"VmHWM:\s+(\d+)", status)
            if peak and name and name[1] == Path(self.tapedeck).name[:15]:
                self.peak_memory = max(self.peak_memory, int(peak[1]))
            time.sleep(0.1)

    def events(self) -> list[dict]:
        try:
            lines = self.events_file.read_text().splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                found.append(json.loads(line))
            except ValueError:
                pass  # The last line is being written.
        return found

    def wait_for_event(self, name: str, *, since: int = 0, seconds: float = 30, **values: object) -> None:
        def found() -> bool:
            if self.recorder is not None and self.recorder.poll() is not None:
                raise Failure(f"the recorder ended: {(self.folder / 'recorder.log').read_text()[-2000:]}")
            return any(
                event["event"] == name and all(event.get(key) == value for key, value in values.items())
                for event in self.events()[since:]
            )

        wait_for(f"the event `{name}`; {(self.folder / 'recorder.log').read_text()[-600:]}", found, seconds)

    def stop_recorder(self) -> int:
        assert self.recorder is not None
        self.recorder.send_signal(signal.SIGTERM)
        code = self.recorder.wait(120)
        self.exit_codes.append(code)
        return code

    def kill_recorder(self) -> None:
        assert self.recorder is not None
        self.recorder.kill()
        self.recorder.wait()

    # The load

    def load(self, devices: int = 6, rate: int = 1_500, qos0: float = 0.0, size: int = 0) -> None:
        path = self.folder / f"load-{len(self.loads)}"
        child = self.start(
            [sys.executable, str(HERE / "load.py"), str(self.broker_port), str(devices), str(rate), str(qos0), str(path),
             str(size)],
            stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        self.loads.append((child, path))

    def end_load(self) -> None:
        for child, path in self.loads:
            child.send_signal(signal.SIGTERM)
            child.wait(60)
            for line in path.read_text().splitlines():
                device, qos, _, sent, acked = line.split()
                self.sent.setdefault(device, (int(qos), []))[1].append((int(sent), int(acked)))
        self.loads = []

    def recorded_count(self) -> int:
        for event in reversed(self.events()):
            if "messages" in event and event["event"] == "progress":
                return event["messages"]
        return 0

    def settle(self, seconds: float = 60, quiet: float = 1.5) -> None:
        """Waits until nothing more is being recorded."""
        last, since = -1, time.monotonic()
        deadline = since + seconds
        while time.monotonic() < deadline:
            count = self.recorded_count()
            if count != last:
                last, since = count, time.monotonic()
            if time.monotonic() - since > max(quiet, 2.2):
                return
            time.sleep(0.1)
        raise Failure(f"the recorder was still recording after {seconds:g} s")

    def acknowledged(self) -> set[tuple[str, int]]:
        if self.tap is None:
            return set()
        self.tap.send_signal(signal.SIGTERM)
        self.tap.wait(20)
        return {
            (device, int(number))
            for device, number in (line.split() for line in self.acknowledged_file.read_text().splitlines())
        }
