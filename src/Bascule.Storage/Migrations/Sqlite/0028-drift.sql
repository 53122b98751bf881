-- What the last comparison of a platform with what was deployed there found, by place; differences is canonical JSON. Times in Unix milliseconds.
CREATE TABLE drift (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  workflow      TEXT NOT NULL,
  environment   TEXT NOT NULL,
  run           TEXT NOT NULL,
  commit_id     TEXT NOT NULL,
  looked_at     INTEGER NOT NULL,
  compared_at   INTEGER,
  problem       TEXT,
  differences   TEXT NOT NULL,
  total         INTEGER NOT NULL,
  since         INTEGER,
  PRIMARY KEY (environment, forge_uid, repository_id, workflow)
) STRICT;
