-- Each move of a deploy ref; the highest generation is where it points. commit_id is kept by the folder of deployed objects. Times in Unix milliseconds.
CREATE TABLE deployment (
  forge_uid           TEXT COLLATE "C" NOT NULL,
  repository_id       BIGINT NOT NULL,
  environment         TEXT COLLATE "C" NOT NULL,
  generation          BIGINT NOT NULL,
  commit_id           TEXT COLLATE "C" NOT NULL,
  run                 TEXT COLLATE "C",
  rolled_back_because TEXT COLLATE "C",
  moved_by            TEXT COLLATE "C" NOT NULL,
  moved_at            BIGINT NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, generation)
);
CREATE INDEX deployment_by_environment ON deployment (environment);

-- What was rolled back does not come back by itself.
CREATE TABLE blocked_commit (
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  environment   TEXT COLLATE "C" NOT NULL,
  commit_id     TEXT COLLATE "C" NOT NULL,
  reason        TEXT COLLATE "C" NOT NULL,
  blocked_by    TEXT COLLATE "C" NOT NULL,
  blocked_at    BIGINT NOT NULL,
  PRIMARY KEY (forge_uid, repository_id, environment, commit_id)
);
