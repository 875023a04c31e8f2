"""How many bytes the same messages take when they are only compressed."""

from __future__ import annotations

import lzma
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterable, Iterator

import zstandard

from corpus import Message, read_records, record

BLOCK = 1 << 20


@dataclass(frozen=True)
class Size:
    """Bytes of a store; `exact` says whether every message comes back byte for byte, `note` how one is found."""

    store: str
    bytes: int | None
    exact: str
    note: str = ""


def zstd_blocks(messages: Iterable[Message], level: int = 3) -> tuple[int, int]:
    """The bytes of the record stream, and those of its blocks of whole records, at least 1 MiB, a zstd frame each."""
    compressor = zstandard.ZstdCompressor(level=level)
    raw, total, block, size = 0, 0, [], 0
    for message in messages:
        block.append(record(message))
        size += len(block[-1])
        if size >= BLOCK:
            total += len(compressor.compress(b"".join(block)))
            raw += size
            block, size = [], 0
    return raw + size, total + (len(compressor.compress(b"".join(block))) if block else 0)


def stream_sizes(stream: Path, raw_bytes: int, *, includes_slow: bool) -> Iterator[Size]:
    """The record stream as it is, in blocks, and as one frame of each compressor."""
    yield Size("raw record stream", raw_bytes, "yes", "by sequence only")
    yield Size("zstd -3, blocks of 1 MiB", zstd_blocks(read_records(stream))[1], "yes", "block by block")
    zstd = zstandard.ZstdCompressor(level=3).compressobj()
    yield Size("zstd -3, one frame", _whole(stream, zstd), "yes", "no access")
    yield Size("gzip -6", _whole(stream, zlib.compressobj(6, zlib.DEFLATED, 31)), "yes", "no access")
    if not includes_slow:
        return
    slow: list[tuple[str, Callable[[], object]]] = [
        ("zstd -19, one frame", zstandard.ZstdCompressor(level=19).compressobj),
        ("xz -6", lambda: lzma.LZMACompressor(preset=6)),
    ]
    for name, compressor in slow:
        yield Size(name, _whole(stream, compressor()), "yes", "no access")


def _whole(stream: Path, compressor) -> int:
    total = 0
    with stream.open("rb") as file:
        while chunk := file.read(BLOCK):
            total += len(compressor.compress(chunk))
    return total + len(compressor.flush())


def on_disk(path: Path) -> int:
    """Bytes of a file with what SQLite keeps beside it."""
    parts = [path, Path(f"{path}-wal"), Path(f"{path}-shm")]
    return sum(part.stat().st_size for part in parts if part.exists())
