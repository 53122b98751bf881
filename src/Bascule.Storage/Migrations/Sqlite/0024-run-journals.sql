-- What a platform wrote down of a run before it changed anything, sealed under the master key: from it a deployment is gone on with, and taken back.
CREATE TABLE run_journal (
  run    TEXT PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
  sealed BLOB NOT NULL
) STRICT;
