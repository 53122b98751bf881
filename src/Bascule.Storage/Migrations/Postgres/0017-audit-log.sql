-- One log for each epoch: a restored copy goes on under an origin and a key of its own. size: what is signed, published_size: what was shown; of the entries
-- from first_idx on. indexed: how many of them are in audit_term. Times in Unix milliseconds.
CREATE TABLE audit_log (
  number         INTEGER PRIMARY KEY,
  epoch          BIGINT NOT NULL UNIQUE,
  origin         TEXT COLLATE "C" NOT NULL,
  first_idx      BIGINT NOT NULL,
  public_key     BYTEA NOT NULL,
  sealed_key     BYTEA NOT NULL,
  opened_at      BIGINT NOT NULL,
  size           BIGINT NOT NULL,
  published_size BIGINT NOT NULL CHECK (published_size <= size),
  indexed        BIGINT NOT NULL
);
CREATE FUNCTION refuse_shrink() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size < OLD.size OR NEW.published_size < OLD.published_size THEN
    RAISE EXCEPTION 'a log only grows';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_log_only_grows BEFORE UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_shrink();

-- The last one that was shown, the last one that was signed, and those that a witness has cosigned.
CREATE TABLE audit_checkpoint (
  log       INTEGER NOT NULL,
  size      BIGINT NOT NULL,
  note      TEXT COLLATE "C" NOT NULL,
  signed_at BIGINT NOT NULL,
  PRIMARY KEY (log, size)
);
CREATE FUNCTION refuse_other_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a checkpoint never changes'; END $$;
CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION refuse_other_checkpoint();

-- The hashes of a tile so far, one after another: a narrower tile is the beginning of a wider one.
CREATE TABLE audit_tile (
  log    INTEGER NOT NULL,
  level  INTEGER NOT NULL,
  idx    BIGINT NOT NULL,
  hashes BYTEA NOT NULL,
  PRIMARY KEY (log, level, idx)
);
CREATE FUNCTION refuse_other_hashes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes THEN
    RAISE EXCEPTION 'hashes of the log never change';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_tile_only_grows BEFORE UPDATE ON audit_tile FOR EACH ROW EXECUTE FUNCTION refuse_other_hashes();

CREATE TABLE audit_cosignature (
  log     INTEGER NOT NULL,
  size    BIGINT NOT NULL,
  witness TEXT COLLATE "C" NOT NULL,
  line    TEXT COLLATE "C" NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY (log, size, witness)
);

-- What entries can be found by: 'type:run.decided', 'actor:person:p-…', 'run:…'. Made from the entries, and could be made again.
CREATE TABLE audit_term (
  term TEXT COLLATE "C" NOT NULL,
  idx  BIGINT NOT NULL,
  PRIMARY KEY (term, idx)
);

-- Where the log of this epoch begins: at the entry that tells of the restore.
ALTER TABLE installation ADD COLUMN log_first_idx BIGINT NOT NULL DEFAULT 0;
