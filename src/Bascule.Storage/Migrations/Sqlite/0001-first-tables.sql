-- Times are Unix milliseconds. Enumerations are stored as their names in Bascule.Core: renaming a member needs a migration.

-- serving: a process has opened it and not closed it properly yet. key_check: which master.key sealed what is in here.
CREATE TABLE installation (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  epoch     INTEGER NOT NULL,
  serving   INTEGER NOT NULL,
  key_check TEXT
) STRICT;
INSERT INTO installation (id, epoch, serving) VALUES (1, 1, FALSE);

CREATE TABLE forge (
  name       TEXT PRIMARY KEY,
  uid        TEXT NOT NULL UNIQUE,
  url        TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE environment (
  name       TEXT PRIMARY KEY,
  uid        TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pseudonym (
  forge_uid  TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  uid        TEXT NOT NULL UNIQUE,
  PRIMARY KEY (forge_uid, account_id)
) STRICT;

CREATE TABLE signing_key (
  seq                INTEGER PRIMARY KEY AUTOINCREMENT,
  id                 TEXT NOT NULL UNIQUE,
  sealed_private_key BLOB NOT NULL,
  created_at         INTEGER NOT NULL,
  published_at       INTEGER
) STRICT;

-- Nothing is ever changed or taken out, not even by INSERT OR REPLACE.
CREATE TABLE audit_entry (
  idx   INTEGER PRIMARY KEY,
  entry BLOB NOT NULL CHECK (length(entry) BETWEEN 1 AND 65535)
) STRICT;
CREATE TRIGGER audit_entry_append BEFORE INSERT ON audit_entry
WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM audit_entry)
BEGIN SELECT raise(ABORT, 'audit entries are added at the end, without gaps'); END;
CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
BEGIN SELECT raise(ABORT, 'audit entries never change'); END;
CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
BEGIN SELECT raise(ABORT, 'audit entries are never deleted'); END;

-- AUTOINCREMENT: the id of a finished row is never given to another one.
-- Only the first row of a lane may be handled: the one with the lowest id.
CREATE TABLE work (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  lane     TEXT NOT NULL,
  shard    INTEGER NOT NULL,
  share    TEXT NOT NULL,
  kind     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  attempt  INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  crashes  INTEGER NOT NULL,
  due_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX work_by_lane ON work (lane, id);
CREATE INDEX work_by_subject ON work (subject, lane, kind, id);
CREATE INDEX work_due ON work (due_at, id);

CREATE TABLE quarantine (
  seq     INTEGER PRIMARY KEY,
  id      INTEGER NOT NULL,
  lane    TEXT NOT NULL,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  due_at  INTEGER NOT NULL,
  share   TEXT NOT NULL,
  reason  TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook (
  uid                  TEXT PRIMARY KEY,
  forge_uid            TEXT NOT NULL,
  repository_id        INTEGER NOT NULL,
  forge_webhook_id     INTEGER,
  sealed_secret        BLOB NOT NULL,
  sealed_former_secret BLOB,
  former_secret_until  INTEGER,
  created_at           INTEGER NOT NULL,
  last_delivery_at     INTEGER
) STRICT;

CREATE TABLE delivery (
  seq           INTEGER PRIMARY KEY,
  uid           TEXT NOT NULL UNIQUE,
  webhook_uid   TEXT NOT NULL,
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  delivery_id   TEXT NOT NULL,
  event_name    TEXT NOT NULL,
  body_digest   TEXT NOT NULL,
  received_at   INTEGER NOT NULL,
  standing      TEXT NOT NULL,
  outcome       TEXT,
  UNIQUE (webhook_uid, delivery_id, body_digest)
) STRICT;
CREATE INDEX delivery_by_id ON delivery (delivery_id, forge_uid);
CREATE INDEX delivery_by_body ON delivery (body_digest, webhook_uid, delivery_id);

-- Apart from its delivery, so that lists and outcomes do not move megabytes.
CREATE TABLE delivery_body (
  delivery INTEGER PRIMARY KEY REFERENCES delivery (seq) ON DELETE CASCADE,
  json     BLOB NOT NULL
) STRICT;

CREATE TABLE repository (
  forge_uid      TEXT NOT NULL,
  id             INTEGER NOT NULL,
  owner          TEXT NOT NULL,
  name           TEXT NOT NULL,
  default_branch TEXT NOT NULL,
  private        INTEGER NOT NULL,
  administered   INTEGER NOT NULL,
  updated_at     INTEGER,
  PRIMARY KEY (forge_uid, id)
) STRICT;

CREATE TABLE known_ref (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  ref           TEXT NOT NULL,
  tip           TEXT,
  generation    INTEGER NOT NULL,
  at            INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, ref)
) STRICT;

CREATE TABLE ref_update (
  seq           INTEGER PRIMARY KEY,
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  ref           TEXT NOT NULL,
  generation    INTEGER NOT NULL,
  before_tip    TEXT,
  after_tip     TEXT,
  move          TEXT NOT NULL,
  by_id         INTEGER,
  by_login      TEXT,
  delivery      TEXT,
  at            INTEGER NOT NULL,
  UNIQUE (forge_uid, repository_id, ref, generation)
) STRICT;
CREATE INDEX ref_update_by_repository ON ref_update (forge_uid, repository_id);

CREATE TABLE pull_request (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  number        INTEGER NOT NULL,
  title         TEXT NOT NULL,
  base          TEXT NOT NULL,
  head_branch   TEXT NOT NULL,
  from_fork     INTEGER NOT NULL,
  state         TEXT NOT NULL,
  head          TEXT,
  merge_commit  TEXT,
  author_id     INTEGER,
  author_login  TEXT,
  updated_at    INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, number)
) STRICT;
CREATE INDEX pull_request_by_merge ON pull_request (merge_commit) WHERE merge_commit IS NOT NULL;

-- seq is the order of lists. Every index ends in it by itself: it is the row id.
CREATE TABLE run (
  seq              INTEGER PRIMARY KEY AUTOINCREMENT,
  id               TEXT NOT NULL UNIQUE,
  revision         INTEGER NOT NULL,
  forge_uid        TEXT NOT NULL,
  repository_id    INTEGER NOT NULL,
  forge            TEXT NOT NULL,
  repository_name  TEXT NOT NULL,
  workflow         TEXT NOT NULL,
  environment      TEXT,
  run_trigger      TEXT NOT NULL,
  ref              TEXT NOT NULL,
  commit_id        TEXT NOT NULL,
  commit_subject   TEXT NOT NULL,
  by_id            INTEGER,
  by_login         TEXT,
  pull_request     INTEGER,
  base_commit      TEXT,
  ordinal          INTEGER NOT NULL,
  idempotency_key  TEXT NOT NULL UNIQUE,
  content          TEXT,
  plan             TEXT,
  plan_digest      TEXT,
  state            TEXT NOT NULL,
  reason           TEXT,
  start_begun      INTEGER NOT NULL,
  platform_run_id  TEXT,
  platform_page    TEXT,
  cancel_requested INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  started_at       INTEGER,
  finished_at      INTEGER,
  delivery         TEXT
) STRICT;
CREATE INDEX run_by_pull_request ON run (forge_uid, repository_id, pull_request);
CREATE INDEX run_by_ref ON run (forge_uid, repository_id, ref);
CREATE INDEX run_by_workflow ON run (workflow);
CREATE INDEX run_by_commit ON run (commit_id);
CREATE INDEX run_by_state ON run (state);
CREATE INDEX run_by_repository ON run (forge_uid, repository_id);
CREATE INDEX run_succeeded ON run (forge_uid, repository_id, workflow, ref) WHERE state = 'Succeeded' AND pull_request IS NULL;

CREATE TABLE run_timeline (
  seq  INTEGER PRIMARY KEY,
  run  TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  at   INTEGER NOT NULL,
  step TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX run_timeline_by_run ON run_timeline (run);

CREATE TABLE run_log (
  run TEXT PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  log TEXT NOT NULL
) STRICT;

-- A null value is "not a number": training that diverged reports it, and SQL has no other word.
CREATE TABLE run_metric (
  run   TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  name  TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (run, place)
) STRICT;

CREATE TABLE run_model (
  run     TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  place   INTEGER NOT NULL,
  name    TEXT NOT NULL,
  version TEXT NOT NULL,
  page    TEXT,
  PRIMARY KEY (run, place)
) STRICT;

CREATE TABLE report (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  place         TEXT NOT NULL,
  forge_id      INTEGER,
  digest        TEXT NOT NULL,
  verdict       TEXT NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, place)
) STRICT;
