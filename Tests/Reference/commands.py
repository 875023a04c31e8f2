"""The lives of commands: which messages belong to one, and what they tell together."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Iterable, Iterator

from exact_json import Object
from instants import rfc3339
from messages import Message, identity
from trend import percentile

_MEANING = {"pending": "pending", "scheduled": "pending", "unknown": "pending", "in_progress": "in_progress"}
_MEANING |= {"done": "done", "failed": "failed", "error": "failed", "aborted": "failed"}
_ENDS = ("done", "failed")
_EVIDENCE = ("id", "correlation", "inferred")
_FROM_CLOUD = ("pending", "scheduled", "in_progress")
_FROM_DEVICE = ("in_progress", "done", "failed", "error")


def word(status: str) -> str:
    """A status word in its usual spelling."""
    return status.strip().lower().replace("-", "_").replace(" ", "_")


@dataclass
class Life:
    """All that is known of one command."""

    device: str | None
    id: str | None
    name: str | None = None
    state: str = "pending"
    said_by_cloud: str | None = None
    said_by_device: str | None = None
    first_seen: int = 0
    delivered: int | None = None
    in_progress_at: int | None = None
    ended_at: int | None = None
    ended_by_device: bool = False
    deliveries: int = 0
    updates: int = 0
    evidence: str | None = None
    message: str | None = None
    anomalies: set[str] = field(default_factory=set)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def raw_status(self) -> str | None:
        """The word that ended it; of an open command the device's newest word, else the cloud's."""
        ended_by_cloud = not self.is_open and not self.ended_by_device
        return self.said_by_cloud if ended_by_cloud or self.said_by_device is None else self.said_by_device

    @property
    def duration(self) -> int | None:
        """From the first delivery to the device's word that ended it; None unless both were seen in that order."""
        if self.ended_at is None or not self.ended_by_device or self.delivered is None:
            return None
        return None if "update_before_command" in self.anomalies else self.ended_at - self.delivered

    def deliver(self, time: int, item: Object) -> None:
        """The cloud sent the command."""
        status = item.last(str, "status")
        if self.updates and not self.deliveries:
            self.anomalies.add("update_before_command")
        if self.deliveries and not self.is_open:
            self.anomalies.add("redelivered_after_done")
        if self.id is None:
            self.anomalies.add("missing_id")
        self.deliveries += 1
        if self.deliveries == 1:
            self.delivered = time
        if self.name is None:
            self.name = item.last(str, "name")
        if status is None:
            return
        self._note(status, _FROM_CLOUD)
        if self.is_open:
            if self.state == "pending" or _MEANING.get(word(status)) != "pending":
                self.said_by_cloud = status
            self._advance(time, status, by_device=False)

    def update(self, time: int, item: Object, evidence: str) -> None:
        """The device said how far it is."""
        status = item.last(str, "status")
        self.updates += 1
        if self.evidence is None or _EVIDENCE.index(evidence) > _EVIDENCE.index(self.evidence):
            self.evidence = evidence
        if identity(item, "id") is None:
            self.anomalies.add("missing_id")
        if self.name is None:
            self.name = item.last(str, "name")
        text = item.last(str, "message", "error")
        if self.is_open and text is not None:
            self.message = text
        if status is None:
            self.anomalies.add("missing_status")
            return
        self._note(status, _FROM_DEVICE)
        meaning = _MEANING.get(word(status))
        if not self.is_open:
            if meaning not in _ENDS:
                self.anomalies.add("after_terminal_update")
            else:
                self.anomalies.add("two_terminals")
                if meaning != self.state:
                    self.anomalies.add("contradictory_terminals")
            return
        self.said_by_device = status
        if meaning == "in_progress" and self.in_progress_at is None:
            self.in_progress_at = time
        self._advance(time, status, by_device=True)

    def _note(self, status: str, expected: tuple[str, ...]) -> None:
        if word(status) not in _MEANING:
            self.anomalies.add("unknown_status")
        elif word(status) not in expected:
            self.anomalies.add("unexpected_status")

    def _advance(self, time: int, status: str, by_device: bool) -> None:
        meaning = _MEANING.get(word(status), "pending")
        if meaning in _ENDS:
            self.ended_at, self.ended_by_device = time, by_device
        if meaning != "pending":
            self.state = meaning


class Ledger:
    """Finds the command that a message means."""

    def __init__(self) -> None:
        self.lives: list[Life] = []
        self._by_name: dict[tuple[str | None, str], Life] = {}
        self._by_topic: dict[tuple[str | None, str], list[Life]] = {}

    def read(self, message: Message) -> None:
        """Takes a message of any kind."""
        content = message.content if message.kind in ("command", "command_update") else None
        if message.kind == "command":
            for item in content if isinstance(content, list) and not isinstance(content, Object) else [content]:
                if isinstance(item, Object) and not _says_nothing(item):
                    self._deliver(message, item)
        elif isinstance(content, Object):
            self._update(message, content)

    def _deliver(self, message: Message, item: Object) -> None:
        device, id = identity(item, "device_id") or message.topic_device, identity(item, "id")
        if id is None:
            life = self._only(
                life
                for life in self.lives
                if life.id is None and life.deliveries and life.is_open
                and (life.device, life.name) == (device, item.last(str, "name"))
            ) or self._new(device, None, message.time)
        else:
            life = self._by_name.get((device, id)) or self._new(device, id, message.time)
            told = self._by_topic.setdefault((message.topic_device, id), [])
            if life not in told:
                told.append(life)
        life.deliver(message.time, item)

    def _update(self, message: Message, item: Object) -> None:
        device, id = identity(item, "device_id") or message.topic_device, identity(item, "id")
        life, evidence = None, "id"
        if id is not None:
            life = self._named(device, message.topic_device, id)
        else:
            if message.correlation:
                life = self._named(device, message.topic_device, message.correlation.decode("utf-8", "replace"))
                evidence = "correlation"
            if life is None:
                evidence = "inferred"
                life = self._only(
                    life
                    for life in self.lives
                    if life.device == device and life.is_open and (life.deliveries or life.id is not None)
                )
        if life is None:
            life = self._new(device, id, message.time)
        life.update(message.time, item, evidence)

    def _named(self, device: str | None, topic_device: str | None, id: str) -> Life | None:
        """The command of the device that is named, of the topic's device, or the only one that it got for others."""
        return (
            self._by_name.get((device, id))
            or self._by_name.get((topic_device, id))
            or self._only(self._by_topic.get((topic_device, id), []))
        )

    def _new(self, device: str | None, id: str | None, time: int) -> Life:
        life = Life(device, id, first_seen=time)
        self.lives.append(life)
        if id is not None:
            self._by_name[(device, id)] = life
        return life

    @staticmethod
    def _only(lives: Iterable[Life]) -> Life | None:
        found = list(lives)
        return found[0] if len(found) == 1 else None


def _says_nothing(item: Object) -> bool:
    """`{}` says that nothing is pending, `{"error": …}` that the cloud could not tell."""
    names = {name for name, _ in item}
    return not names or ("error" in names and not names & {"id", "name", "status"})


def _milliseconds(nanoseconds: int | Fraction) -> Fraction:
    """Milliseconds with three decimals, rounded to the nearest, halves up."""
    return Fraction(int((nanoseconds + 500) // 1000), 1000)


def lives(messages: Iterable[Message]) -> tuple[list[Life], int]:
    """All commands in the order in which they were first seen, and when the last message came."""
    ledger, last = Ledger(), 0
    for message in messages:
        last = max(last, message.time)
        ledger.read(message)
    for life in ledger.lives:
        if not life.deliveries:
            life.anomalies.add("update_without_command")
    return ledger.lives, last


def rows(messages: Iterable[Message]) -> Iterator[dict[str, Any]]:
    """The rows of `query commands`."""
    all_lives, last = lives(messages)
    for life in all_lives:
        in_progress_at, ended_at = life.in_progress_at, life.ended_at
        row = {
            "device": life.device,
            "id": life.id,
            "name": life.name,
            "state": life.state,
            "raw_status": life.raw_status,
            "first_seen": rfc3339(life.first_seen),
            "in_progress_at": None if in_progress_at is None else rfc3339(in_progress_at),
            "ended_at": None if ended_at is None else rfc3339(ended_at),
            "duration_ms": None if life.duration is None else _milliseconds(life.duration),
            "open_for_ms": _milliseconds(last - life.first_seen) if life.is_open else None,
            "deliveries": life.deliveries,
            "updates": life.updates,
            "match": life.evidence if life.deliveries else None,
            "anomalies": sorted(life.anomalies),
            "message": life.message,
        }
        yield {key: value for key, value in row.items() if value is not None}


def summary(messages: Iterable[Message]) -> Iterator[dict[str, Any]]:
    """The rows of `query commands --summary`, the most frequent name first."""
    names: dict[str | None, list[Life]] = {}
    for life in lives(messages)[0]:
        names.setdefault(life.name, []).append(life)
    for name, group in sorted(names.items(), key=lambda item: (-len(item[1]), (item[0] or "").encode())):
        done, failed = (sum(life.state == state for life in group) for state in _ENDS)
        durations = sorted(Fraction(life.duration) for life in group if life.duration is not None)
        row: dict[str, Any] = {
            "name": name,
            "count": len(group),
            "done": done,
            "failed": failed,
            "open": len(group) - done - failed,
            "success_rate": Fraction(done, done + failed) if done + failed else None,
            "p50_ms": _milliseconds(percentile(durations, 50)) if durations else None,
            "p95_ms": _milliseconds(percentile(durations, 95)) if durations else None,
            "max_ms": _milliseconds(durations[-1]) if durations else None,
            "redeliveries": sum(max(0, life.deliveries - 1) for life in group),
        }
        yield {key: value for key, value in row.items() if value is not None}
