-- Runs on a platform whose tags claim a commit that no repository of their environment has. Times in Unix milliseconds.
CREATE TABLE unfounded_run (
  environment TEXT NOT NULL,
  id          TEXT NOT NULL,
  commit_id   TEXT NOT NULL,
  tag         TEXT NOT NULL,
  noted_at    INTEGER NOT NULL,
  PRIMARY KEY (environment, id)
) STRICT;
CREATE INDEX unfounded_run_by_time ON unfounded_run (noted_at);
