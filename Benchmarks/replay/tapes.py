"""Tapes of a steady rate, and the same messages as the schedules that the others read."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

_START = 1_760_000_000
_METRICS = ("temperature", "humidity", "fan_speed", "cpu", "memory", "load", "uptime", "rssi")


@dataclass(frozen=True)
class Material:
    """One stream of messages in every form."""

    tape: Path
    schedule: Path
    messages: int
    qos: int
    interval_ns: int

    @property
    def planned_s(self) -> float:
        """From the first message to the last."""
        return (self.messages - 1) * self.interval_ns / 1e9


def _payload() -> str:
    telemetry = {"status": "online", "timestamp": "2026-11-22T14:30:00.000Z"}
    return json.dumps(telemetry | {"telemetries": {name: 1.5 for name in _METRICS}}, separators=(",", ":"))


def messages(count: int, interval_ns: int):
    """Offset, topic and payload of each message."""
    payload = _payload()
    for number in range(count):
        yield number * interval_ns, f"v1/device/d{number % 50:04d}/telemetry", payload


def _time(offset: int) -> str:
    seconds, nanoseconds = divmod(_START * 10**9 + offset, 10**9)
    text = datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{nanoseconds:09d}Z"


def steady(runner, rate: int, seconds: int, qos: int) -> Material:
    """A tape with so many messages a second, made with `tapedeck import`."""
    base = runner.work / f"steady-{rate}-{seconds}-{qos}"
    interval = 10**9 // rate
    material = Material(base.with_suffix(".tape"), base.with_suffix(".txt"), rate * seconds, qos, interval)
    if material.tape.exists() and material.schedule.exists():
        return material
    lines = base.with_suffix(".jsonl")
    with open(lines, "w", encoding="utf-8") as jsonl, open(material.schedule, "w", encoding="utf-8") as schedule:
        for offset, topic, payload in messages(material.messages, interval):
            schedule.write(f"{offset} {topic} {payload}\n")
            jsonl.write(json.dumps({"time": _time(offset), "topic": topic, "payload": payload, "qos": qos}) + "\n")
    subprocess.run(
        [runner.binary, "import", lines, "-o", material.tape, "--keep-secrets"], check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lines.unlink()
    return material
