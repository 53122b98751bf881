-- How far each collector of the audit log has come, and the entries that it refuses. Times in Unix milliseconds.
CREATE TABLE collector (
  name          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  next_index    BIGINT NOT NULL,
  tries         BIGINT NOT NULL,
  failure       TEXT COLLATE "C",
  failing_since BIGINT,
  retry_at      BIGINT,
  shipped_at    BIGINT
);

CREATE TABLE collector_letter (
  collector TEXT COLLATE "C" NOT NULL REFERENCES collector (name),
  idx       BIGINT NOT NULL,
  reason    TEXT COLLATE "C" NOT NULL,
  tries     BIGINT NOT NULL,
  at        BIGINT NOT NULL,
  replay_at BIGINT,
  PRIMARY KEY (collector, idx)
);
