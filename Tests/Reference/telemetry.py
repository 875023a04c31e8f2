"""Telemetry: patches of a device's state, and the samples in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterable, Iterator

from exact_json import Number, Object
from instants import device_instant, is_sound, rfc3339
from messages import Message, identity

_UUID_LIKE = re.compile(r"[0-9A-Fa-f]+(?:-[0-9A-Fa-f]+){4}")


@dataclass(frozen=True)
class Patch:
    """What one telemetry message says about one device."""

    message: Message
    device: str | None
    condition: str | None
    device_time: int | None
    replaces: bool
    metrics: list[tuple[str, Any]]


@dataclass(frozen=True)
class Sample:
    """One row of `query telemetry`; `metric` is None where a message only empties the state."""

    patch: Patch
    metric: str | None
    value: Any
    op: str

    def row(self) -> dict[str, Any]:
        """The row under the keys of the command line."""
        patch = self.patch
        row: dict[str, Any] = {"seq": patch.message.seq, "time": rfc3339(patch.message.time)}
        if patch.device_time is not None:
            row["device_time"] = rfc3339(patch.device_time)
        if patch.device is not None:
            row["device"] = patch.device
        if self.metric is not None:
            row["metric"] = self.metric
            if self.op != "delete":
                row["value"] = self.value
        if patch.condition is not None:
            row["status"] = patch.condition
        row["op"] = self.op
        row["clock"] = "device" if is_sound(patch.device_time) else "arrival"
        return row


def patches(message: Message) -> Iterator[Patch]:
    """The patches in a message: none, one, or one for each device of a batch."""
    content = message.content if message.kind == "telemetry" else None
    if not isinstance(content, Object):
        return
    if _is_batch(content):
        for device, members in content:
            yield _patch(message, device, members)
    else:
        yield _patch(message, identity(content, "device_id") or message.topic_device, content)


def samples(patch: Patch) -> list[Sample]:
    """The rows of a patch when no metric is asked for by name."""
    rows = [_sample(patch, metric, value) for metric, value in patch.metrics]
    if not rows and patch.condition is not None:
        rows.append(_sample(patch, "status", patch.condition))
    if patch.replaces and all(row.op == "delete" for row in rows):
        rows.append(Sample(patch, None, None, "replace"))
    return rows


def rows(messages: Iterable[Message]) -> Iterator[dict[str, Any]]:
    """The rows of `query telemetry`."""
    for message in messages:
        for patch in patches(message):
            for sample in samples(patch):
                yield sample.row()


def status_rows(messages: Iterable[Message]) -> Iterator[dict[str, Any]]:
    """The rows of `query telemetry -m status`: the metric of that name, else the condition."""
    standing: set[str | None] = set()
    for message in messages:
        for patch in patches(message):
            found = [_sample(patch, metric, value) for metric, value in patch.metrics if metric == "status"]
            named = bool(found)
            if not named and patch.condition is not None:
                found.append(_sample(patch, "status", patch.condition))
            if not found and patch.replaces and patch.device in standing:
                found.append(Sample(patch, None, None, "replace"))
            if named and found[-1].op != "delete":
                standing.add(patch.device)
            elif named or (patch.replaces and patch.condition is None):
                standing.discard(patch.device)
            for sample in found:
                yield sample.row()


def _sample(patch: Patch, metric: str, value: Any) -> Sample:
    op = "delete" if value is None else "replace" if patch.replaces else "set"
    return Sample(patch, metric, value, op)


def _is_batch(content: Object) -> bool:
    return bool(content) and all(
        30 <= len(key) <= 40 and _UUID_LIKE.fullmatch(key) and isinstance(value, Object) for key, value in content
    )


def _patch(message: Message, device: str | None, members: Object) -> Patch:
    legacy = not any(members.all("telemetries")) and any(
        isinstance(value, list) for value in members.all("common", "custom")
    )
    condition, metrics = members.last(str, "status"), list(members.last(Object, "telemetries") or [])
    if legacy:
        common = _legacy_metrics(members.last(list, "common"))
        for key, value in common:
            if key == "status" and isinstance(value, str):
                condition = value
        metrics = [member for member in common if member[0] != "status"]
        metrics += _legacy_metrics(members.last(list, "custom"))
    time = members.last((str, Number), "timestamp")
    return Patch(message, device, condition, device_instant(time), members.last(bool, "override") is True, metrics)


def _legacy_metrics(value: Any) -> list[tuple[str, Any]]:
    """An object of metrics, or a list of objects with `Key` and `Value`."""
    if isinstance(value, Object):
        return list(value)
    pairs = []
    for item in value or []:
        if isinstance(item, Object) and isinstance(key := item.last(str, "Key"), str):
            pairs.append((key, next(iter(list(item.all("Value"))[-1:]), None)))
    return pairs
