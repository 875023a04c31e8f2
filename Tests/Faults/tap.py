#!/usr/bin/env python3
"""A relay between the recorder and its broker that notes which deliveries the recorder acknowledged.

    tap.py LISTEN_PORT BROKER_PORT FILE

Each line of FILE is an acknowledged delivery: device and number. SIGUSR1 makes it forward nothing any more, with both
connections left open (half open); SIGUSR2 ends that by closing them.
"""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import struct
import sys

import mqtt

NUMBER = re.compile(rb'"n":(\d+)')


class Tap:
    def __init__(self, broker: int, path: str) -> None:
        self.broker = broker
        self.file = open(path, "w", buffering=1 << 16)
        self.open = asyncio.Event()
        self.open.set()
        self.writers: set[asyncio.StreamWriter] = set()

    def hold(self) -> None:
        self.open.clear()

    def drop(self) -> None:
        for writer in list(self.writers):
            writer.transport.abort()
        self.open.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            upstream, up = await asyncio.open_connection("127.0.0.1", self.broker)
        except OSError:
            writer.transport.abort()
            return
        for end in (writer, up):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.writers |= {writer, up}
        deliveries: dict[int, str] = {}
        await asyncio.gather(
            self.pump(upstream, writer, mqtt.Reader(), deliveries, True),
            self.pump(reader, up, mqtt.Reader(), deliveries, False))
        self.writers -= {writer, up}

    async def pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, packets: mqtt.Reader,
        deliveries: dict[int, str], downwards: bool,
    ) -> None:
        try:
            while data := await source.read(1 << 16):
                await self.open.wait()
                for first, body in packets.feed(data):
                    if downwards and first >> 4 == mqtt.PUBLISH and first & 0x06:
                        topic, packet_id, payload = mqtt.delivery(first, body)
                        number = NUMBER.search(payload)
                        if number:
                            deliveries[packet_id] = f"{topic.split('/')[2]} {int(number[1])}"
                    elif not downwards and first >> 4 == mqtt.PUBACK:
                        packet_id = struct.unpack_from(">H", body)[0]
                        if packet_id in deliveries:
                            self.file.write(deliveries[packet_id] + "\n")
                sink.write(data)
                await sink.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        await self.open.wait()
        sink.transport.abort() if downwards is False else sink.close()


async def main() -> None:
    tap = Tap(int(sys.argv[2]), sys.argv[3])
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, tap.hold)
    loop.add_signal_handler(signal.SIGUSR2, tap.drop)
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await asyncio.start_server(tap.serve, "127.0.0.1", int(sys.argv[1]), limit=1 << 18)
    print("ready", flush=True)
    await stop.wait()
    tap.file.close()


asyncio.run(main())
