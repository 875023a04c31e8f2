"""Fleets unlike the corpus, made from a seed: shapes on which a store that was tuned to one fleet would fail.

    python fleets.py small-devices OUT.jsonl

The home automation topics and payloads follow the public documentation of Zigbee2MQTT, Home Assistant's MQTT
statestream, Tasmota and Shelly; names and values are made up.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Callable, Iterator

import numpy as np

from corpus import RETAIN, Message, format_time, write_lines

START = 1_767_225_600_000_000_000
"""2026-01-01T00:00:00Z in ns."""

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND
_NO_PROPERTIES = b"\0"


def _uuid(random: np.random.Generator) -> str:
    text = random.bytes(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _walk(random: np.random.Generator, count: int, start: float, step: float, pull: float = 0.02) -> np.ndarray:
    """A random walk that is pulled back to where it began."""
    values = np.empty(count)
    value = start
    for index, change in enumerate(random.normal(0, step, count)):
        value += change + pull * (start - value)
        values[index] = value
    return values


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _message(received: int, topic: str, payload: bytes, flags: int = 1) -> Message:
    return Message(received, flags, topic.encode(), _NO_PROPERTIES, payload)


def _telemetry(received: int, device: str, metrics: dict, lateness: int = 30 * MILLISECOND) -> Message:
    taken = format_time(received - lateness)[:23] + "Z"
    body = {"status": "online", "timestamp": taken, "telemetries": metrics}
    return _message(received, f"v1/device/{device}/telemetry", _json(body))


def small_devices(random: np.random.Generator, scale: float) -> Iterator[Message]:
    """2,000 devices of one model: three metrics, a hundred samples each, a minute apart."""
    devices = max(1, round(2_000 * scale))
    samples = 100
    names = [_uuid(random) for _ in range(devices)]
    offsets = np.sort(random.integers(0, 60 * SECOND, devices))
    temperature = np.array([_walk(random, samples, random.uniform(18, 24), 0.1) for _ in range(devices)])
    humidity = np.array([_walk(random, samples, random.uniform(35, 60), 0.4) for _ in range(devices)])
    battery = random.uniform(40, 100, devices)
    for sample in range(samples):
        jitter = random.integers(0, 9 * MILLISECOND, devices)
        times = np.sort(START + sample * 60 * SECOND + offsets + jitter)
        for index in range(devices):
            yield _telemetry(
                int(times[index]),
                names[index],
                {
                    "temperature": round(float(temperature[index, sample]), 1),
                    "humidity": round(float(humidity[index, sample])),
                    "battery": int(battery[index] - sample / 200),
                },
                int(random.integers(5, 80)) * MILLISECOND,
            )


def one_fast_device(random: np.random.Generator, scale: float) -> Iterator[Message]:
    """One device at 1 kHz for three minutes: three axes of acceleration and a counter."""
    count = max(1, round(180_000 * scale))
    device = _uuid(random)
    phase = np.arange(count) / 1000 * 2 * np.pi
    axes = [
        amplitude * np.sin(hertz * phase) + random.normal(0, 0.004, count)
        for amplitude, hertz in ((0.8, 24.7), (0.3, 49.4), (0.1, 3.1))
    ]
    times = START + np.cumsum(random.normal(MILLISECOND, 40_000, count).clip(1000).astype(np.int64))
    for index in range(count):
        x, y, z = (round(float(axis[index]), 4) for axis in axes)
        yield _telemetry(int(times[index]), device, {"x": x, "y": y, "z": z, "n": index}, 2 * MILLISECOND)


def changing_arrays(random: np.random.Generator, scale: float) -> Iterator[Message]:
    """Fifty devices that send arrays of none to forty numbers."""
    count = max(1, round(100_000 * scale))
    devices = [_uuid(random) for _ in range(50)]
    levels = _walk(random, count, 50, 0.5)
    time = START
    for index in range(count):
        time += int(random.integers(MILLISECOND, 40 * MILLISECOND))
        bins = random.normal(levels[index], 4, int(random.integers(0, 41)))
        metrics = {"spectrum": [round(float(value), 2) for value in bins], "peak": round(float(levels[index]), 2)}
        yield _telemetry(time, devices[index % len(devices)], metrics)


def partly_binary(random: np.random.Generator, scale: float) -> Iterator[Message]:
    """A hundred devices; every fifth payload is packed bytes of 20 to 80, partly counters, partly noise."""
    count = max(1, round(100_000 * scale))
    devices = [_uuid(random) for _ in range(100)]
    time = START
    for index in range(count):
        time += int(random.integers(MILLISECOND, 30 * MILLISECOND))
        device = devices[int(random.integers(len(devices)))]
        if random.random() < 0.2:
            head = b"\xaa\x55" + index.to_bytes(4, "little") + (time // SECOND).to_bytes(8, "little")
            yield _message(time, f"v1/device/{device}/telemetry", head + random.bytes(int(random.integers(6, 67))))
        else:
            metrics = {"voltage": round(float(random.normal(12.1, 0.05)), 3), "errors": int(random.poisson(0.02))}
            yield _telemetry(time, device, metrics)


def home_automation(random: np.random.Generator, scale: float) -> Iterator[Message]:
    """A house: Zigbee2MQTT, Home Assistant states, Tasmota and Shelly side by side, nothing under v1/device."""
    count = max(1, round(100_000 * scale))
    rooms = ["kitchen", "living_room", "bedroom", "bathroom", "hall", "office", "garage", "garden"]
    warmth = {room: _walk(random, count // 8 + 2, random.uniform(16, 23), 0.05) for room in rooms}
    makers: list[Callable[[np.random.Generator, str, float, int, int], Message]] = [
        _climate, _climate, _plug, _lamp, _contact, _state, _state, _switch, _tasmota_sensor, _tasmota_energy,
        _tasmota_state, _shelly_power, _shelly_relay, _shelly_gen2,
    ]  # fmt: skip
    time = START
    for index in range(count):
        time += int(random.exponential(700 * MILLISECOND)) + 1
        room = rooms[int(random.integers(len(rooms)))]
        make = makers[int(random.integers(len(makers)))]
        yield make(random, room, float(warmth[room][index // 8]), time, index)


def _climate(random: np.random.Generator, room: str, warmth: float, time: int, index: int) -> Message:
    body = {
        "battery": 100 - index // 9000,
        "humidity": round(50 - (warmth - 20) * 2 + float(random.normal(0, 0.3)), 2),
        "linkquality": int(random.integers(40, 200)),
        "pressure": round(1013 + float(random.normal(0, 0.2)), 1),
        "temperature": round(warmth, 2),
        "voltage": 2995,
    }
    return _message(time, f"zigbee2mqtt/{room}_climate", _json(body), 0)


def _plug(random: np.random.Generator, room: str, _: float, time: int, index: int) -> Message:
    power = float(random.choice([0, 3.1, 42, 1180])) + float(random.normal(0, 0.4))
    body = {
        "current": round(max(power, 0) / 231, 2),
        "energy": round(100 + index / 5000, 2),
        "linkquality": int(random.integers(90, 255)),
        "power": round(max(power, 0)),
        "state": "ON" if power > 1 else "OFF",
        "voltage": int(random.integers(228, 234)),
    }
    return _message(time, f"zigbee2mqtt/{room}_plug", _json(body), 0)


def _lamp(random: np.random.Generator, room: str, _: float, time: int, __: int) -> Message:
    body = {
        "brightness": int(random.choice([0, 76, 127, 254])),
        "color": {"x": round(float(random.uniform(0.3, 0.5)), 4), "y": round(float(random.uniform(0.3, 0.42)), 4)},
        "color_mode": "xy",
        "linkquality": int(random.integers(60, 200)),
        "state": str(random.choice(["ON", "OFF"])),
        "update": {"installed_version": 587765297, "latest_version": 587765297, "state": "idle"},
    }
    return _message(time, f"zigbee2mqtt/{room}_lamp", _json(body), 0)


def _contact(random: np.random.Generator, room: str, _: float, time: int, __: int) -> Message:
    body = {"battery": 91, "contact": bool(random.random() < 0.6), "linkquality": int(random.integers(20, 120))}
    return _message(time, f"zigbee2mqtt/{room}_window", _json(body), 0)


def _state(_: np.random.Generator, room: str, warmth: float, time: int, __: int) -> Message:
    return _message(time, f"homeassistant/sensor/{room}_temperature/state", f"{warmth:.1f}".encode(), RETAIN)


def _switch(random: np.random.Generator, room: str, _: float, time: int, __: int) -> Message:
    state = random.choice(["ON", "OFF", "unavailable"], p=[0.49, 0.49, 0.02])
    return _message(time, f"homeassistant/switch/{room}_fan/state", str(state).encode(), RETAIN)


def _tasmota_sensor(random: np.random.Generator, room: str, warmth: float, time: int, _: int) -> Message:
    humidity = round(50 + float(random.normal(0, 1)), 1)
    dew_point = round(warmth - (100 - humidity) / 5, 1)
    sensor = {"Temperature": round(warmth, 1), "Humidity": humidity, "DewPoint": dew_point}
    body = {"Time": format_time(time)[:19], "AM2301": sensor, "TempUnit": "C"}
    return _message(time, f"tasmota/tele/{room}/SENSOR", _json(body), 0)


def _tasmota_energy(random: np.random.Generator, room: str, _: float, time: int, index: int) -> Message:
    power = int(max(0, random.normal(60, 30)))
    energy = {
        "TotalStartTime": "2025-08-14T09:21:37",
        "Total": round(210 + index / 9000, 3),
        "Yesterday": 1.204,
        "Today": round(index % 20000 / 9000, 3),
        "Period": int(power / 12),
        "Power": power,
        "ApparentPower": power + int(random.integers(3, 20)),
        "ReactivePower": int(random.integers(10, 40)),
        "Factor": round(float(random.uniform(0.7, 0.99)), 2),
        "Voltage": int(random.integers(228, 234)),
        "Current": round(power / 231, 3),
    }
    body = {"Time": format_time(time)[:19], "ENERGY": energy}
    return _message(time, f"tasmota/tele/{room}_meter/SENSOR", _json(body), 0)


def _tasmota_state(random: np.random.Generator, room: str, _: float, time: int, index: int) -> Message:
    days, seconds = divmod(index * 7, 86_400)
    signal = int(random.integers(50, 100))
    body = {
        "Time": format_time(time)[:19],
        "Uptime": f"{days}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}",
        "UptimeSec": index * 7,
        "Heap": int(random.integers(20, 30)),
        "SleepMode": "Dynamic",
        "LoadAvg": int(random.integers(19, 60)),
        "POWER": str(random.choice(["ON", "OFF"])),
        "Wifi": {"AP": 1, "SSId": "house", "Channel": 6, "RSSI": signal, "Signal": signal // 2 - 100, "LinkCount": 3},
    }
    return _message(time, f"tasmota/tele/{room}/STATE", _json(body), 0)


def _shelly_power(random: np.random.Generator, room: str, _: float, time: int, __: int) -> Message:
    watts = max(0, random.normal(80, 20))
    return _message(time, f"shellies/shelly1pm-{room}/relay/0/power", f"{watts:.2f}".encode(), 0)


def _shelly_relay(random: np.random.Generator, room: str, _: float, time: int, __: int) -> Message:
    return _message(time, f"shellies/shelly1pm-{room}/relay/0", b"on" if random.random() < 0.5 else b"off", RETAIN)


def _shelly_gen2(random: np.random.Generator, room: str, warmth: float, time: int, index: int) -> Message:
    watts = round(float(max(0, random.normal(30, 5))), 1)
    switch = {
        "id": 0,
        "source": "timer",
        "output": watts > 0,
        "apower": watts,
        "voltage": round(float(random.normal(231, 1)), 1),
        "current": round(watts / 231, 3),
        "aenergy": {"total": round(5000 + index / 30, 3), "minute_ts": time // SECOND // 60 * 60},
        "temperature": {"tC": round(warmth + 25, 1), "tF": round((warmth + 25) * 1.8 + 32, 1)},
    }
    body = {"src": f"shellyplus1pm-{room}", "dst": "house/events", "method": "NotifyStatus"}
    body["params"] = {"ts": round(time / SECOND, 2), "switch:0": switch}
    return _message(time, f"shellies/shellyplus1pm-{room}/events/rpc", _json(body), 0)


FLEETS: dict[str, Callable[[np.random.Generator, float], Iterator[Message]]] = {
    "small-devices": small_devices,
    "one-fast-device": one_fast_device,
    "changing-arrays": changing_arrays,
    "partly-binary": partly_binary,
    "home-automation": home_automation,
}


def fleet(name: str, scale: float = 1.0, seed: int = 1) -> Iterator[Message]:
    """The messages of a fleet in order of arrival, never two at the same time; the same for the same arguments."""
    last = 0
    for message in FLEETS[name](np.random.default_rng([seed, list(FLEETS).index(name)]), scale):
        last = max(last + 1, message.received)
        yield message._replace(received=last)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in FLEETS:
        sys.exit(f"usage: fleets.py {'|'.join(FLEETS)} OUT.jsonl")
    print(write_lines(fleet(sys.argv[1]), Path(sys.argv[2])), "messages")
