"""SQLite in three layouts, asked through the `sqlite3` program, which starts in a millisecond."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Iterable, Iterator

import duckdb
import pyarrow.parquet as pq

from corpus import Message
from facts import STATUS_METRIC, Facts
from measure import Bench, Run
from peers.engine import exactness, fresh, quote, rows
from questions import ENDED, ENDED_WELL, HALF_WINDOW, HOUR, Answer, Questions
from sizes import Size, on_disk


def _create(path: Path, schema: str) -> sqlite3.Connection:
    fresh(path.parent)
    connection = sqlite3.connect(path)
    fast = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;"
    connection.executescript(f"{fast} {schema}")
    return connection


def _finish(connection: sqlite3.Connection, path: Path) -> int:
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()
    return on_disk(path)


def _table(path: Path, columns: list[str]) -> Iterator[tuple]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(20_000, columns=columns):
            yield from zip(*(batch.column(name).to_pylist() for name in columns))


class _Numbers:
    """Gives every text a number, as it comes."""

    def __init__(self) -> None:
        self._known: dict[object, int] = {}

    def __call__(self, text: object) -> int:
        return self._known.setdefault(text, len(self._known) + 1)

    def __iter__(self) -> Iterator[tuple[int, object]]:
        return ((number, text) for text, number in self._known.items())


def rows_size(facts: Facts, gathered: Path, folder: Path) -> Size:
    """A row a message, topics and property lists stored once: what a careful recorder without columns does."""
    path = folder / "rows.db"
    connection = _create(
        path,
        "CREATE TABLE topic (id INTEGER PRIMARY KEY, text TEXT);"
        "CREATE TABLE props (id INTEGER PRIMARY KEY, body BLOB);"
        "CREATE TABLE message (seq INTEGER PRIMARY KEY, recv INTEGER, flags INTEGER, topic INTEGER, props INTEGER, "
        "payload BLOB);",
    )
    topics, properties = _Numbers(), _Numbers()
    source = _table(gathered / "messages.parquet", ["seq", "recv", "flags", "topic", "props", "payload"])
    connection.executemany(
        "INSERT INTO message VALUES (?,?,?,?,?,?)",
        ((seq, recv, flags, topics(topic), properties(props), body) for seq, recv, flags, topic, props, body in source),
    )
    connection.executemany("INSERT INTO topic VALUES (?,?)", topics)
    connection.executemany("INSERT INTO props VALUES (?,?)", properties)
    connection.commit()
    stored = connection.execute(
        "SELECT recv, flags, CAST(text AS BLOB), body, payload FROM message JOIN topic ON topic.id = topic "
        "JOIN props ON props.id = props ORDER BY seq"
    )
    exact = exactness(facts.digest, (Message(*row) for row in stored))
    return Size("SQLite rows, topics and properties interned", _finish(connection, path), exact, "by sequence")


class _Asked:
    """The `sqlite3` program on a file."""

    name: str
    _path: Path

    def idle(self, bench: Bench) -> Run:
        """The program, the file opened, and a query that reads nothing but the schema."""
        return self._run("SELECT count(*) FROM sqlite_schema", bench, "idle")

    def ask(self, question: str, questions: Questions, bench: Bench) -> Run:
        """The program with the question."""
        sql = self._sql(question, questions)
        if sql is None:
            return Run(None, "–", Path("/dev/null"))
        return self._run(sql, bench, question)

    def understand(self, question: str, text: str) -> Answer:
        """One JSON array a line."""
        return rows(text)

    def _run(self, sql: str, bench: Bench, name: str) -> Run:
        return bench.run(["sqlite3", "-readonly", "-batch", self._path, sql], f"{self._path.stem}-{name}")

    def _sql(self, question: str, asked: Questions) -> str | None:
        raise NotImplementedError


def _hours(source: str) -> str:
    """The hourly figures of a `SELECT recv, num`; the percentile by nearest rank, for SQLite has none of its own."""
    return f"""
        WITH p AS MATERIALIZED ({source}),
             r AS (SELECT recv / {HOUR} * {HOUR} AS hour, num, row_number() OVER w AS place,
                          count(*) OVER (PARTITION BY recv / {HOUR}) AS many
                   FROM p WINDOW w AS (PARTITION BY recv / {HOUR} ORDER BY num))
        SELECT json_array(hour, count(*), min(num), max(num), avg(num),
                          max(CASE WHEN place = (95 * many + 99) / 100 THEN num END))
        FROM r GROUP BY hour ORDER BY hour"""


def _lives(begun: str, ended: str) -> str:
    """The figures of each command name from a `device, id, name, at` and a `device, id, status, at`."""
    well = ", ".join(map(quote, ENDED_WELL))
    return f"""
        WITH begun AS MATERIALIZED ({begun}), ended AS MATERIALIZED ({ended}),
             life AS (SELECT name, status, CASE WHEN ended.at >= begun.at THEN (ended.at - begun.at) / 1e6 END AS ms
                      FROM begun LEFT JOIN ended USING (device, id)),
             ranked AS (SELECT name, status, ms, row_number() OVER (PARTITION BY name, ms IS NULL ORDER BY ms) AS place,
                               count(ms) OVER (PARTITION BY name) AS many FROM life)
        SELECT json_array(name, count(*), 1.0 * sum(status IN ({well})) / nullif(count(status), 0),
                          max(CASE WHEN place = (50 * many + 99) / 100 THEN ms END),
                          max(CASE WHEN place = (95 * many + 99) / 100 THEN ms END))
        FROM ranked GROUP BY name ORDER BY name"""


class SQLiteRows(_Asked):
    """Messages as rows with their JSON, an index by device and one by kind; JSON functions take them apart."""

    name = "SQLite, JSON rows, 2 indexes"

    def __init__(self, facts: Facts, gathered: Path, folder: Path) -> None:
        self._facts = facts
        self._gathered = gathered
        self._path = folder / "json.db"

    def load(self) -> list[Size]:
        """Fills the table in order of arrival, then makes the indexes."""
        connection = _create(
            self._path,
            "CREATE TABLE message (seq INTEGER PRIMARY KEY, recv INTEGER, device TEXT, kind TEXT, topic TEXT, "
            "flags INTEGER, props BLOB, payload);",
        )
        columns = ["seq", "recv", "device", "kind", "topic", "flags", "props", "payload"]
        source = _table(self._gathered / "messages.parquet", columns)
        connection.executemany(
            "INSERT INTO message VALUES (?,?,?,?,?,?,?,?)", ((*row[:7], _text(row[7])) for row in source)
        )
        connection.execute("CREATE INDEX by_device ON message (device, kind, recv)")
        connection.execute("CREATE INDEX by_kind ON message (kind, recv)")
        stored = connection.execute(
            "SELECT recv, flags, CAST(topic AS BLOB), props, CAST(payload AS BLOB) FROM message ORDER BY seq"
        )
        exact = exactness(self._facts.digest, (Message(*row) for row in stored))
        return [Size("SQLite, JSON rows, 2 indexes", _finish(connection, self._path), exact, "by device or kind")]

    def _sql(self, question: str, asked: Questions) -> str | None:
        # Asking whether each payload is JSON costs; a corpus without broken ones is spared it.
        valid = " AND json_valid(payload)" if self._facts.unreadable else ""
        device = quote(asked.device)
        path = quote('$.telemetries."' + asked.metric + '"')
        number = f"json_type(payload, {path}) IN ('integer', 'real')"
        value = f"json_extract(payload, {path})"
        match question:
            case "q1":
                return (
                    f"SELECT json_array(recv, {value}) FROM message WHERE device = {device} AND kind = 'telemetry' "
                    f"AND recv >= {asked.since} AND recv < {asked.until}{valid} AND {number} ORDER BY recv"
                )
            case "q2":
                return _hours(f"SELECT recv, {value} AS num FROM message WHERE kind = 'telemetry'{valid} AND {number}")
            case "q3":
                ended = ", ".join(map(quote, ENDED))
                return _lives(
                    "SELECT device, json_extract(payload, '$.id') AS id, json_extract(payload, '$.name') AS name, "
                    f"min(recv) AS at FROM message WHERE kind = 'commands'{valid} GROUP BY 1, 2",
                    "SELECT device, json_extract(payload, '$.id') AS id, json_extract(payload, '$.status') AS status, "
                    f"min(recv) AS at FROM message WHERE kind = 'commands/update'{valid} "
                    f"AND json_extract(payload, '$.status') IN ({ended}) GROUP BY 1, 2",
                )
            case "q4":
                return f"""
                    WITH RECURSIVE d(device) AS (SELECT min(device) FROM message UNION ALL
                        SELECT (SELECT min(device) FROM message m WHERE m.device > d.device) FROM d
                        WHERE d.device IS NOT NULL),
                    s AS (SELECT device, (SELECT json_extract(payload, '$.status') FROM message m
                        WHERE m.device = d.device AND kind = 'telemetry'{valid}
                        AND json_type(payload, '$.status') = 'text'
                        ORDER BY recv DESC LIMIT 1) AS status FROM d WHERE device IS NOT NULL)
                    SELECT json_array(device, status) FROM s WHERE status IS NOT NULL ORDER BY device"""
            case _:
                return (
                    f"SELECT json_array(recv, topic, CAST(payload AS TEXT)) FROM message WHERE device = {device} "
                    "AND kind IN (SELECT DISTINCT kind FROM message "
                    f"WHERE device = {device}) AND recv >= {asked.around - HALF_WINDOW} "
                    f"AND recv < {asked.around + HALF_WINDOW} ORDER BY recv"
                )


class SQLitePoints(_Asked):
    """One row a number or text with its metric, device and time as the key; no payloads."""

    name = "SQLite, points"

    def __init__(self, facts: Facts, gathered: Path, folder: Path) -> None:
        self._gathered = gathered
        self._path = folder / "points.db"

    def load(self) -> list[Size]:
        """Fills the tables; the sizes hold the commands too."""
        connection = _create(
            self._path,
            "CREATE TABLE metric (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
            "CREATE TABLE device (id INTEGER PRIMARY KEY, name TEXT UNIQUE);"
            "CREATE TABLE point (metric INTEGER, device INTEGER, recv INTEGER, seq INTEGER, value, is_number INTEGER, "
            "PRIMARY KEY (metric, device, recv, seq)) WITHOUT ROWID;"
            "CREATE TABLE command (recv INTEGER, device TEXT, id TEXT, name TEXT, status TEXT, is_update INTEGER);",
        )
        metrics, devices = _Numbers(), _Numbers()
        connection.executemany("INSERT INTO point VALUES (?,?,?,?,?,?)", self._points(metrics, devices))
        connection.executemany("INSERT INTO metric VALUES (?,?)", metrics)
        connection.executemany("INSERT INTO device VALUES (?,?)", devices)
        columns = ["recv", "device", "id", "name", "status", "is_update"]
        connection.executemany(
            "INSERT INTO command VALUES (?,?,?,?,?,?)", _table(self._gathered / "commands.parquet", columns)
        )
        connection.execute("CREATE INDEX command_by_id ON command (is_update, device, id, recv)")
        return [Size("SQLite, points and commands only", _finish(connection, self._path), "no", "by metric")]

    def _points(self, metrics: _Numbers, devices: _Numbers) -> Iterable[tuple]:
        # In the order of the key, as a sealed store would have it: the table is written once, without splits.
        # DuckDB sorts because it can spill.
        source = quote(str(self._gathered / "points.parquet"))
        with duckdb.connect() as connection:
            connection.execute(f"SET temp_directory={quote(str(self._path.parent / 'spill'))}")
            order = "metric, device, recv"
            result = connection.execute(f"SELECT metric, device, recv, num, text FROM {source} ORDER BY {order}")
            seq = 0
            while batch := result.fetchmany(20_000):
                for metric, device, recv, number, text in batch:
                    seq += 1
                    value = text if number is None else number
                    yield metrics(metric), devices(device), recv, seq, value, number is not None

    def _sql(self, question: str, asked: Questions) -> str | None:
        metric = f"(SELECT id FROM metric WHERE name = {quote(asked.metric)})"
        device = f"(SELECT id FROM device WHERE name = {quote(asked.device)})"
        match question:
            case "q1":
                return (
                    f"SELECT json_array(recv, value) FROM point WHERE metric = {metric} AND device = {device} "
                    f"AND recv >= {asked.since} AND recv < {asked.until} AND is_number ORDER BY recv"
                )
            case "q2":
                return _hours(f"SELECT recv, value AS num FROM point WHERE metric = {metric} AND is_number")
            case "q3":
                ended = ", ".join(map(quote, ENDED))
                return _lives(
                    "SELECT device, id, name, min(recv) AS at FROM command WHERE NOT is_update GROUP BY device, id",
                    "SELECT device, id, status, min(recv) AS at FROM command "
                    f"WHERE is_update AND status IN ({ended}) GROUP BY device, id",
                )
            case "q4":
                status = f"(SELECT id FROM metric WHERE name = {quote(STATUS_METRIC)})"
                return f"""
                    WITH s AS (SELECT name, (SELECT value FROM point WHERE metric = {status} AND device = d.id
                        ORDER BY recv DESC LIMIT 1) AS status FROM device d)
                    SELECT json_array(name, status) FROM s WHERE status IS NOT NULL ORDER BY name"""
            case _:
                return None


def _text(payload: bytes) -> str | bytes:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        return payload
