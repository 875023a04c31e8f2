"""A broker that mutates what it sends, by a seed, until it is told to behave."""

from __future__ import annotations

import random
import socket
import struct
import threading

import mqtt


class HostileBroker:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = 0
        self.sent = 0
        self.good_acknowledged = 0
        self._good = False
        self._closed = False
        threading.Thread(target=self._serve, daemon=True).start()

    def behave(self) -> None:
        """From now on it mutates nothing."""
        self._good = True

    def close(self) -> None:
        self._closed = True
        self._listener.close()

    def _serve(self) -> None:
        while not self._closed:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        try:
            with client:
                client.settimeout(3)
                self._converse(client)
        except (OSError, struct.error, IndexError):
            pass

    def _converse(self, client: socket.socket) -> None:
        reader = mqtt.Reader()
        is_good = True
        while data := client.recv(1 << 16):
            for first, body in reader.feed(data):
                kind = first >> 4
                if kind == mqtt.CONNECT:
                    # The recorder's second client is none of the connections that are counted.
                    is_side = b"-side" in body
                    is_good = is_side or self._good
                    if not is_side:
                        self.connections += 1
                    self._send(client, mqtt.packet(mqtt.CONNACK, b"\x00\x00\x00"), is_good)
                    if not is_good and self._chance.random() < 0.5:
                        self._messages(client, is_good)
                elif kind == mqtt.SUBSCRIBE:
                    codes = b"\x00" if b"$SYS" in body else b"\x01"
                    self._send(client, mqtt.packet(mqtt.SUBACK, body[:2] + b"\x00" + codes), is_good)
                    if b"$SYS" not in body:
                        self._messages(client, is_good)
                        if not self._good:
                            # The connection is of no more use.
                            self._drain(client)
                            return
                elif kind == mqtt.PINGREQ:
                    self._send(client, mqtt.packet(mqtt.PINGRESP, b""), is_good)
                elif kind == mqtt.PUBACK and self._good:
                    self.good_acknowledged += 1

    def _drain(self, client: socket.socket) -> None:
        client.settimeout(0.05)
        try:
            while client.recv(1 << 16):
                pass
        except TimeoutError:
            pass

    def _messages(self, client: socket.socket, is_good: bool) -> None:
        for number in range(20):
            properties = (
                b"\x01\x01" + b"\x02" + struct.pack(">I", 120) + b"\x03" + mqtt.text("application/json")
                + b"\x08" + mqtt.text("v1/device/hostile/response") + b"\x09" + mqtt.text("corr")
                + b"\x26" + mqtt.text("access_key") + mqtt.text("secret") + b"\x0b\x07"
            )
            body = (
                mqtt.text("v1/device/hostile/telemetry") + struct.pack(">H", number + 1) + mqtt.length(len(properties))
                + properties + b'{"x":%d}' % number
            )
            self.sent += 1
            self._send(client, mqtt.packet(mqtt.PUBLISH, body, 2), is_good)

    def _send(self, client: socket.socket, packet: bytes, is_good: bool) -> None:
        client.sendall(packet if is_good else self._mutated(packet))

    def _mutated(self, packet: bytes) -> bytes:
        chance = self._chance
        data = bytearray(packet)
        if chance.random() < 0.35:
            return bytes(data)
        for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
            if not data:
                break
            place = chance.randrange(len(data))
            what = chance.randrange(7)
            if what == 0:
                data[place] ^= 1 << chance.randrange(8)
            elif what == 1:
                data[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
            elif what == 2:
                del data[place : place + chance.randrange(1, 9)]
            elif what == 3:
                data[place:place] = chance.randbytes(chance.randrange(1, 9))
            elif what == 4:
                data[1:2] = chance.choice((b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\x80\x80\x80\x80\x01", b"\x00"))
            elif what == 5:
                data = data[: place + 1]
            else:
                data += data[place:]
        return bytes(data)
