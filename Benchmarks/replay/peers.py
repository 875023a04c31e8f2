"""Replayers from PyPI, seen by one subscriber like everybody else."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import time
import venv
from pathlib import Path

from broker import command
from programs import Runner, summary
from tapes import Material, messages, steady

_REQUIREMENTS = ("mqtt-recorder", "mqtt_logger")

# mqtt_logger has no command of its own; its playback is a task that ends by itself.
_PLAY = """
import sys, time, mqtt_logger
playback = mqtt_logger.Playback(sqlite_database_path=sys.argv[1], broker_address="127.0.0.1", port=int(sys.argv[2]))
playback.play(speed=1)
# Its network thread must send what is left before the process ends.
time.sleep(0.5)
"""


class Peers:
    """mqtt-recorder and mqtt_logger in a virtual environment of the work folder."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.folder = work / "peers"
        self.python = self.folder / "bin" / "python"
        if not (self.folder / "complete").exists():
            print(f"bench: installing {', '.join(_REQUIREMENTS)} into {self.folder}", file=sys.stderr)
            venv.create(self.folder, with_pip=True, clear=True)
            subprocess.run(
                [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_REQUIREMENTS], check=True)
            (self.folder / "complete").touch()

    def run(self, runner: Runner, seconds: int) -> None:
        """All replayers at two rates; lateness is that of the arrival at a subscriber, beyond the earliest."""
        for rate in (100, 1_000):
            material = steady(runner, rate, seconds, 0)
            rows, database = self._csv(material), self._database(material)
            port = runner.broker.port
            programs = {
                "C": [runner.program, "127.0.0.1", port, material.schedule, 0, "timed"],
                "tapedeck": [runner.binary, "replay", material.tape, "--broker", f"mqtt://127.0.0.1:{port}"],
                "mqtt-recorder": [
                    self.folder / "bin" / "mqtt-recorder", "--host", "127.0.0.1", "--port", port, "--mode", "replay",
                    "--file", rows],
                "mqtt_logger": [self.python, "-c", _PLAY, database, port],
            }
            runner.in_turn(
                f"{rate:,}/s, at a subscriber",
                {name: lambda words=words: self._seen(runner, words, material) for name, words in programs.items()})

    def _seen(self, runner: Runner, words: list, material: Material) -> dict:
        """Runs a replayer and looks at when its messages arrive."""
        arrivals = self.work / "arrivals.txt"
        with open(arrivals, "w", encoding="utf-8") as sink:
            # A replayer that loses messages is not waited for longer than three times its time.
            limit = int(material.planned_s * 3) + 20
            subscriber = subprocess.Popen(
                command(["mosquitto_sub", "-h", "127.0.0.1", "-p", runner.broker.port, "-t", "v1/#", "-F", "%U", "-C",
                         material.messages, "-W", limit], runner.priority),
                stdout=sink, stderr=subprocess.DEVNULL)
            time.sleep(0.5)
            _, cost = runner.measured(words)
            try:
                subscriber.wait(timeout=limit)
            except subprocess.TimeoutExpired:
                subscriber.terminate()
                subscriber.wait()
        times = [int(seconds) * 10**9 + int(fraction.ljust(9, "0")[:9])
                 for seconds, _, fraction in (line.partition(".") for line in arrivals.read_text().split())]
        if not times:
            return summary(0, 0, None, {}, cost) | {"note": "nothing arrived"}
        late = [(moment - number * material.interval_ns) / 1e3 for number, moment in enumerate(times)]
        earliest = min(late)
        late = sorted(moment - earliest for moment in late)
        shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99_9": 0.999}
        numbers = {name: late[min(len(late) - 1, int(share * len(late)))] for name, share in shares.items()}
        row = summary(len(times), (times[-1] - times[0]) / 1e9, material, numbers | {"max": late[-1]}, cost)
        missing = material.messages - len(times)
        return row | ({"note": f"{missing:,} did not arrive"} if missing else {})

    def _csv(self, material: Material) -> Path:
        """What mqtt-recorder reads: topic, payload, QoS, retain, time, seconds since the message before."""
        path = material.tape.with_suffix(".csv")
        with open(path, "w", newline="", encoding="utf-8") as sink:
            rows = csv.writer(sink)
            for offset, topic, payload in messages(material.messages, material.interval_ns):
                gap = material.interval_ns / 1e9 if offset else 0
                rows.writerow([topic, payload, 0, 0, 1.76e9 + offset / 1e9, gap])
        return path

    def _database(self, material: Material) -> Path:
        """What mqtt_logger reads, in the tables that it makes itself."""
        path = material.tape.with_suffix(".db")
        path.unlink(missing_ok=True)
        subprocess.run(
            [self.python, "-c", "import sqlite3, sys; from mqtt_logger import database; "
             "database.create_tables(sqlite3.connect(sys.argv[1]))", path], check=True)
        with sqlite3.connect(path) as connection:
            end = 1.76e9 + material.planned_s
            connection.execute("INSERT INTO RUN (START_UNIX_TIME, END_UNIX_TIME) VALUES (?, ?)", (1.76e9, end))
            connection.executemany(
                "INSERT INTO LOG (RUN_ID, UNIX_TIME, TOPIC, MESSAGE) VALUES (1, ?, ?, ?)",
                ((1.76e9 + offset / 1e9, topic, payload.encode())
                 for offset, topic, payload in messages(material.messages, material.interval_ns)))
        return path
