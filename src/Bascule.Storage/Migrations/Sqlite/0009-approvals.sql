-- Only the plan of what a merge will run: approved, never started.
ALTER TABLE run ADD COLUMN on_merge INTEGER NOT NULL DEFAULT FALSE;
CREATE INDEX run_by_content ON run (content) WHERE pull_request IS NOT NULL;

-- That a run waits, or has waited, for approvals. generation: approvals of an earlier one are dead.
CREATE TABLE approval_request (
  run        TEXT NOT NULL PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  generation INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  opened_at  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  carried_to TEXT
) STRICT;

-- What was approved stands here once more: the run's own columns may change, and then the approval is for something else.
CREATE TABLE approval (
  seq              INTEGER PRIMARY KEY AUTOINCREMENT,
  uid              TEXT NOT NULL UNIQUE,
  run              TEXT NOT NULL REFERENCES approval_request (run) ON DELETE CASCADE,
  generation       INTEGER NOT NULL,
  person           TEXT NOT NULL,
  content          TEXT NOT NULL,
  commit_id        TEXT NOT NULL,
  plan_digest      TEXT NOT NULL,
  environment      TEXT NOT NULL,
  at               INTEGER NOT NULL,
  authenticated_at INTEGER,
  source           TEXT NOT NULL,
  comment          TEXT,
  carried_from     TEXT,
  pull_request     INTEGER,
  review           INTEGER,
  voided_at        INTEGER,
  voided_because   TEXT
) STRICT;
CREATE UNIQUE INDEX approval_once ON approval (run, generation, person) WHERE voided_at IS NULL;

CREATE TABLE break_glass (
  run         TEXT NOT NULL PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  person      TEXT NOT NULL,
  content     TEXT NOT NULL,
  commit_id   TEXT NOT NULL,
  plan_digest TEXT NOT NULL,
  environment TEXT NOT NULL,
  reason      TEXT NOT NULL,
  at          INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  review_by   INTEGER NOT NULL,
  reviewed_by TEXT,
  reviewed_at INTEGER,
  flagged_at  INTEGER
) STRICT;
