-- Signed statements about runs, and the keys that signed them. Times in Unix milliseconds.
CREATE TABLE provenance_key (
  seq                INTEGER PRIMARY KEY AUTOINCREMENT,
  id                 TEXT NOT NULL UNIQUE,
  place              TEXT NOT NULL,
  spki               BLOB NOT NULL,
  sealed_private_key BLOB,
  added_at           INTEGER NOT NULL,
  valid_from         INTEGER NOT NULL,
  valid_until        INTEGER
) STRICT;

-- One for each run and predicate; the envelope is kept as the bytes that were handed out.
CREATE TABLE attestation (
  run            TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  predicate_type TEXT NOT NULL,
  envelope       BLOB NOT NULL,
  key_id         TEXT NOT NULL,
  attested_at    INTEGER NOT NULL,
  PRIMARY KEY (run, predicate_type)
) STRICT;

-- By which setting a run was allowed, and the SHA-256 of the tree that was planned.
ALTER TABLE run ADD COLUMN rule TEXT;
ALTER TABLE run ADD COLUMN tree_digest TEXT;
ALTER TABLE run_model ADD COLUMN sha256 TEXT;
