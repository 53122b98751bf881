ALTER TABLE run ADD COLUMN target TEXT;
ALTER TABLE run ADD COLUMN holds_alone INTEGER NOT NULL DEFAULT FALSE;
CREATE INDEX run_by_environment ON run (environment, finished_at);

-- One row for each thing that runs can change, so that whoever joins, takes or frees it waits for the others who do.
CREATE TABLE target (
  environment TEXT NOT NULL,
  name        TEXT NOT NULL,
  changes     INTEGER NOT NULL,
  PRIMARY KEY (environment, name)
) STRICT;

-- held_at: null while it waits. lane: where the run's start waits to be asked for again.
CREATE TABLE holder (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  environment TEXT NOT NULL,
  target      TEXT NOT NULL,
  run         TEXT NOT NULL UNIQUE REFERENCES run (id) ON DELETE CASCADE,
  max_running INTEGER NOT NULL,
  alone       INTEGER NOT NULL,
  lane        TEXT NOT NULL,
  held_at     INTEGER
) STRICT;
CREATE INDEX holder_by_target ON holder (environment, target, seq);

-- next_at: the planned time that has not run yet.
CREATE TABLE schedule (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  ref           TEXT NOT NULL,
  workflow      TEXT NOT NULL,
  cron          TEXT NOT NULL,
  time_zone     TEXT NOT NULL,
  next_at       INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, ref, workflow)
) STRICT;
