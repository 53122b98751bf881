-- Of a run that does another one over: the id of that one, what its plan leaves open, and what is not as it was, in lines. Without differences that is an empty
-- text; NULL until it was compared. All NULL for every other run.
ALTER TABLE run ADD COLUMN reproduces TEXT;
ALTER TABLE run ADD COLUMN unpinned TEXT;
ALTER TABLE run ADD COLUMN differences TEXT;
