"""DuckDB on Parquet files, zstd 3: messages by topic and time, points by metric, device and time, command events."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Iterator

import duckdb

from corpus import Message
from facts import STATUS_METRIC, Facts
from measure import Bench, Run
from peers.engine import exactness, fresh, quote, rows
from questions import ENDED, ENDED_WELL, HALF_WINDOW, HOUR, Answer, Questions
from sizes import Size

_SCRIPT = """
import duckdb, json, sys
for row in duckdb.connect().execute(sys.argv[1]).fetchall():
    print(json.dumps([v.decode(errors='replace') if isinstance(v, bytes) else v for v in row], ensure_ascii=False))
"""
_ORDER = {"messages": "topic, recv", "points": "metric, device, recv", "commands": "recv"}


class DuckDBParquet:
    """DuckDB from Python, a new process for each question."""

    name = "DuckDB on Parquet"

    def __init__(self, facts: Facts, gathered: Path, folder: Path) -> None:
        self._facts = facts
        self._gathered = gathered
        self._folder = folder

    def load(self) -> list[Size]:
        """Writes the three files; the messages are read back and compared."""
        fresh(self._folder)
        with duckdb.connect() as connection:
            connection.execute(f"SET temp_directory={quote(str(self._folder / 'spill'))}")
            for table, order in _ORDER.items():
                source = quote(str(self._gathered / f"{table}.parquet"))
                columns = "* EXCLUDE seq" if table == "messages" and self._facts.is_increasing else "*"
                connection.execute(
                    f"COPY (SELECT {columns} FROM {source} ORDER BY {order}) TO {self._file(table)} "
                    "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3)"
                )
            exact = exactness(self._facts.digest, self._messages(connection))
        sizes = {table: (self._folder / f"{table}.parquet").stat().st_size for table in _ORDER}
        typed = sizes["points"] + sizes["commands"]
        return [
            Size("Parquet, raw messages by topic and time, zstd 3", sizes["messages"], exact, "by topic"),
            Size("Parquet, typed points and commands only, zstd 3", typed, "no", "by metric"),
        ]

    def idle(self, bench: Bench) -> Run:
        """Python with DuckDB and a query that reads nothing."""
        return self._run("SELECT 1", bench, "duckdb-idle")

    def ask(self, question: str, questions: Questions, bench: Bench) -> Run:
        """Python with DuckDB and the question."""
        return self._run(self._sql(question, questions), bench, f"duckdb-{question}")

    def understand(self, question: str, text: str) -> Answer:
        """One JSON array a line."""
        return rows(text)

    def _run(self, sql: str, bench: Bench, name: str) -> Run:
        return bench.run([sys.executable, "-c", _SCRIPT, sql], name)

    def _file(self, table: str) -> str:
        return quote(str(self._folder / f"{table}.parquet"))

    def _messages(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Message]:
        columns = "recv, flags, encode(topic), props, payload"
        sql = f"SELECT {columns} FROM {self._file('messages')} ORDER BY {self._facts.order}"
        result = connection.execute(sql)
        while batch := result.fetchmany(10_000):
            yield from (Message(*row) for row in batch)

    def _sql(self, question: str, asked: Questions) -> str:
        points, device, metric = self._file("points"), quote(asked.device), quote(asked.metric)
        match question:
            case "q1":
                return (
                    f"SELECT recv, num FROM {points} WHERE metric = {metric} AND device = {device} "
                    f"AND recv >= {asked.since} AND recv < {asked.until} AND num IS NOT NULL ORDER BY recv"
                )
            case "q2":
                return (
                    f"SELECT recv // {HOUR} * {HOUR} AS hour, count(*), min(num), max(num), avg(num), "
                    f"quantile_disc(num, 0.95) FROM {points} WHERE metric = {metric} AND num IS NOT NULL "
                    "GROUP BY hour ORDER BY hour"
                )
            case "q3":
                return self._commands()
            case "q4":
                return (
                    f"SELECT device, arg_max(text, recv) FROM {points} WHERE metric = {quote(STATUS_METRIC)} "
                    "GROUP BY device ORDER BY device"
                )
            case _:
                return (
                    f"SELECT recv, topic, payload FROM {self._file('messages')} WHERE device = {device} "
                    f"AND recv >= {asked.around - HALF_WINDOW} AND recv < {asked.around + HALF_WINDOW} ORDER BY recv"
                )

    def _commands(self) -> str:
        file, ended, well = self._file("commands"), ", ".join(map(quote, ENDED)), ", ".join(map(quote, ENDED_WELL))
        return f"""
            WITH begun AS (SELECT device, id, arg_min(name, recv) AS name, min(recv) AS at FROM {file}
                           WHERE NOT is_update GROUP BY device, id),
                 ended AS (SELECT device, id, arg_min(status, recv) AS status, min(recv) AS at FROM {file}
                           WHERE is_update AND status IN ({ended}) GROUP BY device, id),
                 life AS (SELECT name, status, CASE WHEN ended.at >= begun.at THEN (ended.at - begun.at) / 1e6 END AS ms
                          FROM begun LEFT JOIN ended USING (device, id))
            SELECT name, count(*), count(*) FILTER (status IN ({well})) / nullif(count(status), 0),
                   quantile_disc(ms, 0.5), quantile_disc(ms, 0.95)
            FROM life GROUP BY name ORDER BY name"""
