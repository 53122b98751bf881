-- Runs that Bascule did not start and whose tags name a commit that it knows: observed, never proven. noted_at: when it was last seen.
CREATE TABLE observed_run (
  environment   TEXT COLLATE "C" NOT NULL,
  id            TEXT COLLATE "C" NOT NULL,
  platform      TEXT COLLATE "C" NOT NULL,
  forge_uid     TEXT COLLATE "C" NOT NULL,
  repository_id BIGINT NOT NULL,
  commit_id     TEXT COLLATE "C" NOT NULL,
  tag           TEXT COLLATE "C" NOT NULL,
  name          TEXT COLLATE "C",
  by_name       TEXT COLLATE "C",
  state         TEXT COLLATE "C",
  started_at    BIGINT,
  page          TEXT COLLATE "C",
  noted_at      BIGINT NOT NULL,
  PRIMARY KEY (environment, id)
);
CREATE INDEX observed_run_by_commit ON observed_run (commit_id);
CREATE INDEX observed_run_by_time ON observed_run (noted_at);

CREATE TABLE observed_model (
  environment TEXT COLLATE "C" NOT NULL,
  run         TEXT COLLATE "C" NOT NULL,
  name        TEXT COLLATE "C" NOT NULL,
  version     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (environment, run, name, version),
  FOREIGN KEY (environment, run) REFERENCES observed_run (environment, id) ON DELETE CASCADE
);
CREATE INDEX observed_model_by_version ON observed_model (version, name);
CREATE INDEX observed_model_by_name ON observed_model (name);

-- By version first: a name may be asked for by its end alone, and few models share a version.
CREATE INDEX run_model_by_version ON run_model (version, name);
CREATE INDEX run_model_by_name ON run_model (name);
CREATE INDEX run_deployed ON run (state, environment, forge_uid, repository_id, workflow, seq) WHERE state = 'Succeeded' AND environment IS NOT NULL;
CREATE INDEX pushed_ref_by_commit ON pushed_ref (head);
CREATE INDEX ref_update_by_tip ON ref_update (after_tip) WHERE after_tip IS NOT NULL;
