-- Runs on a platform whose tags claim a commit that no repository of their environment has. Times in Unix milliseconds.
CREATE TABLE unfounded_run (
  environment TEXT COLLATE "C" NOT NULL,
  id          TEXT COLLATE "C" NOT NULL,
  commit_id   TEXT COLLATE "C" NOT NULL,
  tag         TEXT COLLATE "C" NOT NULL,
  noted_at    BIGINT NOT NULL,
  PRIMARY KEY (environment, id)
);
CREATE INDEX unfounded_run_by_time ON unfounded_run (noted_at);
