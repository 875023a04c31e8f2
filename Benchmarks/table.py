"""Plain text tables."""

from __future__ import annotations

from typing import Sequence

Row = Sequence[str]


def render(title: str, columns: Row, rows: Sequence[Row], notes: Sequence[str] = ()) -> str:
    """A table with a title; first column to the left, the others to the right, text columns that hold words too.

    - notes: sentences below it.
    """
    widths = [max(len(row[index]) for row in (columns, *rows)) for index in range(len(columns))]
    lines = [title, "-" * len(title), _line(columns, widths)]
    lines += [_line(row, widths) for row in rows]
    lines += [f"  {note}" for note in notes]
    return "\n".join(lines) + "\n"


def _line(row: Row, widths: Sequence[int]) -> str:
    last = len(row) - 1
    cells = [
        cell.ljust(width) if index in (0, last) else cell.rjust(width)
        for index, (cell, width) in enumerate(zip(row, widths))
    ]
    return "  ".join(cells).rstrip()


def count(value: int) -> str:
    """A whole number in groups of three."""
    return f"{value:,}"


def seconds(value: float) -> str:
    """Seconds with milliseconds."""
    return f"{value:.3f}"


def mebibytes(value: int) -> str:
    """Bytes as MiB."""
    return f"{value / (1 << 20):.0f} MiB"
