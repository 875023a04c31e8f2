"""A private mosquitto, and a port that takes connections and then nothing more."""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from private_broker import PrivateBroker  # noqa: E402 (the folder above must be known first)


def command(words: list, priority: int) -> list[str]:
    """A command line, with a real-time priority where one is wanted."""
    return front(priority) + [str(word) for word in words]


def front(priority: int) -> list[str]:
    """What gives a command line a real-time priority; nothing where none is wanted."""
    return ["chrt", "-f", str(priority)] if priority > 0 else []


class Broker(PrivateBroker):
    """mosquitto with queues that drop nothing."""

    def __init__(self, work: Path, priority: int) -> None:
        super().__init__(work, "max_queued_messages 5000000\nmax_inflight_messages 1000\n", front(priority))


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
