-- Refs that pushes through Bascule have moved, and by whom: what makes a commit proven. Times in Unix milliseconds.
CREATE TABLE pushed_ref (
  push          TEXT NOT NULL,
  ref           TEXT NOT NULL,
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  head          TEXT NOT NULL,
  actor_type    TEXT NOT NULL,
  actor_uid     TEXT NOT NULL,
  token_uid     TEXT NOT NULL,
  account_id    INTEGER,
  account_login TEXT,
  at            INTEGER NOT NULL,
  PRIMARY KEY (push, ref)
) STRICT;
CREATE INDEX pushed_ref_by_head ON pushed_ref (forge_uid, repository_id, head);
