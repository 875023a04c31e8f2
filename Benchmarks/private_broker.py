"""What the benchmarks against a broker have in common: a private mosquitto, and C programs to hold ours against."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def compiled(source: Path, work: Path, *flags: str) -> Path:
    """Compiles a C program into the work folder unless it is there."""
    program = work / source.stem
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", program, source, *flags], check=True)
    return program


class PrivateBroker:
    """A mosquitto on a free loopback port, gone when the block ends."""

    def __init__(self, work: Path, settings: str, front: list[str] | None = None) -> None:
        """`settings` are lines of its configuration; `front` stands before its command line."""
        self.port = free_port()
        configuration = work / "mosquitto.conf"
        # Started as root mosquitto would become another user.
        user = "user root\n" if os.geteuid() == 0 else ""
        configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n{user}{settings}",
            encoding="utf-8")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen(
            [*(front or []), program, "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit(f"bench: mosquitto did not start: {configuration}") from None
                time.sleep(0.05)

    def __enter__(self) -> "PrivateBroker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
