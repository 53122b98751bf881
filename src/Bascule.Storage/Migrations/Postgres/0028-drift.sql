-- What the last comparison of a platform with what was deployed there found, by place; differences is canonical JSON. Times in Unix milliseconds.
CREATE TABLE drift (
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  workflow      TEXT COLLATE "C" NOT NULL,
  environment   TEXT COLLATE "C" NOT NULL,
  run           TEXT COLLATE "C" NOT NULL,
  commit_id     TEXT COLLATE "C" NOT NULL,
  looked_at     BIGINT NOT NULL,
  compared_at   BIGINT,
  problem       TEXT COLLATE "C",
  differences   TEXT COLLATE "C" NOT NULL,
  total         BIGINT NOT NULL,
  since         BIGINT,
  PRIMARY KEY (environment, forge_uid, repository_id, workflow)
);
