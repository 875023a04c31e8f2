"""The faults. Each takes the program and whether the run is to be short, and ends with a verdict."""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import random
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path
from typing import Callable

import mqtt
from hostile import HostileBroker
from stage import HERE, Failure, Stage, free_port, wait_for
from verdict import Verdict, judge


class NotHere(Exception):
    """The fault cannot be made on this machine, and why."""


def needs_root() -> None:
    if os.geteuid() != 0:
        raise NotHere("needs root")


# The recorder


def kill(program: str, short: bool) -> Verdict:
    """SIGKILL again and again, under load; at QoS 1 nothing is missing."""
    with Stage(program) as stage:
        stage.record("--no-retained-snapshot")
        stage.load(devices=8, rate=2_000)
        time.sleep(0.5)
        stage.kill_recorder()
        chance = random.Random(7)
        for _ in range(4 if short else 99):
            stage.record("--no-retained-snapshot")
            time.sleep(chance.uniform(0.05, 1.2))
            stage.kill_recorder()
        stage.record("--no-retained-snapshot")
        stage.end_load()
        stage.settle()
        stage.stop_recorder()
        return judge("kill", stage, complete=True, causes=("killed",))


def kill_backlog(program: str, short: bool) -> Verdict:
    """SIGKILL while the recorder catches up: mosquitto has far more under way then than the receive maximum."""
    with Stage(program) as stage:
        stage.record("--no-retained-snapshot")
        stage.load(devices=8, rate=6_000)
        time.sleep(0.5)
        for _ in range(2 if short else 10):
            stage.kill_recorder()
            time.sleep(2)
            for _ in range(3):
                stage.record("--no-retained-snapshot")
                time.sleep(0.1)
                stage.kill_recorder()
            stage.record("--no-retained-snapshot")
        stage.end_load()
        stage.settle()
        stage.stop_recorder()
        return judge("kill-backlog", stage, complete=True, causes=("killed",))


def stop(program: str, short: bool) -> Verdict:
    """SIGSTOP for 3 s with mosquitto's default queue: it drops, at QoS 0 and QoS 1, and the ledger knows how many."""
    with Stage(program, queue=1_000) as stage:
        stage.record()
        stage.load(devices=6, rate=4_000, qos0=0.5)
        for _ in range(1 if short else 3):
            time.sleep(3)
            stage.recorder.send_signal(signal.SIGSTOP)
            time.sleep(3)
            stage.recorder.send_signal(signal.SIGCONT)
            time.sleep(5)
        stage.end_load()
        stage.settle()
        time.sleep(3)
        stage.stop_recorder()
        verdict = judge("stop", stage, causes=("broker_dropped",))
        # What is delivered at QoS 0 while a new connection frees stuck messages is lost without a number.
        if verdict.counted < verdict.missing - verdict.disconnected:
            verdict.faults.append(
                f"{verdict.missing} are missing, {verdict.disconnected} of them while disconnected, and the ledger "
                f"knows of {verdict.counted}")
        return verdict


def stop_numbered(program: str, short: bool) -> Verdict:
    """The same at QoS 1 alone: the number of missing messages is exact."""
    with Stage(program, queue=1_000) as stage:
        stage.record()
        stage.load(devices=4, rate=3_000)
        time.sleep(2)
        stage.recorder.send_signal(signal.SIGSTOP)
        time.sleep(2 if short else 3)
        stage.recorder.send_signal(signal.SIGCONT)
        time.sleep(2)
        stage.end_load()
        stage.settle()
        stage.stop_recorder()
        verdict = judge("stop-numbered", stage, causes=("broker_dropped",))
        if verdict.counted != verdict.missing:
            verdict.faults.append(f"{verdict.missing} are missing, and the ledger counts {verdict.counted}")
        return verdict


def stop_keepalive(program: str, short: bool) -> Verdict:
    """SIGSTOP for twice the keep-alive: the broker hangs up; at QoS 1 nothing is missing."""
    with Stage(program) as stage:
        stage.record("-k", "5")
        stage.load(devices=6, rate=800, qos0=0.3)
        time.sleep(1.5)
        stage.recorder.send_signal(signal.SIGSTOP)
        time.sleep(10)
        stage.recorder.send_signal(signal.SIGCONT)
        stage.wait_for_event("recording", since=2, session_present=True, seconds=60)
        time.sleep(2)
        stage.end_load()
        stage.settle()
        stage.stop_recorder()
        return judge("stop-keepalive", stage, causes=("disconnected",))


def takeover(program: str, short: bool) -> Verdict:
    """Another client with our client id throws us out, takes and acknowledges messages, and leaves."""
    with Stage(program) as stage:
        stage.record("-i", "contested")
        stage.load(devices=6, rate=1_500)
        time.sleep(1.5)
        events = len(stage.events())
        with socket.create_connection(("127.0.0.1", stage.broker_port)) as intruder:
            intruder.sendall(mqtt.connect("contested", clean=False, expiry=3_600, window=500))
            intruder.settimeout(0.1)
            reader = mqtt.Reader()
            until = time.monotonic() + 2
            while time.monotonic() < until:
                try:
                    packets = reader.feed(intruder.recv(1 << 16))
                    for first, body in packets:
                        if first >> 4 == mqtt.PUBLISH and first & 6:
                            intruder.sendall(mqtt.packet(mqtt.PUBACK, struct.pack(">H", mqtt.delivery(first, body)[1])))
                except TimeoutError:
                    continue
                except OSError:
                    break  # The recorder has thrown us out in turn: where the broker's reason was lost it may.
        stage.wait_for_event("recording", since=events, seconds=90)
        time.sleep(1.5)
        stage.end_load()
        stage.settle()
        stage.stop_recorder()
        verdict = judge("takeover", stage, causes=("disconnected",))
        if verdict.missing == 0:
            verdict.faults.append("the intruder took nothing: the test tests nothing")
        return verdict


def clock(program: str, short: bool) -> Verdict:
    """The wall clock an hour forward, then two back: nothing is missing, and the ledger says what became of the times."""
    with Stage(program) as stage:
        orders = interpose(stage)
        stage.record()
        stage.load(devices=4, rate=800)
        for offset in (3_600, -3_600, 0):
            time.sleep(1.5)
            orders(offset * 1_000_000_000, 0)
        time.sleep(1.5)
        stage.end_load()
        stage.settle()
        stage.stop_recorder()
        return judge("clock", stage, complete=True, causes=("clock_forward", "clock_back"))


# The broker


def broker(how: signal.Signals, persistence: bool, name: str) -> Callable[[str, bool], Verdict]:
    def run(program: str, short: bool) -> Verdict:
        with Stage(program, persistence=persistence) as stage:
            stage.record()
            stage.load(devices=6, rate=1_500, qos0=0.3)
            for _ in range(1 if short else 5):
                time.sleep(1.5)
                events = len(stage.events())
                stage.stop_broker(how)
                time.sleep(0.5)
                stage.start_broker()
                stage.wait_for_event("recording", since=events - 1, seconds=90)
            time.sleep(1.5)
            stage.end_load()
            stage.settle()
            stage.stop_recorder()
            causes = ("disconnected",) if persistence else ("disconnected", "session_lost")
            return judge(name, stage, causes=causes)

    run.__doc__ = f"the broker ends by {how.name} and comes back, {'with' if persistence else 'without'} persistence"
    return run


def garbage(program: str, short: bool) -> Verdict:
    """Brokers that answer with mutated CONNACK, SUBACK, PUBLISH …: no recorder crashes or hangs, all tapes verify."""
    rounds = 48 if short else 2_000
    workers = 4
    with Stage(program, tap=False) as stage:
        hostile = HostileBroker(seed=20_261_123)
        stage.cleanups.append(hostile.close)
        tapes = [stage.folder / f"garbage-{worker}.tape" for worker in range(workers)]
        faults: list[str] = []

        def attack(tape: Path) -> None:
            for _ in range(rounds // workers):
                child = subprocess.run(
                    [program, "record", str(tape), "--broker", f"mqtt://127.0.0.1:{hostile.port}", "--max-duration", "1s",
                     "-k", "5"],
                    capture_output=True, text=True, env=stage.environment, timeout=60)
                if child.returncode not in (0, 1, 3):
                    faults.append(f"a recorder ended with {child.returncode}: {child.stderr[-400:]}")

        threads = [threading.Thread(target=attack, args=(tape,)) for tape in tapes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        hostile.behave()
        stage.tap_port = hostile.port
        stage.record()
        wait_for("proper messages to be recorded", lambda: hostile.good_acknowledged >= 20, 30)
        stage.stop_recorder()
        verdict = judge("garbage", stage)
        verdict.sent = hostile.sent
        if verdict.recorded:
            verdict.faults.append("the hostile broker's messages are no numbered ones")
        for tape in tapes:
            if not tape.exists():
                continue
            check = subprocess.run([program, "verify", str(tape)], capture_output=True, text=True)
            if check.returncode:
                faults.append(f"verify: {check.stdout[-400:]}{check.stderr[-400:]}")
            count = subprocess.run([program, "info", str(tape), "--format", "jsonl"], capture_output=True, text=True)
            verdict.recorded += json.loads(count.stdout)["messages"]
        if not hostile.connections > rounds // 2:
            faults.append(f"only {hostile.connections} connections were attacked")
        verdict.faults += faults[:5]
        return verdict


def check_alive(stage: Stage) -> bool:
    if stage.recorder.poll() is not None:
        raise Failure(
            f"the recorder ended with {stage.recorder.returncode}: {(stage.folder / 'recorder.log').read_text()[-2000:]}")
    return True


# The network


class Network:
    """The recorder in a network namespace, the broker in ours, and a router in between."""

    count = 0

    def __init__(self, stage: Stage) -> None:
        needs_root()
        mark = f"{os.getpid() % 10_000}{chr(ord('a') + Network.count)}"
        net = 2 * Network.count + os.getpid() % 100 * 2 % 200
        Network.count += 1
        self.recorder, self.router = f"tdrec{mark}", f"tdrt{mark}"
        near, far, inner, outer = f"tdn{mark}", f"tdf{mark}", f"tdi{mark}", f"tdo{mark}"
        self.near = near
        stage.cleanups.append(self.remove)
        try:
            for space in (self.recorder, self.router):
                self.run("ip", "netns", "add", space)
            self.run("ip", "link", "add", near, "type", "veth", "peer", "name", far)
            self.run("ip", "link", "add", inner, "type", "veth", "peer", "name", outer)
            self.run("ip", "link", "set", near, "netns", self.recorder)
            self.run("ip", "link", "set", far, "netns", self.router)
            self.run("ip", "link", "set", inner, "netns", self.router)
            for space, link, address in (
                (self.recorder, near, f"10.213.{net}.2/24"), (self.router, far, f"10.213.{net}.1/24"),
                (self.router, inner, f"10.213.{net + 1}.1/24"),
            ):
                self.run("ip", "-n", space, "addr", "add", address, "dev", link)
                self.run("ip", "-n", space, "link", "set", link, "up")
            self.run("ip", "addr", "add", f"10.213.{net + 1}.2/24", "dev", outer)
            self.run("ip", "link", "set", outer, "up")
            self.run("ip", "-n", self.recorder, "route", "add", "default", "via", f"10.213.{net}.1")
            self.run("ip", "route", "add", f"10.213.{net}.0/24", "via", f"10.213.{net + 1}.1")
            self.forward(True)
        except (subprocess.CalledProcessError, OSError) as error:
            raise NotHere(f"no network namespaces here: {error}") from None
        stage.prefix = ["ip", "netns", "exec", self.recorder]
        stage.broker_host = f"10.213.{net + 1}.2"
        self.gateway = f"10.213.{net}.1"

    def run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True)

    def forward(self, on: bool) -> None:
        """Without it the router drops every packet silently."""
        self.run("ip", "netns", "exec", self.router, "sysctl", "-q", f"net.ipv4.ip_forward={int(on)}")

    def link(self, up: bool) -> None:
        self.run("ip", "-n", self.recorder, "link", "set", self.near, "up" if up else "down")
        if up:
            self.run("ip", "-n", self.recorder, "route", "replace", "default", "via", self.gateway)

    def remove(self) -> None:
        for space in (self.recorder, self.router):
            subprocess.run(["ip", "netns", "del", space], capture_output=True)


def cut(name: str, near: bool) -> Callable[[str, bool], Verdict]:
    def run(program: str, short: bool) -> Verdict:
        with Stage(program, tap=False) as stage:
            network = Network(stage)
            stage.record("-k", "5")
            stage.load(devices=4, rate=800, qos0=0.3)
            time.sleep(1.5)
            events = len(stage.events())
            network.link(False) if near else network.forward(False)
            # Half open for longer than the recorder's and the broker's patience with each other.
            stage.wait_for_event("disconnected", since=events - 1, seconds=40)
            time.sleep(1 if short else 10)
            network.link(True) if near else network.forward(True)
            stage.wait_for_event("recording", since=events - 1, seconds=120)
            time.sleep(1.5)
            stage.end_load()
            stage.settle()
            stage.stop_recorder()
            return judge(name, stage, causes=("disconnected",))

    run.__doc__ = "the recorder's link goes down" if near else "the far end drops every packet: half open"
    return run


def half_open(program: str, short: bool) -> Verdict:
    """The same as half-open-net without root: a relay that forwards nothing any more, both connections open."""
    with Stage(program) as stage:
        stage.record("-k", "5")
        stage.load(devices=4, rate=800, qos0=0.3)
        time.sleep(1.5)
        events = len(stage.events())
        stage.tap.send_signal(signal.SIGUSR1)
        stage.wait_for_event("disconnected", since=events - 1, seconds=40)
        stage.tap.send_signal(signal.SIGUSR2)
        stage.wait_for_event("recording", since=events - 1, seconds=90)
        time.sleep(1.5)
        stage.end_load()
        stage.settle()
        stage.stop_recorder()
        return judge("half-open", stage, causes=("disconnected",))


# The disk


def interpose(stage: Stage) -> Callable[[int, int], None]:
    """Builds interpose.c and puts it before the recorder; the result gives it its orders."""
    library = stage.folder / "interpose.so"
    compiler = next((name for name in ("cc", "clang", "gcc") if subprocess.run(
        ["which", name], capture_output=True).returncode == 0), None)
    if compiler is None:
        raise NotHere("no C compiler")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "interpose.c"), "-ldl"], check=True)
    path = stage.folder / "orders"
    path.write_bytes(struct.pack("qq", 0, 0))
    stage.environment = {**stage.environment, "INTERPOSE": str(path)}
    stage.prefix = ["env", f"LD_PRELOAD={library}"]
    file = open(path, "r+b")
    memory = mmap.mmap(file.fileno(), 16)

    def order(offset: int, error: int) -> None:
        memory[:] = struct.pack("qq", offset, error)

    return order


def refused(name: str, code: int, cause: str, short_wait: float) -> Callable[[str, bool], Verdict]:
    def run(program: str, short: bool) -> Verdict:
        with Stage(program) as stage:
            orders = interpose(stage)
            stage.record("-k", "5")
            stage.load(devices=6, rate=1_500)
            time.sleep(1.5)
            orders(0, code)
            stage.wait_for_event("waiting", seconds=20)
            # Longer than the broker would wait for a sign of life.
            time.sleep(short_wait if short else 20)
            check_alive(stage)
            orders(0, 0)
            stage.wait_for_event("resumed", seconds=30)
            return end_connected(name, stage, causes=(cause,))

    run.__doc__ = f"writing the tape fails with {errno.errorcode[code]} from one write to the next; nothing is missing"
    return run


def end_connected(name: str, stage: Stage, causes: tuple[str, ...] = ()) -> Verdict:
    """Ends a run in which nothing may be missing and the connection must have been kept."""
    time.sleep(1.5)
    stage.end_load()
    stage.settle()
    stage.stop_recorder()
    verdict = judge(name, stage, complete=True, causes=causes)
    if "disconnected" in verdict.causes:
        verdict.faults.append("the connection was not kept")
    return verdict


def put_on_small_disk(stage: Stage) -> Path:
    """Lays the tape on a file system of 24 MB; the file that may fill it."""
    needs_root()
    mount = stage.folder / "small"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(mount)], capture_output=True).returncode:
        raise NotHere("cannot mount a tmpfs")
    stage.cleanups.append(lambda: subprocess.run(["umount", "-l", str(mount)]))
    stage.tape = mount / "fault.tape"
    return mount / "filler"


def disk(program: str, short: bool) -> Verdict:
    """The tape on a small file system that others fill and empty again; nothing is missing."""
    with Stage(program) as stage:
        filler = put_on_small_disk(stage)
        stage.record("-k", "5")
        stage.load(devices=6, rate=1_500, size=150)
        for _ in range(1 if short else 4):
            time.sleep(1.5)
            events = len(stage.events())
            fill(filler)
            stage.wait_for_event("waiting", since=events - 1, seconds=20)
            time.sleep(9 if short else 15)
            check_alive(stage)
            filler.unlink()
            stage.wait_for_event("resumed", since=events - 1, seconds=30)
        verdict = end_connected("disk", stage)
        if not {"disk_full", "low_disk"} & set(verdict.causes):
            verdict.faults.append(f"the ledger says nothing of it: {verdict.causes}")
        return verdict


def low_disk(program: str, short: bool) -> Verdict:
    """The same, but a little space is left, which the recorder leaves to others; nothing is missing."""
    with Stage(program) as stage:
        filler = put_on_small_disk(stage)
        stage.record("-k", "5")
        stage.load(devices=6, rate=1_500)
        time.sleep(1.5)
        fill(filler, leaving=256 << 10)
        stage.wait_for_event("waiting", seconds=20)
        time.sleep(9 if short else 20)
        check_alive(stage)
        filler.unlink()
        stage.wait_for_event("resumed", seconds=30)
        return end_connected("low-disk", stage, causes=("low_disk",))


def fill(path: Path, leaving: int = 0) -> None:
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                status = os.statvfs(path)
                if leaving and status.f_bavail * status.f_frsize <= leaving:
                    return
                file.write(b"\0" * 4_096)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


# Time


def day(program: str, short: bool) -> Verdict:
    """A day's messages of a fleet in minutes, with retention, and the memory watched."""
    with Stage(program, tap=False) as stage:
        stage.record("--max-size", "64MB")
        stage.load(devices=40, rate=6_000, qos0=0.1, size=120)
        time.sleep(8 if short else 170)
        stage.end_load()
        stage.settle(seconds=120)
        stage.stop_recorder()
        return judge("day", stage)


FAULTS: dict[str, Callable[[str, bool], Verdict]] = {
    "kill": kill,
    "kill-backlog": kill_backlog,
    "stop": stop,
    "stop-numbered": stop_numbered,
    "stop-keepalive": stop_keepalive,
    "broker-term": broker(signal.SIGTERM, True, "broker-term"),
    "broker-term-forgets": broker(signal.SIGTERM, False, "broker-term-forgets"),
    "broker-kill": broker(signal.SIGKILL, True, "broker-kill"),
    "broker-kill-forgets": broker(signal.SIGKILL, False, "broker-kill-forgets"),
    "half-open": half_open,
    "half-open-net": cut("half-open-net", False),
    "link-down": cut("link-down", True),
    "disk": disk,
    "low-disk": low_disk,
    "disk-at-once": refused("disk-at-once", errno.ENOSPC, "disk_full", short_wait=9),
    "read-only": refused("read-only", errno.EROFS, "unwritable", short_wait=4),
    "quota": refused("quota", errno.EDQUOT, "unwritable", short_wait=4),
    "clock": clock,
    "takeover": takeover,
    "garbage": garbage,
    "day": day,
}
