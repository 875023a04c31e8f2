"""A private mosquitto, and a port that takes connections and then nothing more."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(words: list, priority: int) -> list[str]:
    """A command line, with a real-time priority where one is wanted."""
    front = ["chrt", "-f", str(priority)] if priority > 0 else []
    return front + [str(word) for word in words]


class Broker:
    """mosquitto with queues that drop nothing."""

    def __init__(self, work: Path, priority: int) -> None:
        self.port = free_port()
        self.configuration = work / "mosquitto.conf"
        # Started as root mosquitto would become another user.
        user = "user root\n" if os.geteuid() == 0 else ""
        self.configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 5000000\n"
            f"max_inflight_messages 1000\nset_tcp_nodelay true\n{user}",
            encoding="utf-8")
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen(
            command([program, "-c", self.configuration], priority), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit(f"bench: mosquitto did not start: {self.configuration}") from None
                time.sleep(0.05)

    def __enter__(self) -> "Broker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


class BlockedBroker:
    """Accepts a client, answers its CONNECT, and reads nothing more."""

    # CONNACK of MQTT 5 with a receive maximum of 65,535: nothing but the socket holds the client back.
    _CONNACK = bytes([0x20, 0x06, 0x00, 0x00, 0x03, 0x21, 0xFF, 0xFF])

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.clients: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.recv(4096)
            client.sendall(self._CONNACK)
            self.clients.append(client)

    def close(self) -> None:
        """Lets go of everybody."""
        self.listener.close()
        for client in self.clients:
            client.close()
