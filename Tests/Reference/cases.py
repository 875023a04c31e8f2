"""Messages that no simulator makes: hostile spellings by hand, and conversations by chance."""

from __future__ import annotations

import base64
import json
import random
from typing import Any, Iterator

from instants import SECOND, rfc3339

BEGIN = 1_772_323_200 * SECOND
"""2026-03-01T00:00:00Z."""

Line = dict[str, Any]

SUFFIXES = ["telemetry", "command", "commands", "command/children", "commands/update", "commands/update"]
STATUS_WORDS = ["pending", "in_progress", "in_progress", "done", "done", "failed", "error", "aborted", "scheduled"]
STATUS_WORDS += ["unknown", "In-Progress", " DONE ", "success", "", None, 1]
TIMESTAMPS = ["2026-03-01T10:30:00Z", "2026-03-01T11:30:00+01:00", "2026-03-01T10:30:00", "2026-03-01 10:30:00"]
TIMESTAMPS += ["2026-03-01", 1772361000, 1772361000000, "1772361000", 1772361000.5, 1772361000000000, "....", None]
TIMESTAMPS += ["2026-03-01t10:30:00z", "2026-03-01T10:30Z", "2026-03-01T11:30:00+0100", "2026-03-01T11:30:00+01"]
TIMESTAMPS += ["2026-03-01T10:30:00,5Z", " 2026-03-01T10:30:00Z", "0001-01-01T00:00:00Z", 0, -1.5, [1], True]
TIMESTAMPS += ["2026-03-01T10:30:00.123456789123Z", "2026-03-01T10:29:60Z", "2026-02-30T10:29:00Z"]
TIMESTAMPS += ["2024-02-29T00:00Z", "2026-03-01T10:30:00+01:60", 99999999999, "+1772361000"]
TIMESTAMPS += ["2009-12-31T23:59:59Z", "2010-01-01T00:00:00Z", "2099-12-31T23:59:59Z", "2100-01-01T00:00:00Z"]
TIMESTAMPS += ["2026-03-01T24:00:00Z", "2026-03-01T10:30:00+24:00"]
PAYLOADS = [
    b'\xef\xbb\xbf{"telemetries":{"x":1}}', b'{"telemetries":{"x":1}}\0', b'{"telemetries":{"x":1}}\n\0 \0',
    b'\0{"telemetries":{"x":1}}', b'{"telemetries":{"x":1}}x', b' \n{"telemetries":{"x":1}}\n', b"", b"null", b"[]",
    b'"{\\"telemetries\\":{\\"x\\":1}}"', b'"\\"{}\\""', b'{"telemetries":{"x":NaN}}', b'{"telemetries":{"x":1,}}',
    b'{"telemetries":{"x":"\xff"}}', b'{"telemetries":{"x":"\\ud800"}}', b'{"telemetries":{"x":"a\tb"}}',
    b'{"telemetries":{"x":01}}',
    b'{"telemetries":{"\\u0061":"\\u00e9\\/\\n\\u0000","\\ud83d\\ude00":"\\ud83d\\ude00"}}',
    b'{"telemetries":{"x":' + b"[" * 510 + b"]" * 510 + b"}}",
    b'{"telemetries":{"x":' + b"[" * 511 + b"]" * 511 + b"}}",
    b'{"telemetries":{"x":1,"x":2,"x":"s","x":3}}', b'{"telemetries":{"x":null,"x":1}}',
    b'{"status":"a","status":"b","telemetries":{"q":9},"telemetries":{"q":10}}',
    b'{"telemetries":{"b":9007199254740993,"c":18446744073709551617,"d":1e400,"e":-0,"f":-0.0,"g":100.0,"h":1E2}}',
    b'{"telemetries":{"b":9007199254740993,"c":5e-324,"d":1e-400,"e":0.1000,"f":123456789012345678901234567890}}',
    b'{"override":true}', b'{"override":true,"telemetries":{"x":null}}', b'{"override":1,"telemetries":{"x":4}}',
    b'{"override":true,"status":"s"}', b'{"status":"s","telemetries":{"status":"t"}}',
    b'{"telemetries":{"status":null}}',
    b'{"status":"","telemetries":{"":7}}', b'{"status":5,"telemetries":{"q":7}}', b'{"status":"s","telemetries":null}',
    b'{"status":"s","telemetries":[]}', b'{"device_id":"kid","telemetries":{"q":1}}',
    b'{"device_id":5,"telemetries":{}}',
    b'{"device_id":"","status":"s"}', b'{"common":{"status":"s","a":1},"custom":{"b":2,"a":3}}',
    b'{"status":"top","custom":[{"Key":"k","Value":"v"},{"Key":"n","Value":5}]}',
    b'{"status":"s","common":{"status":"x","a":1},"telemetries":{"b":1}}',
    b'{"error":"x"}', b'{"x":1}', b'[{"status":"s"}]',
    b'{"11111111-1111-1111-1111-111111111111":{"status":"s"},"11111111-1111-1111-1111-111111111112":{"override":true}}',
    '{"telemetries":{"é":1,"e\u0301":2,"t*":3,"[x]":4,"a.b c":5,"Temp":6,"temp":7}}'.encode(),
    b'{"telemetries":{"x":{"b": [1, 2.0,\n null]},"y":[true,{"c":{}}]}}', b'{"Status":"q","TELEMETRIES":{"x":1}}',
]


CONVERSATION = [
    ("parent", "commands", {"id": "k", "status": "pending", "name": "reboot"}),
    ("parent", "command/children", [{"id": "k", "device_id": "child", "status": "pending", "name": "dump"}]),
    ("parent", "commands/update", {"id": "k", "status": "done"}),
    ("child", "commands/update", {"id": "k", "status": "failed"}),
    ("huge", "telemetry", {"timestamp": "2026-03-01T00:00:01Z", "telemetries": {"huge": 1e308}}),
    ("huge", "telemetry", {"timestamp": "2026-03-01T00:00:02Z", "telemetries": {"huge": 1e308}}),
    ("huge", "telemetry", {"timestamp": "2026-03-01T00:00:03Z", "telemetries": {"huge": -1e308}}),
]
TIE = [(30, 30, 3), (40, 5, 4), (4000, 50, 5), (4001, None, 6), (4002, 4001, 7)]
"""Seconds of arrival, seconds by the device's clock, value: the last two samples are of one instant."""


def by_hand() -> Iterator[Line]:
    """Every odd spelling once, each from a device of its own, and messages that are about nobody."""
    lines = [(f"odd-{place}", "telemetry", payload) for place, payload in enumerate(PAYLOADS)]
    for place, stamp in enumerate(TIMESTAMPS):
        content = {"timestamp": stamp, "telemetries": {f"t{place}": place}}
        lines.append((f"stamp-{place}", "telemetry", json.dumps(content).encode()))
    for place, payload in enumerate(PAYLOADS):
        lines.append((f"other-{place}", ("command", "commands/update", "update", "license")[place % 4], payload))
    lines += [(device, suffix, json.dumps(content).encode()) for device, suffix, content in CONVERSATION]
    for place, (device, suffix, payload) in enumerate(lines):
        yield _line(place, f"v1/device/{device}/{suffix}", payload)
    for place, topic in enumerate(["v1/device", "v1/device//telemetry", "v1/device/a", "v1/device/a/x/y", "a/b"]):
        yield _line(len(lines) + place, topic, b'{"device_id":"nobody","telemetries":{"x":1}}')
    for arrival, own, value in TIE:
        patch: dict[str, Any] = {"telemetries": {"tie": value}}
        if own is not None:
            patch["timestamp"] = rfc3339(BEGIN + (3600 + own) * SECOND)
        line = _line(10_000, "v1/device/tie/telemetry", json.dumps(patch).encode())
        yield line | {"time": rfc3339(BEGIN + (3600 + arrival) * SECOND)}


def by_chance(seed: int, count: int = 1500) -> Iterator[Line]:
    """Telemetry and commands of few devices, few ids and few metrics, so that they meet in every order."""
    chance = random.Random(seed)
    for place in range(count):
        device = chance.choice("abc")
        suffix = chance.choice(SUFFIXES)
        if suffix == "telemetry":
            content: Any = _patch(chance)
        elif suffix == "command/children":
            content = [_command(chance, place) for _ in range(chance.randrange(4))]
        else:
            content = _command(chance, place)
            if suffix != "commands/update" and chance.random() < 0.05:
                content = chance.choice([{"error": "x"}, {}, None, [], "x"])
        line = _line(place, f"v1/device/{device}/{suffix}", json.dumps(content).encode())
        if suffix == "commands/update" and chance.random() < 0.3:
            id = chance.choice(["", "no such", f"id-{place // 40}", "\xff"]).encode("latin-1")
            line["properties"] = {"correlation_data_base64": base64.b64encode(id).decode()}
        if place > 5 and chance.random() < 0.05:
            line |= {"duplicate_of": place + 1 - chance.randrange(1, 5), "dup": True}
        yield line


def _command(chance: random.Random, place: int) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if chance.random() < 0.9:
        members["id"] = f"id-{max(0, place // 40 - chance.choice([0, 0, 0, 1, 3]))}{chance.choice('xyz')}"
    if chance.random() < 0.3:
        members["device_id"] = chance.choice(["a", "b", "kid-1", "kid-2"])
        if "id" in members:
            members["id"] += "-" + members["device_id"]
    elif chance.random() < 0.05:
        members["id"] = chance.choice([7, "7", "", None, 7.0])
    if chance.random() < 0.95:
        members["status"] = chance.choice(STATUS_WORDS)
    if chance.random() < 0.6:
        members["name"] = chance.choice(["reboot", "dump"])
    if chance.random() < 0.3:
        members[chance.choice(["message", "error"])] = chance.choice(["", "great", None, "nö\n"])
    return members or {"parameters": None}


def _patch(chance: random.Random) -> dict[str, Any]:
    members: dict[str, Any] = {"status": chance.choice(["online", "online", "error", None])}
    if chance.random() < 0.7:
        own = BEGIN + chance.randrange(0, 3 * 3600) * SECOND
        members["timestamp"] = chance.choice([rfc3339(own), rfc3339(own)[:19] + "Z", own // SECOND])
    if chance.random() < 0.9:
        numbers = [chance.randrange(9), chance.random() * 100, round(chance.random(), 2), 1e16, -1e16]
        values = [*numbers, True, "on", None, "5"]
        members["telemetries"] = {chance.choice("uvwxy"): chance.choice(values) for _ in range(chance.randrange(4))}
    if chance.random() < 0.1:
        members["override"] = chance.choice([True, False, "true", None])
    if chance.random() < 0.1:
        members["device_id"] = "kid-1"
    return members


def _line(place: int, topic: str, payload: bytes) -> Line:
    time = rfc3339(BEGIN + place * 7 * SECOND + (place * place) % 1000 * 1_000_501)
    coded = base64.b64encode(payload).decode()
    return {"seq": place + 1, "time": time, "topic": topic, "qos": 1, "payload_base64": coded}
