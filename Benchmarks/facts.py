"""One pass over a corpus: what the peers load, and what the questions and their reference answers are made of.

Writes to a folder:

- `records.bin`       the record stream (a link when the corpus is one)
- `messages.jsonl`    JSON Lines for `tapedeck import` (a link when the corpus is such a file)
- `messages.parquet`  seq, recv, device, kind, topic, flags, props, payload
- `points.parquet`    recv, device, metric, num (numbers), text (all else); a device's condition is the metric `$status`
- `commands.parquet`  recv, device, id, name, status, is_update
- `facts.json`        counts
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from corpus import Message, line, read, record
from errors import BenchmarkError

STATUS_METRIC = "$status"
_VERSION = 1
_BATCH = 100_000
_MESSAGES = pa.schema(
    [
        ("seq", pa.int64()),
        ("recv", pa.int64()),
        ("device", pa.string()),
        ("kind", pa.string()),
        ("topic", pa.string()),
        ("flags", pa.uint8()),
        ("props", pa.binary()),
        ("payload", pa.binary()),
    ]
)
_POINTS = pa.schema(
    [
        ("recv", pa.int64()),
        ("device", pa.string()),
        ("metric", pa.string()),
        ("num", pa.float64()),
        ("text", pa.string()),
    ]
)
_COMMANDS = pa.schema(
    [
        ("recv", pa.int64()),
        ("device", pa.string()),
        ("id", pa.string()),
        ("name", pa.string()),
        ("status", pa.string()),
        ("is_update", pa.bool_()),
    ]
)


@dataclass
class Facts:
    """What is known of a corpus after the pass."""

    messages: int = 0
    raw_bytes: int = 0
    payload_bytes: int = 0
    first: int = 0
    last: int = 0
    is_increasing: bool = True
    unreadable: int = 0
    points: int = 0
    commands: int = 0
    digest: str = ""
    numbers: list[tuple[str, str, int]] = field(default_factory=list)
    """Metric, device, and how many numbers it sent."""

    @property
    def order(self) -> str:
        """The column that gives the order of arrival: `recv` where no two times are equal, so that stores of the
        messages need no number besides; else `seq`."""
        return "recv" if self.is_increasing else "seq"


class _Table:
    """Rows collected in memory and written to a Parquet file batch by batch."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", compression_level=1)
        self._schema = schema
        self._columns: list[list[Any]] = [[] for _ in schema]
        self.count = 0

    def add(self, *row: Any) -> None:
        for column, value in zip(self._columns, row):
            column.append(value)
        self.count += 1
        if len(self._columns[0]) >= _BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        arrays = [pa.array(column, type=kind.type) for column, kind in zip(self._columns, self._schema)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._columns = [[] for _ in self._schema]


def gather(corpus: Path, folder: Path) -> Facts:
    """Makes the folder's files from the corpus, or takes those that an earlier run made from the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    state = corpus.stat()
    origin = [_VERSION, str(corpus.resolve()), state.st_size, state.st_mtime_ns]
    known = folder / "facts.json"
    if known.exists():
        kept = json.loads(known.read_text())
        if kept["origin"] == origin:
            return Facts(**{**kept["facts"], "numbers": [tuple(entry) for entry in kept["facts"]["numbers"]]})
        known.unlink()
    facts = _pass(corpus, folder)
    known.write_text(json.dumps({"origin": origin, "facts": asdict(facts)}))
    return facts


def _pass(corpus: Path, folder: Path) -> Facts:
    facts = Facts()
    is_stream = corpus.suffix == ".bin"
    given, made = ("records.bin", "messages.jsonl") if is_stream else ("messages.jsonl", "records.bin")
    for name in (given, made):
        (folder / name).unlink(missing_ok=True)
    (folder / given).symlink_to(corpus.resolve())

    messages = _Table(folder / "messages.parquet", _MESSAGES)
    points = _Table(folder / "points.parquet", _POINTS)
    commands = _Table(folder / "commands.parquet", _COMMANDS)
    numbers: Counter[tuple[str, str]] = Counter()
    digest = hashlib.blake2b(digest_size=16)
    with (folder / made).open("wb", buffering=1 << 20) as file:
        for message in read(corpus):
            stored = record(message)
            digest.update(stored)
            file.write(line(message).encode() if is_stream else stored)
            if facts.messages == 0:
                facts.first = message.received
            elif message.received <= facts.last:
                facts.is_increasing = False
            facts.messages += 1
            facts.raw_bytes += len(stored)
            facts.payload_bytes += len(message.payload)
            facts.last = message.received
            topic = message.topic.decode()
            device, kind = _device_and_kind(topic)
            messages.add(
                facts.messages,
                message.received,
                device,
                kind,
                topic,
                message.flags,
                message.properties,
                message.payload,
            )
            if kind == "telemetry":
                facts.unreadable += not _take_telemetry(message, device, points, numbers)
            elif kind in ("commands", "commands/update"):
                facts.unreadable += not _take_command(message, device, kind, commands)
    for table in (messages, points, commands):
        table.close()
    if facts.messages == 0:
        raise BenchmarkError(f"{corpus} holds no messages; give a file with some, or none to simulate a fleet")
    facts.points, facts.commands = points.count, commands.count
    facts.digest = digest.hexdigest()
    facts.numbers = [(metric, device, many) for (metric, device), many in sorted(numbers.items())]
    return facts


def _device_and_kind(topic: str) -> tuple[str | None, str]:
    levels = topic.split("/", 3)
    if len(levels) == 4 and levels[0] == "v1" and levels[1] == "device":
        return levels[2], levels[3]
    return None, "other"


def _parse(message: Message) -> dict | None:
    try:
        value = json.loads(message.payload)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _take_telemetry(message: Message, device: str, points: _Table, numbers: Counter[tuple[str, str]]) -> bool:
    payload = _parse(message)
    if payload is None:
        return False
    status = payload.get("status")
    if isinstance(status, str):
        points.add(message.received, device, STATUS_METRIC, None, status)
    metrics = payload.get("telemetries")
    if not isinstance(metrics, dict):
        return metrics is None
    for metric, value in metrics.items():
        if value is None:
            continue
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            points.add(message.received, device, metric, float(value), None)
            numbers[metric, device] += 1
        else:
            points.add(message.received, device, metric, None, value if isinstance(value, str) else json.dumps(value))
    return True


def _take_command(message: Message, device: str, kind: str, commands: _Table) -> bool:
    payload = _parse(message)
    if payload is None or not isinstance(payload.get("id"), str):
        return False
    name, status = payload.get("name"), payload.get("status")
    commands.add(message.received, device, payload["id"], name, status, kind == "commands/update")
    return True
