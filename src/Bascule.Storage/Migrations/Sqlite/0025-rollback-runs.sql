-- Of a run that is a rollback: the ids of the runs whose changes it takes back, the newest first, with a space between two. NULL for every other run.
ALTER TABLE run ADD COLUMN rolls_back TEXT;

-- What was deployed last is kept with its runs, so that it can be gone back to.
CREATE INDEX deployment_by_run ON deployment (run);
