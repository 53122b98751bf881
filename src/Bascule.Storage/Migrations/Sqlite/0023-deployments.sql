-- Each move of a deploy ref; the highest generation is where it points. commit_id is kept by the folder of deployed objects. Times in Unix milliseconds.
CREATE TABLE deployment (
  forge_uid           TEXT NOT NULL,
  repository_id       INTEGER NOT NULL,
  environment         TEXT NOT NULL,
  generation          INTEGER NOT NULL,
  commit_id           TEXT NOT NULL,
  run                 TEXT,
  rolled_back_because TEXT,
  moved_by            TEXT NOT NULL,
  moved_at            INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, generation)
) STRICT;
CREATE INDEX deployment_by_environment ON deployment (environment);

-- What was rolled back does not come back by itself.
CREATE TABLE blocked_commit (
  forge_uid     TEXT NOT NULL,
  repository_id INTEGER NOT NULL,
  environment   TEXT NOT NULL,
  commit_id     TEXT NOT NULL,
  reason        TEXT NOT NULL,
  blocked_by    TEXT NOT NULL,
  blocked_at    INTEGER NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, commit_id)
) STRICT;
