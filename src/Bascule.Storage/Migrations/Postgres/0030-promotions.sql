-- Of a run that promotes a model version, or goes back to one: which, as JSON. NULL for every other run.
ALTER TABLE run ADD COLUMN promotes TEXT COLLATE "C";

-- Each move of an alias or stage of a model that its platform confirmed; the highest generation is where it was left. version is NULL once the alias was taken
-- away. forge_uid, repository_id, commit_id and producer are of the run that produced the version. Times in Unix milliseconds.
CREATE TABLE promotion (
  environment         TEXT COLLATE "C" NOT NULL,
  model               TEXT COLLATE "C" NOT NULL,
  alias               TEXT COLLATE "C" NOT NULL,
  generation          BIGINT NOT NULL,
  version             TEXT COLLATE "C",
  forge_uid           TEXT COLLATE "C" NOT NULL,
  repository_id       BIGINT NOT NULL,
  commit_id           TEXT COLLATE "C" NOT NULL,
  producer            TEXT COLLATE "C",
  run                 TEXT COLLATE "C" NOT NULL,
  replaced            TEXT COLLATE "C",
  rolled_back_because TEXT COLLATE "C",
  moved_by            TEXT COLLATE "C" NOT NULL,
  moved_at            BIGINT NOT NULL,
  PRIMARY KEY (environment, model, alias, generation)
);
-- What was promoted last is kept with its runs, so that it can be gone back to.
CREATE INDEX promotion_by_run ON promotion (run);
