-- Tape format version 2: sealed messages. docs: docs/tape-format.md

-- Topics, each once.
CREATE TABLE topic (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    crc  INTEGER NOT NULL                           -- CRC-32 of the name's UTF-8
) STRICT;

-- What messages of one shape have in common: properties and payload with the values cut out.
CREATE TABLE template (
    id   INTEGER PRIMARY KEY,
    body BLOB NOT NULL,
    crc  INTEGER NOT NULL                           -- CRC-32 of the body
) STRICT;

-- Values that recur.
CREATE TABLE string (
    id   INTEGER PRIMARY KEY,
    body BLOB NOT NULL,
    crc  INTEGER NOT NULL                           -- CRC-32 of the body
) STRICT;

-- Sealed messages, column by column; each message is in exactly one segment or journal batch.
CREATE TABLE segment (
    first_seq      INTEGER PRIMARY KEY,             -- seq of the segment's first message; dense within the segment
    count          INTEGER NOT NULL,
    first_arrival  INTEGER NOT NULL,                -- the earliest and the latest arrival, ns
    last_arrival   INTEGER NOT NULL,
    first_clock    INTEGER NOT NULL,                -- rows of table clock, the lowest and the highest
    last_clock     INTEGER NOT NULL,
    size           INTEGER NOT NULL,                -- bytes of the messages: topic, properties and payload
    literal        INTEGER NOT NULL,                -- messages kept as text because they did not come back otherwise
    topics         BLOB NOT NULL,                   -- which topics, with messages and bytes of each
    templates      BLOB NOT NULL,                   -- which templates
    index_crc      INTEGER NOT NULL,                -- CRC-32 of topics and templates, one after the other
    directory_size INTEGER NOT NULL,                -- bytes of the directory before compression
    directory      BLOB NOT NULL,                   -- a zstd frame with a checksum
    body           BLOB NOT NULL                    -- zstd frames, each with a checksum
) STRICT;

CREATE INDEX segment_time ON segment (last_arrival, first_arrival);
