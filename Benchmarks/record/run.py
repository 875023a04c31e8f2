#!/usr/bin/env python3
"""Measures what recording costs, beside the least that libmosquitto and SQLite can do it for.

    Benchmarks/record/run.py --tapedeck .build/release/tapedeck [--messages N] [--qos 0,1] [--repeat N] [--rate R]
                             [--only c,tapedeck,mosquitto_sub] [--tls] [--work DIR]

A private mosquitto whose queues drop nothing, fifty publishers in one program, and one recorder after the other. Needs
mosquitto, mosquitto-clients, a C compiler, libmosquitto-dev and libsqlite3-dev. Prints one table, writes report.json.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

_HERE = Path(__file__).resolve().parent
sys.path.append(str(_HERE.parent))

from private_broker import PrivateBroker, compiled, free_port  # noqa: E402 (the folder above must be known first)

_PUBLISHERS = 50
_TICKS = os.sysconf("SC_CLK_TCK")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tapedeck", type=Path, required=True, help="the release binary")
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages of each run")
    parser.add_argument("--qos", default="1,0", help="which QoS to measure")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, in turn; the median by CPU is shown")
    parser.add_argument("--rate", type=float, default=0, help="messages a second (default: flat out)")
    parser.add_argument("--only", default="c,tapedeck,mosquitto_sub", help="programs to run")
    parser.add_argument("--tls", action="store_true", help="tapedeck connects with TLS")
    parser.add_argument("--work", type=Path, default=_HERE / ".work")
    return parser.parse_args()


def certificate(work: Path, port: int) -> str:
    """Makes a certificate; the lines of a listener that shows it."""
    key, chain = work / "server.key", work / "server.pem"
    if not chain.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "365", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", chain], check=True, stderr=subprocess.DEVNULL)
    return f"listener {port} 127.0.0.1\ncertfile {chain}\nkeyfile {key}\n"


class Broker(PrivateBroker):
    """A mosquitto whose queues and windows drop nothing."""

    def __init__(self, work: Path, with_tls: bool) -> None:
        self.tls_port = free_port() if with_tls else None
        tls = certificate(work, self.tls_port) if with_tls else ""
        super().__init__(work, f"max_queued_messages 3000000\nmax_inflight_messages 65535\n{tls}")

    def cpu(self) -> float:
        """CPU seconds so far."""
        return sum(threads(self.process.pid).values())


def threads(pid: int) -> dict[int, float]:
    """CPU seconds of each thread of a process that runs."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            fields = (task / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(task.name)] = (int(fields[11]) + int(fields[12])) / _TICKS
    return found


def peak_mib(pid: int) -> float:
    """The peak of resident memory of a process that runs."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


class Bench:
    """Runs recorders against the load."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.work = options, options.work
        self.load_program = compiled(_HERE / "load.c", self.work)
        self.prototype = compiled(_HERE / "recorder.c", self.work, "-lmosquitto", "-lsqlite3")
        self.count = options.messages

    def run(self, program: str, qos: int) -> dict:
        """One recorder under the load."""
        for old in self.work.glob("tape.*"):
            old.unlink()
        with Broker(self.work, self.options.tls) as broker:
            runner = {"c": self.c, "tapedeck": self.tapedeck, "mosquitto_sub": self.mosquitto_sub}[program]
            result = runner(broker, qos)
            result["broker_cpu"] = round(broker.cpu() / self.count * 1e6, 2)
        return {"program": program, "qos": qos} | result

    def load(self, broker: Broker, qos: int) -> subprocess.Popen:
        """Starts the publishers."""
        words = [self.load_program, broker.port, _PUBLISHERS, self.count, qos]
        if self.options.rate > 0:
            words.append(self.options.rate)
        return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True)

    def started(self, words: list, ready: str, output: Path) -> subprocess.Popen:
        """Starts a recorder and waits until it has subscribed."""
        errors = self.work / "errors.txt"
        with open(output, "w", encoding="utf-8") as sink, open(errors, "w", encoding="utf-8") as error_sink:
            process = subprocess.Popen([str(word) for word in words], stdout=sink, stderr=error_sink)
        deadline = time.monotonic() + 10
        while ready not in errors.read_text(encoding="utf-8") + output.read_text(encoding="utf-8")[:4096]:
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit(f"bench: {words[0]} did not start: {errors}")
            time.sleep(0.02)
        return process

    def c(self, broker: Broker, qos: int) -> dict:
        """The C yardstick."""
        output = self.work / "output.txt"
        words = [self.prototype, broker.port, qos, self.count, self.work / "tape.sqlite"]
        process = self.started(words, "subscribed", output)
        start = time.monotonic()
        self.load(broker, qos).communicate()
        process.wait(timeout=600)
        seconds = time.monotonic() - start
        result = json.loads(output.read_text(encoding="utf-8"))
        return self.row(result["recorded"], seconds, result["cpu_s"], result["peak_mib"])

    def tapedeck(self, broker: Broker, qos: int) -> dict:
        """`tapedeck record`: CPU of the recording thread, and of the whole process with sealing."""
        output = self.work / "output.txt"
        words = [self.options.tapedeck.resolve(), "record", self.work / "tape.tape", "-q", qos, "--json", "--broker"]
        if broker.tls_port is None:
            words.append(f"mqtt://127.0.0.1:{broker.port}")
        else:
            words += [f"mqtts://127.0.0.1:{broker.tls_port}", "--cafile", self.work / "server.pem"]
        process = self.started(words, '"event":"recording"', output)
        before = threads(process.pid)
        start = time.monotonic()
        self.load(broker, qos).communicate()
        recorded, last = 0, time.monotonic()
        while recorded < self.count and time.monotonic() < last + 10:
            time.sleep(0.2)
            newest = newest_count(output)
            if newest > recorded:
                recorded, last = newest, time.monotonic()
        seconds = last - start
        spent = threads(process.pid)
        recording = spent[process.pid] - before[process.pid]
        background = sum(spent.values()) - sum(before.values()) - recording
        peak = peak_mib(process.pid)
        process.send_signal(signal.SIGTERM)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        row = self.row(newest_count(output), seconds, recording, max(peak, round(usage.ru_maxrss / 1024, 1)))
        return row | {
            "background_cpu": round(background / self.count * 1e6, 2),
            "cpu_sealed": round((usage.ru_utime + usage.ru_stime) / self.count * 1e6, 2)}

    def mosquitto_sub(self, broker: Broker, qos: int) -> dict:
        """mosquitto_sub into a file: acknowledges first, syncs nothing."""
        output = self.work / "tape.txt"
        words = ["mosquitto_sub", "-V", "5", "-h", "127.0.0.1", "-p", broker.port, "-t", "v1/device/#", "-q", qos, "-F",
                 "%U %t %p", "-C", self.count, "-W", 600]
        with open(output, "w", encoding="utf-8") as sink:
            process = subprocess.Popen([str(word) for word in words], stdout=sink, stderr=subprocess.DEVNULL)
        time.sleep(1)
        start = time.monotonic()
        self.load(broker, qos).communicate()
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            pid, _, usage = os.wait4(process.pid, os.WNOHANG)
            if pid != 0:
                break
            time.sleep(0.1)
        else:
            process.terminate()
            _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        seconds = time.monotonic() - start
        with open(output, "rb") as lines:
            recorded = sum(block.count(b"\n") for block in iter(lambda: lines.read(1 << 20), b""))
        return self.row(recorded, seconds, usage.ru_utime + usage.ru_stime, round(usage.ru_maxrss / 1024, 1))

    def row(self, recorded: int, seconds: float, cpu: float, peak: float) -> dict:
        """A run's numbers; CPU in seconds for a million messages."""
        return {
            "recorded": recorded, "missing": self.count - recorded, "seconds": round(seconds, 2),
            "per_s": round(recorded / seconds), "cpu": round(cpu / self.count * 1e6, 2), "peak_mib": peak}


def newest_count(output: Path) -> int:
    """How many messages the last event with a count tells of."""
    with open(output, "rb") as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - 4096))
        lines = stream.read().decode("utf-8", "replace").splitlines()
    for line in reversed(lines):
        if line.startswith("{") and line.endswith("}") and '"messages":' in line:
            return int(json.loads(line)["messages"])
    return 0


_COLUMNS = [
    ("qos", "QoS"), ("program", "program"), ("recorded", "recorded"), ("missing", "missing"), ("per_s", "msg/s"),
    ("cpu", "CPU s/M"), ("spread", "of all runs"), ("background_cpu", "sealing meanwhile"), ("cpu_sealed", "all, sealed"),
    ("broker_cpu", "broker CPU s/M"), ("peak_mib", "peak MiB"),
]


def print_rows(rows: list[dict]) -> None:
    """The rows below each other."""
    cells = [[title for _, title in _COLUMNS]]
    for row in rows:
        values = [row.get(key) for key, _ in _COLUMNS]
        cells.append(["" if value is None else f"{value:,}" if isinstance(value, int) else str(value) for value in values])
    widths = [max(len(line[index]) for line in cells) for index in range(len(_COLUMNS))]
    for line in cells:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths)))


def main() -> None:
    """Runs all programs in turn, so that a disturbance of the machine hits all, and prints what came out."""
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(options)
    rows = []
    for qos in (int(text) for text in options.qos.split(",")):
        # libmosquitto acknowledges before it delivers at QoS 2: nothing to compare with.
        runs: dict[str, list[dict]] = {name: [] for name in options.only.split(",") if (name, qos) != ("c", 2)}
        for number in range(options.repeat):
            for name, results in runs.items():
                print(f"bench: QoS {qos}, {name}, run {number + 1} of {options.repeat}", file=sys.stderr)
                results.append(bench.run(name, qos))
        for results in runs.values():
            ordered = sorted(results, key=lambda row: row["cpu"])
            costs = [row["cpu"] for row in ordered]
            chosen = ordered[len(ordered) // 2]
            chosen["spread"] = "–".join(f"{cost:.2f}" for cost in (costs[0], median(costs), costs[-1]))
            rows.append(chosen)
    print_rows(rows)
    (options.work / "report.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
