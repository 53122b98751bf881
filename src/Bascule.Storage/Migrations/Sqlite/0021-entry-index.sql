-- What entries can be found by, a block of them at a time: postings sorted by their terms' digests, in lists of which a search reads one. Made from the entries,
-- and could be made again.
CREATE TABLE audit_index (
  list     INTEGER NOT NULL,
  block    INTEGER NOT NULL,
  postings BLOB NOT NULL,
  PRIMARY KEY (list, block)
) STRICT;

DROP TABLE audit_term;
ALTER TABLE audit_log DROP COLUMN indexed;
