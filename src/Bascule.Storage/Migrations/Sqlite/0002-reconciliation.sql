-- How late a move was seen, and since when that is counted (LateSince); null when it was noted while connecting.
ALTER TABLE ref_update ADD COLUMN late_ms INTEGER;
ALTER TABLE ref_update ADD COLUMN late_since TEXT;
CREATE INDEX ref_update_by_time ON ref_update (forge_uid, at);

ALTER TABLE webhook ADD COLUMN last_refused_at INTEGER;

CREATE TABLE reconcile_forge (
  forge_uid        TEXT PRIMARY KEY,
  started_at       INTEGER,
  ended_at         INTEGER,
  next_page        INTEGER NOT NULL,
  sweep_started_at INTEGER,
  sweep_ended_at   INTEGER,
  requests         INTEGER NOT NULL
) STRICT;

CREATE TABLE reconcile_repository (
  forge_uid            TEXT NOT NULL,
  repository_id        INTEGER NOT NULL,
  asked_at             INTEGER NOT NULL,
  compared_at          INTEGER,
  hint                 INTEGER,
  settled              INTEGER NOT NULL,
  pull_requests_before INTEGER NOT NULL,
  unhandled            TEXT,
  problem              TEXT,
  PRIMARY KEY (forge_uid, repository_id)
) STRICT;

-- What was connected before is compared from now on.
INSERT INTO reconcile_repository (forge_uid, repository_id, asked_at, settled, pull_requests_before)
SELECT forge_uid, id, 0, FALSE, 0 FROM repository r
WHERE EXISTS (SELECT 1 FROM known_ref k WHERE k.forge_uid = r.forge_uid AND k.repository_id = r.id);

-- Found moved by a comparison, until it has been looked at.
CREATE TABLE missed_ref (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  ref           TEXT NOT NULL,
  since         INTEGER NOT NULL,
  kind          TEXT NOT NULL,
  found_at      INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, ref)
) STRICT;
