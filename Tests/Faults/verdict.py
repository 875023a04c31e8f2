"""The same check after every fault: what was acknowledged is recorded, what is missing stands in the ledger."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timezone

from stage import Stage

NUMBER = re.compile(r'"n":(\d+)')
SLACK = 20_000_000
"""Between the load generator's clock readings and the broker's work, ns."""


def nanoseconds(text: str) -> int:
    seconds, fraction = text.rstrip("Z").split(".") if "." in text else (text.rstrip("Z"), "0")
    moment = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 1_000_000_000 + int(fraction.ljust(9, "0"))


@dataclass
class Verdict:
    name: str
    sent: int = 0
    recorded: int = 0
    duplicates: int = 0
    missing: int = 0
    inside: int = 0
    counted: int = 0
    disconnected: int = 0
    uncertain: int = 0
    causes: list[str] = field(default_factory=list)
    memory: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.faults


def tapedeck(stage: Stage, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [stage.tapedeck, *arguments], capture_output=True, text=True, env=stage.environment, timeout=600)


def judge(name: str, stage: Stage, *, complete: bool = False, causes: tuple[str, ...] = ()) -> Verdict:
    """Compares the tape with what the load generator and the tap know.

    `complete`: nothing may be missing at all. `causes`: of which the ledger must have a row each.
    """
    verdict = Verdict(name, memory=stage.peak_memory)
    answer = tapedeck(stage, "export", str(stage.tape))
    recorded: dict[str, dict[int, list[dict]]] = {}
    for line in answer.stdout.splitlines():
        row = json.loads(line)
        number = NUMBER.search(row.get("payload", "") if isinstance(row.get("payload"), str) else "")
        if number and row["topic"].endswith("/telemetry"):
            recorded.setdefault(row["device"], {}).setdefault(int(number[1]), []).append(row)
            verdict.recorded += 1
    ledger = []
    for line in tapedeck(stage, "query", "gaps", str(stage.tape), "--type", "ledger", "--format", "jsonl").stdout.splitlines():
        row = json.loads(line)
        end = nanoseconds(row["until"]) if "until" in row else 1 << 62
        ledger.append((nanoseconds(row["from"]), end, row["cause"]))
        verdict.causes.append(row["cause"])
        if row["cause"] == "broker_dropped":
            verdict.counted += row.get("missing", 0)
        if end < nanoseconds(row["from"]):
            verdict.faults.append(f"a ledger row ends before it begins: {row}")

    outside = []
    for device, (qos, messages) in stage.sent.items():
        found = recorded.get(device, {})
        for number, (sent, acked) in enumerate(messages):
            verdict.sent += 1
            if number in found:
                continue
            if acked < 0:
                verdict.uncertain += 1
                continue
            verdict.missing += 1
            # The broker had it at some time between the two.
            if any(begin - SLACK <= acked and sent <= end + SLACK for begin, end, _ in ledger):
                verdict.inside += 1
                verdict.disconnected += any(
                    begin - SLACK <= acked and sent <= end + SLACK
                    for begin, end, cause in ledger if cause == "disconnected")
            else:
                outside.append((device, number, qos, sent))
    if outside:
        device, number, qos, sent = outside[0]
        verdict.faults.append(
            f"{len(outside)} missing messages outside of the ledger, the first {device} {number} (QoS {qos}) sent at "
            f"{datetime.fromtimestamp(sent / 1e9, timezone.utc).isoformat()}; the ledger: "
            + "; ".join(
                f"{cause} {datetime.fromtimestamp(b / 1e9, timezone.utc).time()}-"
                + (f"{datetime.fromtimestamp(e / 1e9, timezone.utc).time()}" if e < 1 << 62 else "")
                for b, e, cause in ledger))
    if complete and verdict.missing:
        verdict.faults.append(f"{verdict.missing} messages are missing where none may be")

    for device, number in stage.acknowledged():
        if number not in recorded.get(device, {}):
            verdict.faults.append(f"{device} {number} was acknowledged and is not on the tape")
            break
    unmarked = 0
    for numbers in recorded.values():
        for rows in numbers.values():
            originals = [row for row in rows if "duplicate_of" not in row]
            verdict.duplicates += len(rows) - len(originals)
            if len(originals) != 1:
                unmarked += 1
    if unmarked:
        verdict.faults.append(f"{unmarked} messages stand on the tape more than once without being marked, or only marked")
    for cause in causes:
        if cause not in verdict.causes:
            verdict.faults.append(f"no ledger row `{cause}`; there are {verdict.causes}")

    check = tapedeck(stage, "verify", str(stage.tape))
    if check.returncode != 0:
        verdict.faults.append(f"verify: {check.stdout[-500:]}{check.stderr[-500:]}")
    if verdict.memory == 0:
        verdict.faults.append("the memory of the recorder was never seen")
    if verdict.memory > 96 * 1024:
        verdict.faults.append(f"the recorder used {verdict.memory / 1024:.1f} MiB")
    return verdict
