"""Messages in files: JSON Lines in Tapedeck's `messages` contract, and length-prefixed records.

The record stream is the yardstick of every size: nothing but the message, once, in order of arrival. All
integers are little endian:

    u32  bytes of the rest
    i64  receive time, ns since the Unix epoch
    u8   QoS in bits 0-1, RETAIN in bit 2, DUP in bit 3
    u16  bytes of the topic, then the topic
    u8   number of properties, then for each: u16 bytes, name, u16 bytes, value
    u32  bytes of the payload, then the payload

User properties stand under their own names. Any other MQTT 5 property stands under a NUL byte and its key of the
JSON contract, its value as JSON; no user property can begin with NUL (MQTT 5.0 section 1.5.4).
"""

from __future__ import annotations

import base64
import functools
import json
import struct
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple

from errors import BenchmarkError

NANOSECONDS = 1_000_000_000
RETAIN = 4
DUP = 8

_LENGTH = struct.Struct("<I")
_HEAD = struct.Struct("<qBH")
_SHORT = struct.Struct("<H")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Message(NamedTuple):
    """One message; `properties` is the part of its record from the count of properties on."""

    received: int
    flags: int
    topic: bytes
    properties: bytes
    payload: bytes


def record(message: Message) -> bytes:
    """The message as one record of the stream."""
    body = b"".join(
        (
            _HEAD.pack(message.received, message.flags, len(message.topic)),
            message.topic,
            message.properties,
            _LENGTH.pack(len(message.payload)),
            message.payload,
        )
    )
    return _LENGTH.pack(len(body)) + body


def read(path: Path) -> Iterator[Message]:
    """The messages of a file; `.bin` holds records, anything else JSON Lines."""
    return read_records(path) if path.suffix == ".bin" else read_lines(path)


def read_records(path: Path) -> Iterator[Message]:
    """The messages of a record stream."""
    offset = 0
    with path.open("rb", buffering=1 << 20) as file:
        while prefix := file.read(4):
            body = file.read(_LENGTH.unpack(prefix)[0]) if len(prefix) == 4 else b""
            try:
                message = _parse(body)
            except (struct.error, IndexError, ValueError) as error:
                raise BenchmarkError(
                    f"{path}: no whole record at byte {offset} ({error}); make the file anew, or give JSON Lines"
                ) from error
            yield message
            offset += 4 + len(body)


def _parse(body: bytes) -> Message:
    received, flags, size = _HEAD.unpack_from(body)
    start = _HEAD.size + size
    end = start + 1
    for _ in range(2 * body[start]):
        end += 2 + _SHORT.unpack_from(body, end)[0]
    (count,) = _LENGTH.unpack_from(body, end)
    if end + 4 + count != len(body):
        raise ValueError("its lengths do not add up")
    return Message(received, flags, body[_HEAD.size : start], body[start:end], body[end + 4 :])


def read_lines(path: Path) -> Iterator[Message]:
    """The messages of a file of JSON Lines in the `messages` contract."""
    with path.open("rb", buffering=1 << 20) as file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                yield _from_json(json.loads(line))
            except (ValueError, KeyError, TypeError, struct.error) as error:
                raise BenchmarkError(
                    f"{path}, line {number}: {error!r}; a line needs time, topic and payload (a string) or "
                    "payload_base64, as `tapedeck export` writes them"
                ) from error


def _from_json(row: dict) -> Message:
    flags = row.get("qos", 0) | (RETAIN if row.get("retain") else 0) | (DUP if row.get("dup") else 0)
    encoded = row.get("payload_base64")
    payload = row["payload"].encode() if encoded is None else base64.b64decode(encoded, validate=True)
    properties = row.get("properties")
    pairs = pack_properties(json.dumps(properties, ensure_ascii=False)) if properties else b"\0"
    return Message(parse_time(row["time"]), flags, row["topic"].encode(), pairs, payload)


@functools.lru_cache(maxsize=1 << 14)
def pack_properties(text: str) -> bytes:
    """The properties of the JSON contract, as JSON text, as they stand in a record."""
    properties = json.loads(text)
    pairs = [(name.encode(), value.encode()) for name, value in properties.pop("user", ())]
    pairs += [(b"\0" + name.encode(), json.dumps(value).encode()) for name, value in properties.items()]
    if len(pairs) > 255:
        raise ValueError("more than 255 properties in a message")
    return bytes([len(pairs)]) + b"".join(_SHORT.pack(len(text)) + text for pair in pairs for text in pair)


@functools.lru_cache(maxsize=1 << 14)
def unpack_properties(packed: bytes) -> str | None:
    """The properties of a record as JSON text of the contract; None when there are none."""
    texts, at = [], 1
    for _ in range(2 * packed[0]):
        (size,) = _SHORT.unpack_from(packed, at)
        texts.append(packed[at + 2 : at + 2 + size].decode())
        at += 2 + size
    result: dict = {}
    for name, value in zip(texts[::2], texts[1::2]):
        if name.startswith("\0"):
            result[name[1:]] = json.loads(value)
        else:
            result.setdefault("user", []).append([name, value])
    return json.dumps(result, ensure_ascii=False) if result else None


def line(message: Message) -> str:
    """The message as a line of JSON in the `messages` contract."""
    row: dict = {
        "time": format_time(message.received),
        "topic": message.topic.decode(),
        "qos": message.flags & 3,
        "retain": bool(message.flags & RETAIN),
        "dup": bool(message.flags & DUP),
    }
    try:
        row["payload"] = message.payload.decode()
    except UnicodeDecodeError:
        row["payload_base64"] = base64.b64encode(message.payload).decode()
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    if properties := unpack_properties(message.properties):
        text = f'{text[:-1]},"properties":{properties}}}'
    return text + "\n"


def write_lines(messages: Iterable[Message], path: Path) -> int:
    """Writes messages as JSON Lines; gives their number."""
    count = 0
    with path.open("w", buffering=1 << 20, encoding="utf-8") as file:
        for message in messages:
            file.write(line(message))
            count += 1
    return count


def format_time(nanoseconds: int) -> str:
    """RFC 3339, UTC, with nanoseconds."""
    seconds, rest = divmod(nanoseconds, NANOSECONDS)
    return f"{_second_text(seconds)}.{rest:09}Z"


def parse_time(value: str | int | float) -> int:
    """RFC 3339 with any fraction and zone, or a count of ns since the Unix epoch, in ns."""
    if isinstance(value, int):
        return value
    if not isinstance(value, str):
        raise ValueError(f"time {value!r} is neither RFC 3339 nor a whole number of nanoseconds")
    whole, fraction, zone = value[:19], "", value[19:]
    if zone.startswith("."):
        digits = len(zone) - len(zone[1:].lstrip("0123456789")) - 1
        fraction, zone = zone[1 : 1 + digits], zone[1 + digits :]
    return _second_count(whole, zone) * NANOSECONDS + int(fraction[:9].ljust(9, "0"))


@functools.lru_cache(maxsize=1 << 12)
def _second_text(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")


@functools.lru_cache(maxsize=1 << 12)
def _second_count(whole: str, zone: str) -> int:
    time = datetime.fromisoformat(whole + ("+00:00" if zone in ("Z", "z") else zone))
    if time.tzinfo is None:
        raise ValueError(f"time {whole!r} has no zone")
    return (time - _EPOCH) // timedelta(seconds=1)
