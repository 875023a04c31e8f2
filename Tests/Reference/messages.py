"""The messages of `tapedeck export`, and the JSON value in a payload."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Iterable, Iterator

import exact_json
from exact_json import Number, Object
from instants import from_rfc3339

UNREADABLE = object()
"""Stands for a payload that is no JSON."""


@dataclass(frozen=True)
class Message:
    """One message that was not a redelivery."""

    seq: int
    time: int
    kind: str
    topic_device: str | None
    payload: bytes
    correlation: bytes | None

    @cached_property
    def content(self) -> Any:
        """The JSON value of the payload, or UNREADABLE."""
        try:
            text = self.payload.decode("utf-8").removeprefix("\ufeff").rstrip("\0 \t\n\r")
            value = exact_json.parse(text)
        except ValueError:
            return UNREADABLE
        if isinstance(value, str):
            try:
                return exact_json.parse(value)
            except ValueError:
                return value
        return value


def read(lines: Iterable[str]) -> Iterator[Message]:
    """The messages of an export in order of arrival, without redelivered duplicates."""
    for line in lines:
        row = dict(exact_json.parse(line))
        if "duplicate_of" in row:
            continue
        properties = dict(row.get("properties", []))
        correlation = properties.get("correlation_data_base64")
        payload = row["payload"].encode() if "payload" in row else base64.b64decode(row["payload_base64"])
        yield Message(
            seq=int(row["seq"].text),
            time=from_rfc3339(row["time"]),
            kind=row["kind"],
            topic_device=row.get("device"),
            payload=payload,
            correlation=None if correlation is None else base64.b64decode(correlation),
        )


def identity(members: Object, *names: str) -> str | None:
    """An id or version: a text that is not empty, or a number as its text."""
    found = None
    for value in members.all(*names):
        text = value.text if isinstance(value, Number) else value
        if isinstance(text, str) and text:
            found = text
    return found
