-- Tape format version 1 (PRAGMA user_version = 1). docs: docs/tape-format.md

-- Facts of the tape itself: id (hex), created_at (ns), created_by.
CREATE TABLE tape (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- One row each time a recorder (or another source) wrote to this tape.
CREATE TABLE session (
    id               INTEGER PRIMARY KEY,
    source           TEXT NOT NULL,                 -- 'record'
    broker           TEXT,                          -- as given: mqtt://host:port, no credentials
    broker_addresses TEXT NOT NULL DEFAULT '[]',    -- JSON array of "address:port" seen as the connection's peer
    client_id        TEXT,
    filters          TEXT NOT NULL DEFAULT '[]',    -- JSON array of {"filter":…,"qos":…,"granted":…}
    options          TEXT NOT NULL DEFAULT '{}',    -- JSON object: receive_maximum, redaction, …
    tags             TEXT NOT NULL DEFAULT '{}',    -- JSON object
    recorder         TEXT NOT NULL,                 -- program and version
    started_at       INTEGER NOT NULL,              -- ns since the Unix epoch, like every time here
    alive_at         INTEGER NOT NULL,              -- the last commit or heartbeat
    ended_at         INTEGER,                       -- NULL while recording, and after a kill
    end_reason       TEXT,                          -- 'signal', 'limit', 'error', 'killed' …
    messages         INTEGER NOT NULL DEFAULT 0,
    bytes            INTEGER NOT NULL DEFAULT 0,    -- topic + properties + payload
    duplicates       INTEGER NOT NULL DEFAULT 0,    -- messages with duplicate_of
    redactions       INTEGER NOT NULL DEFAULT 0,    -- values replaced at capture
    broker_session_seq INTEGER                      -- first seq of the broker session that went on last
) STRICT;

-- wall time of an arrival = monotonic time + offset; a wall clock step or a suspend begins a new row.
CREATE TABLE clock (
    id        INTEGER PRIMARY KEY,
    session   INTEGER NOT NULL REFERENCES session (id),
    cause     TEXT NOT NULL,                        -- 'start', 'step', 'suspend'
    monotonic INTEGER NOT NULL,                     -- ns of CLOCK_MONOTONIC when it was read
    offset    INTEGER NOT NULL                      -- ns to add to monotonic time
) STRICT;

-- What was just received, in batches: one row a commit.
CREATE TABLE journal (
    first_seq     INTEGER PRIMARY KEY,              -- seq of the batch's first message; dense per tape
    count         INTEGER NOT NULL,
    session       INTEGER NOT NULL,
    clock         INTEGER NOT NULL,
    first_arrival INTEGER NOT NULL,                 -- wall time of first and last message, ns
    last_arrival  INTEGER NOT NULL,
    size          INTEGER NOT NULL,                 -- bytes of the frames before compression
    body          BLOB NOT NULL                     -- a zstd frame with a checksum; inside: message frames
) STRICT;

-- The loss ledger: intervals in which messages may be missing.
CREATE TABLE gap (
    id       INTEGER PRIMARY KEY,
    session  INTEGER NOT NULL,
    cause    TEXT NOT NULL,                         -- 'disconnected', 'session_lost', 'killed', …
    began_at INTEGER NOT NULL,
    ended_at INTEGER,                               -- NULL while it lasts
    missing  INTEGER,                               -- messages known to be missing, where a number is known
    detail   TEXT
) STRICT;

-- Who said what kind of thing, how much and when; device '' where the topic names none.
CREATE TABLE activity (
    device     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    messages   INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    PRIMARY KEY (device, kind)
) STRICT, WITHOUT ROWID;

CREATE VIEW devices AS
SELECT device, sum(messages) AS messages, sum(bytes) AS bytes, min(first_seen) AS first_seen, max(last_seen) AS last_seen
FROM activity WHERE device <> '' GROUP BY device;
