-- How far each collector of the audit log has come, and the entries that it refuses. Times in Unix milliseconds.
CREATE TABLE collector (
  name          TEXT NOT NULL PRIMARY KEY,
  next_index    INTEGER NOT NULL,
  tries         INTEGER NOT NULL,
  failure       TEXT,
  failing_since INTEGER,
  retry_at      INTEGER,
  shipped_at    INTEGER
) STRICT;

CREATE TABLE collector_letter (
  collector TEXT NOT NULL REFERENCES collector (name),
  idx       INTEGER NOT NULL,
  reason    TEXT NOT NULL,
  tries     INTEGER NOT NULL,
  at        INTEGER NOT NULL,
  replay_at INTEGER,
  PRIMARY KEY (collector, idx)
) STRICT;
