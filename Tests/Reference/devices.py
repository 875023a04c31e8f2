"""Which devices there are."""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from exact_json import Object
from instants import rfc3339
from messages import Message, identity
from telemetry import patches


def devices_of(message: Message) -> set[str]:
    """Who a message counts for: the device of its topic, and those that telemetry and device updates speak for."""
    found = {message.topic_device, *(patch.device for patch in patches(message))}
    if message.kind == "device_update" and isinstance(content := message.content, Object):
        found.add(identity(content, "device_id"))
    return {device for device in found if device is not None}


def rows(messages: Iterable[Message]) -> Iterator[dict[str, Any]]:
    """The rows of `query devices`, as far as they follow from the messages alone."""
    seen: dict[str, list[int]] = {}
    for message in messages:
        for device in devices_of(message):
            seen.setdefault(device, []).append(message.time)
    for device in sorted(seen, key=str.encode):
        times = seen[device]
        yield {
            "device": device,
            "first_seen": rfc3339(times[0]),
            "last_seen": rfc3339(times[-1]),
            "messages": len(times),
        }
