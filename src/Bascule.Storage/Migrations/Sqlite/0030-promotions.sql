-- Of a run that promotes a model version, or goes back to one: which, as JSON. NULL for every other run.
ALTER TABLE run ADD COLUMN promotes TEXT;

-- Each move of an alias or stage of a model that its platform confirmed; the highest generation is where it was left. version is NULL once the alias was taken
-- away. forge_uid, repository_id, commit_id and producer are of the run that produced the version. Times in Unix milliseconds.
CREATE TABLE promotion (
  environment         TEXT NOT NULL,
  model               TEXT NOT NULL,
  alias               TEXT NOT NULL,
  generation          INTEGER NOT NULL,
  version             TEXT,
  forge_uid           TEXT NOT NULL,
  repository_id       INTEGER NOT NULL,
  commit_id           TEXT NOT NULL,
  producer            TEXT,
  run                 TEXT NOT NULL,
  replaced            TEXT,
  rolled_back_because TEXT,
  moved_by            TEXT NOT NULL,
  moved_at            INTEGER NOT NULL,
  PRIMARY KEY (environment, model, alias, generation)
) STRICT;
-- What was promoted last is kept with its runs, so that it can be gone back to.
CREATE INDEX promotion_by_run ON promotion (run);
