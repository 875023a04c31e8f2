"""As much of MQTT 5 as a load generator and a hostile broker need (sections are those of the OASIS standard)."""

from __future__ import annotations

import struct

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def length(value: int) -> bytes:
    """A variable byte integer (1.5.5)."""
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def packet(kind: int, body: bytes, flags: int = 0) -> bytes:
    return bytes([kind << 4 | flags]) + length(len(body)) + body


def connect(client_id: str, *, clean: bool = True, keep_alive: int = 60, expiry: int = 0, window: int = 0) -> bytes:
    properties = b""
    if expiry:
        properties += b"\x11" + struct.pack(">I", expiry)
    if window:
        properties += b"\x21" + struct.pack(">H", window)
    head = text("MQTT") + b"\x05" + (b"\x02" if clean else b"\x00") + struct.pack(">H", keep_alive)
    return packet(CONNECT, head + length(len(properties)) + properties + text(client_id))


def publish(topic: str, payload: bytes, qos: int = 0, packet_id: int = 0, retain: bool = False) -> bytes:
    body = text(topic) + (struct.pack(">H", packet_id) if qos else b"") + b"\x00" + payload
    return packet(PUBLISH, body, qos << 1 | (1 if retain else 0))


def subscribe(packet_id: int, topic_filter: str, qos: int) -> bytes:
    return packet(SUBSCRIBE, struct.pack(">H", packet_id) + b"\x00" + text(topic_filter) + bytes([qos]), 2)


class Reader:
    """Cuts a stream into packets: (first byte, body)."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        self._buffer += data
        packets = []
        start = 0
        buffer = self._buffer
        while True:
            position, size, shift = start + 1, 0, 0
            while position < len(buffer):
                byte = buffer[position]
                position += 1
                size |= (byte & 0x7F) << shift
                shift += 7
                if byte < 0x80:
                    break
            else:
                break
            if len(buffer) - position < size:
                break
            packets.append((buffer[start], bytes(buffer[position : position + size])))
            start = position + size
        del buffer[:start]
        return packets


def delivery(first: int, body: bytes) -> tuple[str, int, bytes]:
    """Topic, packet identifier (0 at QoS 0) and payload of a PUBLISH."""
    size = struct.unpack_from(">H", body)[0]
    topic = body[2 : 2 + size].decode()
    position = 2 + size
    packet_id = 0
    if first & 0x06:
        packet_id = struct.unpack_from(">H", body, position)[0]
        position += 2
    properties = shift = 0
    while True:
        byte = body[position]
        position += 1
        properties |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return topic, packet_id, body[position + properties :]
