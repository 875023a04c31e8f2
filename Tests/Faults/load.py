#!/usr/bin/env python3
"""Numbered messages of some devices, and what the broker acknowledged of them.

    load.py PORT DEVICES RATE QOS0_SHARE FILE [PAYLOAD_BYTES]

Publishes until SIGTERM at RATE messages a second in all; the first QOS0_SHARE (0 to 1) of the devices at QoS 0, the
others at QoS 1. Each line of FILE is then one message: device, QoS, number, when it was sent, when it was acknowledged
(wall time, ns). One that nobody knows the fate of is acknowledged at -1: the connection broke before the PUBACK came,
or within two seconds after a message at QoS 0. A device connects again when its connection is gone.
"""

from __future__ import annotations

import asyncio
import signal
import struct
import sys
import time

import mqtt

UNKNOWN = -1
WINDOW = 500


class Device(asyncio.Protocol):
    def __init__(self, port: int, name: str, qos: int, filler: str) -> None:
        self.port, self.name, self.qos, self.filler = port, name, qos, filler
        self.topic = f"v1/device/{name}/telemetry"
        self.sent: list[int] = []
        self.acked: list[int] = []
        self.waiting: dict[int, int] = {}
        self.transport: asyncio.Transport | None = None
        self.ready = False
        self.paused = False
        self.stopped = False

    async def run(self) -> None:
        while not self.stopped:
            if self.transport is None:
                try:
                    await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self.port)
                except OSError:
                    pass
            await asyncio.sleep(0.1)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.reader = mqtt.Reader()
        self.ready = self.paused = False
        transport.write(mqtt.connect(f"load-{self.name}", keep_alive=0))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        now = time.time_ns()
        for first, body in self.reader.feed(data):
            if first >> 4 == mqtt.CONNACK:
                self.ready = body[1] == 0
            elif first >> 4 == mqtt.PUBACK:
                number = self.waiting.pop(struct.unpack_from(">H", body)[0], None)
                if number is not None and (len(body) < 3 or body[2] < 0x80):
                    self.acked[number] = now

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False

    def connection_lost(self, error: Exception | None) -> None:
        self.transport, self.ready = None, False
        self.waiting.clear()
        if self.qos == 0 and not self.stopped:
            edge = time.time_ns() - 2_000_000_000
            number = len(self.sent) - 1
            while number >= 0 and self.sent[number] > edge:
                self.acked[number] = UNKNOWN
                number -= 1

    def publish(self, now: int) -> bool:
        if not self.ready or self.paused or len(self.waiting) >= WINDOW:
            return False
        assert self.transport is not None
        number = len(self.sent)
        packet_id = number % 65_535 + 1
        payload = f'{{"n":{number}{self.filler}}}'.encode()
        self.transport.write(mqtt.publish(self.topic, payload, self.qos, packet_id))
        self.sent.append(now)
        self.acked.append(now if self.qos == 0 else UNKNOWN)
        if self.qos:
            self.waiting[packet_id] = number
        return True


async def main() -> None:
    port, count, rate, share, path = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
    size = int(sys.argv[6]) if len(sys.argv) > 6 else 0
    filler = f',"filler":"{"x" * size}"' if size else ""
    devices = [Device(port, f"dev{i:03}", 0 if i < count * share else 1, filler) for i in range(count)]
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    tasks = [asyncio.create_task(device.run()) for device in devices]
    while not all(device.ready for device in devices):
        await asyncio.sleep(0.01)
    print("ready", flush=True)
    began = time.monotonic()
    done = turn = 0
    while not stop.is_set():
        due = int((time.monotonic() - began) * rate) - done
        now = time.time_ns()
        for _ in range(min(due, 2_000)):
            devices[turn % count].publish(now)
            turn += 1
        # What could not be sent now is not sent later: the load does not rise after a pause.
        done += due
        await asyncio.sleep(0.002)
    deadline = time.monotonic() + 5
    while any(device.waiting for device in devices) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    for device in devices:
        device.stopped = True
        if device.transport is not None:
            device.transport.write(mqtt.packet(mqtt.DISCONNECT, b""))
            device.transport.close()
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    with open(path, "w") as file:
        for device in devices:
            for number, (sent, acked) in enumerate(zip(device.sent, device.acked)):
                file.write(f"{device.name} {device.qos} {number} {sent} {acked}\n")


asyncio.run(main())
