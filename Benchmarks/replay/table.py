"""Prints rows as one table."""

from __future__ import annotations

from typing import TextIO

_COLUMNS = [
    ("case", "case"), ("program", "program"), ("messages", "messages"), ("seconds", "s"), ("off_percent", "off %"),
    ("per_s", "msg/s"), ("p50", "p50 µs"), ("p90", "p90 µs"), ("p99", "p99 µs"), ("p99_9", "p99.9 µs"),
    ("max", "max µs"), ("cpu_per_100k", "CPU s/100k"), ("peak_mib", "peak MiB"), ("note", "note"),
]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)


def print_rows(rows: list[dict], output: TextIO) -> None:
    """The rows below each other; numbers to the right, columns that nobody fills left out."""
    columns = [column for column in _COLUMNS if any(row.get(column[0]) is not None for row in rows)]
    cells = [[title for _, title in columns]] + [[_text(row.get(key)) for key, _ in columns] for row in rows]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    for line in cells:
        parts = [
            text.ljust(width) if columns[index][0] in ("case", "program", "note") else text.rjust(width)
            for index, (text, width) in enumerate(zip(line, widths))
        ]
        output.write("  ".join(parts).rstrip() + "\n")
