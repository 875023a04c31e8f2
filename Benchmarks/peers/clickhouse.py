"""ClickHouse in the process (chdb): MergeTree tables in a folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Iterator

import pyarrow.parquet as pq

from corpus import Message
from facts import STATUS_METRIC, Facts
from measure import Bench, Run, must
from peers.engine import exactness, fresh, rows
from questions import ENDED, ENDED_WELL, HALF_WINDOW, HOUR, Answer, Questions
from sizes import Size

_SCRIPT = """
import json, sys
from chdb import session
opened = session.Session(sys.argv[1])
for sql in json.loads(sys.argv[2]):
    answer = opened.query(sql, 'JSONCompactEachRow')
    sys.stdout.buffer.write(answer.bytes())
"""
_TABLES = {
    "messages": """
        recv Int64 CODEC(Delta, ZSTD(3)), device LowCardinality(String),
        kind LowCardinality(String), topic LowCardinality(String), flags UInt8 CODEC(ZSTD(3)),
        props String CODEC(ZSTD(3)), payload String CODEC(ZSTD(3))) ENGINE = MergeTree ORDER BY (topic, recv)""",
    "points": """
        recv Int64 CODEC(Delta, ZSTD(3)), device LowCardinality(String), metric LowCardinality(String),
        num Nullable(Float64) CODEC(Delta(8), ZSTD(3)), text Nullable(String) CODEC(ZSTD(3)))
        ENGINE = MergeTree ORDER BY (metric, device, recv)""",
    "commands": """
        recv Int64 CODEC(Delta, ZSTD(3)), device String CODEC(ZSTD(3)), id String CODEC(ZSTD(3)),
        name LowCardinality(String), status LowCardinality(String), is_update Bool)
        ENGINE = MergeTree ORDER BY (device, recv)""",
}
_SEQUENCE = "seq Int64 CODEC(Delta, ZSTD(3))"
_NEVER_NULL = ("device", "topic", "name", "status")


class ClickHouse:
    """chdb from Python, a new process for each question."""

    name = "ClickHouse (chdb)"

    def __init__(self, facts: Facts, gathered: Path, folder: Path, bench: Bench) -> None:
        self._facts = facts
        self._gathered = gathered
        self._folder = folder
        self._bench = bench

    def load(self) -> list[Size]:
        """Fills and merges the three tables; the messages are read back and compared."""
        fresh(self._folder)
        copy = self._folder.with_suffix(".check.parquet")
        copy.unlink(missing_ok=True)
        statements = ["CREATE DATABASE bench"]
        for table, columns in _TABLES.items():
            source = _quote(str((self._gathered / f"{table}.parquet").resolve()))
            kept = [name for name in pq.read_schema(self._gathered / f"{table}.parquet").names if name != "seq"]
            names = ", ".join(f"ifNull({name}, '')" if name in _NEVER_NULL else name for name in kept)
            if table == "messages" and not self._facts.is_increasing:
                columns, names = f"{_SEQUENCE}, {columns}", f"seq, {names}"
            statements += [
                f"CREATE TABLE bench.{table} ({columns}",
                f"INSERT INTO bench.{table} SELECT {names} FROM file({source}, Parquet)",
                f"OPTIMIZE TABLE bench.{table} FINAL",
            ]
        statements += [
            f"SELECT recv, flags, topic, props, payload FROM bench.messages ORDER BY {self._facts.order} "
            f"INTO OUTFILE {_quote(str(copy.resolve()))} FORMAT Parquet "
            "SETTINGS output_format_parquet_string_as_string = 0",
            "SELECT table, sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench' GROUP BY table",
        ]
        run = must(self._run(statements, "chdb-load"), self._bench, "chdb-load")
        sizes = {table: int(size) for table, size in rows(run.text)}
        typed = sizes.get("points", 0) + sizes.get("commands", 0)
        exact = exactness(self._facts.digest, _messages(copy))
        copy.unlink()
        return [
            Size("ClickHouse, raw messages by topic and time, zstd 3", sizes["messages"], exact, "by topic"),
            Size("ClickHouse, typed points and commands only", typed, "no", "by metric"),
        ]

    def idle(self, bench: Bench) -> Run:
        """Python with chdb, the folder opened, and a query that reads nothing."""
        return self._run(["SELECT 1"], "chdb-idle")

    def ask(self, question: str, questions: Questions, bench: Bench) -> Run:
        """Python with chdb and the question."""
        return self._run([_sql(question, questions)], f"chdb-{question}")

    def understand(self, question: str, text: str) -> Answer:
        """One JSON array a line."""
        return rows(text)

    def _run(self, statements: list[str], name: str) -> Run:
        command = [sys.executable, "-c", _SCRIPT, str(self._folder), json.dumps(statements)]
        return self._bench.run(command, name)


def _messages(path: Path) -> Iterator[Message]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(10_000):
            for received, flags, *texts in zip(*(column.to_pylist() for column in batch.columns)):
                yield Message(received, flags, *texts)


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _sql(question: str, asked: Questions) -> str:
    device, metric = _quote(asked.device), _quote(asked.metric)
    match question:
        case "q1":
            return (
                f"SELECT recv, num FROM bench.points WHERE metric = {metric} AND device = {device} "
                f"AND recv >= {asked.since} AND recv < {asked.until} AND num IS NOT NULL ORDER BY recv"
            )
        case "q2":
            return (
                f"SELECT intDiv(recv, {HOUR}) * {HOUR} AS hour, count(), min(num), max(num), avg(num), "
                f"quantileExact(0.95)(num) FROM bench.points WHERE metric = {metric} AND num IS NOT NULL "
                "GROUP BY hour ORDER BY hour"
            )
        case "q3":
            ended, well = ", ".join(map(_quote, ENDED)), ", ".join(map(_quote, ENDED_WELL))
            return f"""
                WITH begun AS (SELECT device, id, argMin(name, recv) AS title, min(recv) AS at FROM bench.commands
                               WHERE NOT is_update GROUP BY device, id),
                     ended AS (SELECT device, id, argMin(status, recv) AS result, min(recv) AS at FROM bench.commands
                               WHERE is_update AND status IN ({ended}) GROUP BY device, id)
                SELECT title, count(), countIf(result IN ({well})) / nullIf(count(result), 0),
                       quantileExactIf(0.5)((ended.at - begun.at) / 1e6, ended.at >= begun.at),
                       quantileExactIf(0.95)((ended.at - begun.at) / 1e6, ended.at >= begun.at)
                FROM begun LEFT JOIN ended USING (device, id) GROUP BY title ORDER BY title
                SETTINGS join_use_nulls = 1"""
        case "q4":
            return (
                f"SELECT device, argMax(text, recv) FROM bench.points WHERE metric = {_quote(STATUS_METRIC)} "
                "GROUP BY device ORDER BY device"
            )
        case _:
            prefix = _quote(f"v1/device/{asked.device}/")
            return (
                f"SELECT recv, topic, payload FROM bench.messages WHERE startsWith(topic, {prefix}) "
                f"AND recv >= {asked.around - HALF_WINDOW} AND recv < {asked.around + HALF_WINDOW} ORDER BY recv"
            )
