-- One log for each epoch: a restored copy goes on under an origin and a key of its own. size: what is signed, published_size: what was shown; of the entries
-- from first_idx on. indexed: how many of them are in audit_term. Times in Unix milliseconds.
CREATE TABLE audit_log (
  number         INTEGER PRIMARY KEY,
  epoch          INTEGER NOT NULL UNIQUE,
  origin         TEXT NOT NULL,
  first_idx      INTEGER NOT NULL,
  public_key     BLOB NOT NULL,
  sealed_key     BLOB NOT NULL,
  opened_at      INTEGER NOT NULL,
  size           INTEGER NOT NULL,
  published_size INTEGER NOT NULL CHECK (published_size <= size),
  indexed        INTEGER NOT NULL
) STRICT;
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE OF size, published_size ON audit_log
WHEN NEW.size < OLD.size OR NEW.published_size < OLD.published_size
BEGIN SELECT raise(ABORT, 'a log only grows'); END;

-- The last one that was shown, the last one that was signed, and those that a witness has cosigned.
CREATE TABLE audit_checkpoint (
  log       INTEGER NOT NULL,
  size      INTEGER NOT NULL,
  note      TEXT NOT NULL,
  signed_at INTEGER NOT NULL,
  PRIMARY KEY (log, size)
) STRICT;
CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT raise(ABORT, 'a checkpoint never changes'); END;

-- The hashes of a tile so far, one after another: a narrower tile is the beginning of a wider one.
CREATE TABLE audit_tile (
  log    INTEGER NOT NULL,
  level  INTEGER NOT NULL,
  idx    INTEGER NOT NULL,
  hashes BLOB NOT NULL,
  PRIMARY KEY (log, level, idx)
) STRICT;
CREATE TRIGGER audit_tile_only_grows BEFORE UPDATE ON audit_tile
WHEN substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes
BEGIN SELECT raise(ABORT, 'hashes of the log never change'); END;

CREATE TABLE audit_cosignature (
  log     INTEGER NOT NULL,
  size    INTEGER NOT NULL,
  witness TEXT NOT NULL,
  line    TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (log, size, witness)
) STRICT;

-- What entries can be found by: 'type:run.decided', 'actor:person:p-…', 'run:…'. Made from the entries, and could be made again.
CREATE TABLE audit_term (
  term TEXT NOT NULL,
  idx  INTEGER NOT NULL,
  PRIMARY KEY (term, idx)
) STRICT, WITHOUT ROWID;

-- Where the log of this epoch begins: at the entry that tells of the restore.
ALTER TABLE installation ADD COLUMN log_first_idx INTEGER NOT NULL DEFAULT 0;
