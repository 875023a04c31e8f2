"""What each device had said when an instant came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterable, Iterator

from commands import word
from devices import devices_of
from exact_json import Number, Object
from instants import device_instant, rfc3339
from messages import Message, identity
from telemetry import Patch, patches


@dataclass
class State:
    """The sum of a device's messages."""

    last_seen: int = 0
    status: str | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    config_version: str | None = None
    firmware: str | None = None
    latest_firmware: str | None = None
    licenses: dict[str, dict[str, str]] = field(default_factory=dict)

    def apply(self, patch: Patch) -> None:
        """Merges telemetry: null removes a metric, `override` removes all that it does not name."""
        if patch.replaces:
            self.metrics.clear()
        said = None
        for metric, value in patch.metrics:
            self.metrics.pop(metric, None)
            if value is not None:
                self.metrics[metric] = value
            text = value.text if isinstance(value, Number) else value
            if isinstance(text, str) and metric == "status":
                said = text
            if isinstance(text, str) and text and metric in ("firmware_version", "firmware"):
                self.firmware = text
        condition = said if patch.condition is None else patch.condition
        self.status = self.status if condition is None else condition

    def row(self, device: str) -> dict[str, Any]:
        """The row under the keys of the command line."""
        row = {
            "device": device,
            "status": self.status,
            "last_seen": rfc3339(self.last_seen),
            "metrics": self.metrics,
            "config_version": self.config_version,
            "firmware": self.firmware,
            "latest_firmware": self.latest_firmware,
            "licenses": [{"id": id} | license for id, license in sorted(self.licenses.items())],
        }
        return {key: value for key, value in row.items() if value is not None}


def rows(messages: Iterable[Message], at: int | None = None) -> Iterator[dict[str, Any]]:
    """The rows of `query state --at`: what arrived before that instant counts."""
    states: dict[str, State] = {}
    for message in messages:
        if at is not None and message.time >= at:
            break
        for device in devices_of(message):
            states.setdefault(device, State()).last_seen = message.time
        for patch in patches(message):
            if patch.device is not None:
                states[patch.device].apply(patch)
        content = message.content if message.kind in _READERS else None
        # Only licences come several in an array; elsewhere an array says nothing.
        several = type(content) is list and message.kind == "license"
        for item in content if several else [content]:
            if isinstance(item, Object):
                device = identity(item, "device_id") or message.topic_device
                if device is not None:
                    _READERS[message.kind](states.setdefault(device, State(last_seen=message.time)), item)
    for device in sorted(states, key=str.encode):
        yield states[device].row(device)


def _device_update(state: State, item: Object) -> None:
    state.firmware = firmware_of(item) or state.firmware
    state.config_version = identity(item, "config_version") or state.config_version


def firmware_of(item: Object) -> str | None:
    """The version that a device says it runs; a client of 2022 sends the cloud's notice in its place."""
    notice = item.last(Object, "firmwareVersion")
    return identity(item, "firmware_version", "firmwareVersion") or (
        identity(notice, "latest_fw_version") if notice is not None else None
    )


def _config_update(state: State, item: Object) -> None:
    state.config_version = identity(item, "version") or state.config_version


def _firmware_notice(state: State, item: Object) -> None:
    state.latest_firmware = identity(item, "latest_fw_version") or state.latest_firmware


def _license(state: State, item: Object) -> None:
    id = identity(item, "id")
    if id is None:
        return
    license = state.licenses.setdefault(id, {})
    action = item.last(str, "action")
    actions = [name for name in ("add", "update", "remove") if item.last(bool, name) is True]
    if action or actions:
        license["action"] = word(action) if action else actions[0]
        license.pop("state", None)
    expires = device_instant(item.last((str, Number), "expires_at", "expired_at"))
    if expires is not None:
        license["expires_at"] = rfc3339(expires)


def _license_update(state: State, item: Object) -> None:
    id, said = identity(item, "id"), item.last(str, "state")
    if id is not None and said is not None:
        state.licenses.setdefault(id, {})["state"] = word(said)


_READERS = {
    "device_update": _device_update,
    "config_update": _config_update,
    "firmware_notice": _firmware_notice,
    "license": _license,
    "license_update": _license_update,
}
